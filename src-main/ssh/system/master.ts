/** One ssh that stays (ControlMaster), in a folder of its own: how it is started, what it asks and says, how it ends. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inert } from "../../../src-shared/format.ts";
import { passingFolder } from "../../storage/passing-folder.ts";
import { type SpawnedChannel, spawnChannel } from "../../transport/spawned.ts";
import { type Channel, ConnectionError, type Interaction } from "../../transport/transport.ts";
import type { SshOptions } from "../config.ts";
import { formatTarget, parseJump, type Target } from "../target.ts";
import { startAskpass } from "./askpass.ts";

const LOOK_MS = 50;
/**
 * A jump host may run no command for us, so its ssh has none (-N), and would not notice that we have gone: what waits for
 * the end of our stdin ends it. That one is of the same process group, so the number is nobody else's while it waits.
 */
const WITH_US = 'exec 3<&0; (cat <&3; kill "$$") >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

export interface SystemSshOptions extends SshOptions {
  /** Nobody is there to ask. */
  batch?: boolean;
}

/** The words before the host: ours are constants, the person's are checked. Nothing here makes ssh check less. */
export function sshWords(target: Target, options: SystemSshOptions): string[] {
  const words = [
    ...["-T", "-x", "-a", "-e", "none"],
    ...["ClearAllForwardings=yes", "RemoteCommand=none", "PermitLocalCommand=no", "ServerAliveInterval=4"].flatMap(
      (option) => ["-o", option],
    ),
    ...["-o", "ServerAliveCountMax=2"],
  ];
  if (options.batch) words.push("-o", "BatchMode=yes");
  if (options.configFile !== undefined) words.push("-F", options.configFile);
  for (const file of options.identityFiles ?? []) words.push("-i", file);
  if (options.jump !== undefined) words.push("-J", parseJump(options.jump).map(formatTarget).join(","));
  if (options.userKnownHostsFiles !== undefined)
    words.push("-o", `UserKnownHostsFile=${options.userKnownHostsFiles.map(quoted).join(" ")}`);
  // "ask" is what ssh does anyway, and would loosen a "yes" of the configuration.
  if (options.strictHostKeyChecking !== undefined && options.strictHostKeyChecking !== "ask")
    words.push("-o", `StrictHostKeyChecking=${options.strictHostKeyChecking}`);
  if (target.port !== undefined) words.push("-p", String(target.port));
  if (target.user !== undefined) words.push("-l", target.user);
  return words;
}

/** In a value of ssh_config, where there is no way to write a quote. */
function quoted(path: string): string {
  if (/["\n]/.test(path)) throw new ConnectionError("config", `${JSON.stringify(path)} cannot be named to ssh.`);
  return `"${path}"`;
}

/** An ssh that stays, and its socket. */
export interface Master {
  label: string;
  socket: string;
  env: NodeJS.ProcessEnv;
  channel: Channel;
  clear(): void;
  said(): string;
}

/** With `hold` a command there, which keeps it; without, nothing but the login. Throws ConnectionError; nothing is left then. */
export async function startMaster(
  target: Target,
  words: string[],
  environment: NodeJS.ProcessEnv,
  hold: string | undefined,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Master> {
  const label = formatTarget(target);
  const folder = await passingFolder("pg-");
  const socket = join(folder, "s");
  let unanswered: string | undefined;
  let channel: SpawnedChannel | undefined;
  const askpass = await startAskpass(folder, target.host, interaction, (question) => {
    unanswered ??= question;
    channel?.kill();
  });
  const env = { ...environment, ...askpass.env };
  interaction.progress(`connecting to ${label} with the system's ssh`);
  const master = ["ssh", ...words, "-M", "-S", socket, "-o", "ControlPersist=no"];
  channel = spawnChannel(
    hold === undefined
      ? ["/bin/sh", "-c", WITH_US, "podglass", ...master, "-N", "--", target.host]
      : [...master, "--", target.host, hold],
    env,
    true,
  );
  const clear = (): void => {
    askpass.close();
    rmSync(folder, { recursive: true, force: true });
  };
  let said = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-8_000);
  });
  channel.stdout.resume();
  let over = false;
  void channel.exit.then(() => {
    over = true;
    channel?.stdin.destroy();
  });
  // The socket is there once the login is through: ssh listens on it after that.
  while (!over && !existsSync(socket) && !signal.aborted)
    await Promise.race([new Promise((resolve) => setTimeout(resolve, LOOK_MS)), channel.exit]);
  if (over || signal.aborted) {
    channel.kill();
    clear();
    if (signal.aborted) throw new ConnectionError("cancelled", `Connecting to ${label} was given up.`);
    if (unanswered !== undefined)
      throw new ConnectionError(
        "login",
        `ssh did not get through to ${label}: it asked “${unanswered}” and got no answer.`,
      );
    throw await whyNot(label, said, channel.failed);
  }
  return { label, socket, env, channel, clear, said: () => said };
}

export function endMaster(master: Master): void {
  master.channel.kill();
  // Now, for a command that is done does not stay to see ssh end.
  master.clear();
}

/** What ssh said, as an error that says what a person can do about it. */
async function whyNot(
  label: string,
  said: string,
  failed: Promise<NodeJS.ErrnoException | null>,
): Promise<ConnectionError> {
  if ((await failed)?.code === "ENOENT")
    return new ConnectionError("unreachable", `${label} is reached with the system's ssh, and there is no ssh here.`);
  const kind = /host key verification failed|host identification has changed|revoked/i.test(said)
    ? "hostkey"
    : /permission denied|too many authentication failures|no more authentication methods/i.test(said)
      ? "login"
      : /bad configuration option|bad owner or permissions|terminating|unknown option/i.test(said)
        ? "config"
        : /timed out/i.test(said)
          ? "timeout"
          : "unreachable";
  return new ConnectionError(
    kind,
    `ssh did not get through to ${label}: ${lastWords(said) || "it ended and said nothing"}`,
  );
}

/** ssh's own lines without its frames of "@". */
export const lastWords = (said: string): string =>
  inert(
    said
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "" && !/^[@\s]*$/.test(line) && !/^Warning: Permanently added/.test(line))
      .map((line) => line.replace(/^@\s*|\s*@$/g, "").trim())
      .slice(-24)
      .join(" "),
    2_000,
  );
