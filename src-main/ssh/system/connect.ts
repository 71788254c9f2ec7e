/**
 * A login by the system's own ssh: certificates, FIDO keys, GSSAPI, PKCS#11 and whatever its configuration says are its
 * business, host keys too. One ssh stays as the connection (ControlMaster), each command is a channel through it.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inert } from "../../../src-shared/format.ts";
import { type SpawnedChannel, spawnChannel } from "../../transport/spawned.ts";
import { type Channel, type Connection, ConnectionError, type Interaction } from "../../transport/transport.ts";
import type { SshOptions } from "../config.ts";
import { formatTarget, parseJump, parseTarget, type Target } from "../target.ts";
import { startAskpass } from "./askpass.ts";

const LOOK_MS = 50;
/** What the connection itself runs there: it ends with our stdin, and so with us, however we end. */
const HOLD = "exec cat >/dev/null";
/** ssh's own word for "could not": its commands' statuses are what they are (ssh(1), EXIT STATUS). */
const SSH_FAILED = 255;

interface SystemSshOptions extends SshOptions {
  /** Nobody is there to ask. */
  batch?: boolean;
}

/** The words before the host: ours are constants, the person's are checked. Nothing here makes ssh check less. */
function sshWords(target: Target, options: SystemSshOptions): string[] {
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

/** Throws ConnectionError with what ssh said. Nothing is left running or on disk then. */
export async function connectSystemSsh(
  text: string,
  options: SystemSshOptions,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Connection> {
  if (process.platform === "win32")
    throw new ConnectionError("config", "The system's ssh is taken on Linux and macOS; here use the built-in one.");
  const target = parseTarget(text);
  const label = formatTarget(target);
  const folder = mkdtempSync(join(tmpdir(), "pg-")); // short: a socket's path has 108 bytes
  const socket = join(folder, "s");
  const words = sshWords(target, options);
  let unanswered: string | undefined;
  let master: SpawnedChannel | undefined;
  const askpass = await startAskpass(folder, target.host, interaction, (question) => {
    unanswered ??= question;
    master?.kill();
  });
  const env = { ...process.env, ...askpass.env };
  interaction.progress(`connecting to ${label} with the system's ssh`);
  master = spawnChannel(
    ["ssh", ...words, "-M", "-S", socket, "-o", "ControlPersist=no", "--", target.host, HOLD],
    env,
    true,
  );
  const clear = (): void => {
    askpass.close();
    rmSync(folder, { recursive: true, force: true });
  };
  let said = "";
  master.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-8_000);
  });
  master.stdout.resume();
  let over = false;
  void master.exit.then(() => {
    over = true;
  });
  // The socket is there once the login is through: ssh listens on it after that.
  while (!over && !existsSync(socket) && !signal.aborted)
    await Promise.race([new Promise((resolve) => setTimeout(resolve, LOOK_MS)), master.exit]);
  if (over || signal.aborted) {
    master.kill();
    clear();
    if (signal.aborted) throw new ConnectionError("cancelled", `Connecting to ${label} was given up.`);
    if (unanswered !== undefined)
      throw new ConnectionError(
        "login",
        `ssh did not get through to ${label}: it asked “${unanswered}” and got no answer.`,
      );
    throw await whyNot(label, said, master.failed);
  }
  return overMaster({
    label,
    user: target.user ?? "the login",
    host: target.host,
    words,
    socket,
    env,
    master,
    clear,
    said: () => said,
  });
}

interface Master {
  label: string;
  user: string;
  host: string;
  words: string[];
  socket: string;
  env: NodeJS.ProcessEnv;
  master: Channel;
  clear(): void;
  said(): string;
}

function overMaster({ label, user, host, words, socket, env, master, clear, said }: Master): Connection {
  const channels = new Set<Channel>();
  let closing = false;
  const closed = master.exit.then(() => {
    for (const channel of channels) channel.kill();
    clear();
    return closing
      ? null
      : new ConnectionError("lost", `The connection to ${label} was lost: ${lastWords(said()) || "ssh ended"}.`);
  });
  const start = async (before: readonly string[], command: string): Promise<Channel> => {
    if (closing) throw new ConnectionError("lost", `the connection to ${label} was closed`);
    const channel = spawnChannel(
      ["ssh", ...before, "-S", socket, "-o", "ControlMaster=no", "-o", "LogLevel=ERROR", "--", host, command],
      env,
    );
    channels.add(channel);
    const exit = channel.exit.then(({ code, signal }) => {
      channels.delete(channel);
      return { code: code === SSH_FAILED ? null : code, signal };
    });
    return { ...channel, exit };
  };
  return {
    label,
    user,
    closed,
    exec: (command) => start(words, command),
    // Our stdin is no terminal, so ssh knows no size and no keys of its own: the script there is told.
    terminal: (command) => start(["-tt", ...words.filter((word) => word !== "-T")], command),
    close() {
      closing = true;
      for (const channel of channels) channel.kill();
      master.kill();
      // Now, for a command that is done does not stay to see ssh end.
      clear();
    },
  };
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
const lastWords = (said: string): string =>
  inert(
    said
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "" && !/^[@\s]*$/.test(line) && !/^Warning: Permanently added/.test(line))
      .map((line) => line.replace(/^@\s*|\s*@$/g, "").trim())
      .slice(-24)
      .join(" "),
    2_000,
  );
