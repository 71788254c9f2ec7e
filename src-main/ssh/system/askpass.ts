/**
 * Questions of the system's ssh, put to the person through the app: passphrases, passwords, PINs, "touch your key", host
 * keys as ssh words them. ssh runs askpass.sh for each; files in a folder of ours (0700) carry the question here and a
 * pipe the answer back.
 */
import { constants } from "node:fs";
import { type FileHandle, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inert } from "../../../src-shared/format.ts";
import type { Interaction } from "../../transport/transport.ts";
import script from "./askpass.sh?raw";

/** How often is looked for a question (ms). */
const LOOK_MS = 100;
/** Longest question that is shown (characters). */
const MOST = 4_000;

export interface Askpass {
  /** What ssh needs to find it. */
  readonly env: Record<string, string>;
  /** No question is answered any more; one that is open is taken back. */
  close(): void;
}

/**
 * `folder` must be this login's own, and 0700. `gaveUp` is told a question that nobody answered: ssh would send an empty
 * password then, and ask again.
 */
export async function startAskpass(
  folder: string,
  alias: string,
  interaction: Interaction,
  gaveUp: (question: string) => void,
): Promise<Askpass> {
  const program = join(folder, "askpass");
  await writeFile(program, script, { mode: 0o700 });
  const gone = new AbortController();
  const seen = new Set<string>();
  const look = async (): Promise<void> => {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.startsWith("ask.") || seen.has(name)) continue;
      seen.add(name);
      const text = await readFile(join(folder, name), "utf8").catch(() => "");
      const [kind = "", ...lines] = text.trimEnd().split("\n");
      const words = lines.join("\n").slice(0, MOST);
      // Only to be shown while ssh waits for something else: "Confirm user presence for key …". ssh takes it back.
      if (kind === "none") interaction.progress(inert(words, 300));
      else {
        const reply = await answerTo(kind, words, alias, interaction, gone.signal);
        if (reply === null) gaveUp(inert(words.split("\n").at(-1) ?? "", 200));
        await pass(join(folder, name.replace("ask.", "answer.")), reply);
      }
    }
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, LOOK_MS);
  return {
    env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: "force", PODGLASS_PID: String(process.pid) },
    close() {
      clearInterval(timer);
      gone.abort();
    },
  };
}

/** The answer as ssh takes it; null for none. SSH_ASKPASS_PROMPT says what kind is wanted (ssh(1), ENVIRONMENT). */
async function answerTo(
  kind: string,
  text: string,
  alias: string,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<string | null> {
  const key = /^([A-Z0-9-]+) key fingerprint is (\S+?)\.?$/m.exec(text);
  // A server words its own questions as it likes; ssh puts "(user@host) " before those (sshconnect2.c, input_userauth_info_req).
  const host = /^The authenticity of host '([^']*)'/.exec(text)?.[1];
  if (key && host !== undefined && /continue connecting/.test(text)) {
    const question = { host, keyType: key[1] ?? "", fingerprint: key[2] ?? "", detail: text };
    return (await interaction.hostKey(question, signal)) ? "yes" : "no";
  }
  if (kind === "confirm") {
    const question = { kind: "keyboard" as const, title: `ssh asks about ${alias}`, detail: text, prompts: [] };
    return (await interaction.prompts(question, signal)) === null ? null : "";
  }
  const last = text.split("\n").at(-1) ?? "";
  const answers = await interaction.prompts(
    {
      kind: /passphrase|PIN/i.test(last) ? "passphrase" : /password/i.test(last) ? "password" : "keyboard",
      title: `ssh asks, to log in to ${alias}`,
      detail: text,
      prompts: [{ text: last, echo: false }],
    },
    signal,
  );
  return answers?.[0] ?? null;
}

/** The pipe once the helper reads from it: it looks a few times a second. */
async function reader(pipe: string): Promise<FileHandle | null> {
  for (let tries = 0; tries < 30; tries += 1) {
    const file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    if (file !== null) return file;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return null;
}

/** Whoever does not read any more (ssh gave up, and ended the helper) makes no trouble. */
async function pass(pipe: string, reply: string | null): Promise<void> {
  await writeFile(pipe.replace(/answer\.(\d+)$/, "ready.$1"), "").catch(() => undefined);
  const file = await reader(pipe);
  if (file === null) return;
  try {
    await file.writeFile(reply === null ? "no:\n" : `yes:${reply.replace(/[\r\n].*/s, "")}\n`);
  } catch {
    // It went while we wrote.
  } finally {
    await file.close();
  }
}
