/**
 * A script of ours with a terminal of its own on a node. Our script and its arguments go first, over the same terminal,
 * which is raw until the script has put it back; then keys one way, the screen the other.
 */
import { PassThrough } from "node:stream";
import { inert } from "../../src-shared/format.ts";
import companion from "./companion.sh?raw";
import { EXEC_TERMINAL, EXEC_TERMINAL_SUDO, startScript, TERMINAL_READY, told } from "./script.ts";
import {
  type Channel,
  type Connection,
  ConnectionError,
  type TerminalChannel,
  type TerminalSize,
} from "./transport.ts";

export interface Terminal {
  /** Keys. */
  readonly stdin: Channel["stdin"];
  /** The screen. */
  readonly stdout: Channel["stdout"];
  readonly exit: Channel["exit"];
  resize(size: TerminalSize): void;
  /** Hangs up: what runs there is told so by its terminal. */
  kill(): void;
}

/** How long a terminal may take to come up (ms), and the most that a login may say before it (bytes). */
const READY_MS = 60_000;
const MOST_WORDS = 256 * 1024;
const READY = new RegExp(`(?:^|\\n)${TERMINAL_READY} (/dev/\\S{1,60}) (\\d{1,10}) \\.\\r?\\n`);

/** Throws ConnectionError where there is no terminal to be had; then nothing runs there. */
export async function openTerminal(
  connection: Connection,
  script: string,
  args: readonly string[],
  { sudo = false, size }: { sudo?: boolean; size: TerminalSize },
): Promise<Terminal> {
  if (connection.terminal === undefined)
    throw new ConnectionError("refused", `The way to ${connection.label} carries no terminal.`);
  const channel = await connection.terminal(sudo ? EXEC_TERMINAL_SUDO : EXEC_TERMINAL, size);
  connection.started?.(script.slice(0, script.indexOf("\n")).replace(/^#podglass:/, ""), channel);
  channel.stdin.on("error", () => undefined);
  channel.stderr.on("error", () => undefined);
  const { tty, pid, rest } = await ready(channel, connection.label);
  const stdout = new PassThrough();
  stdout.write(rest);
  channel.stdout.pipe(stdout);
  channel.stdout.on("error", () => stdout.end());
  channel.stdin.write(told(script, args));
  const helper = beside(connection, [tty, pid], sudo);
  void channel.exit.then(() => helper.end());
  return {
    stdin: channel.stdin,
    stdout,
    exit: channel.exit,
    resize: (to) => (channel.resize ? channel.resize(to) : helper.say(`${to.rows} ${to.columns}`)),
    kill: () => channel.kill(),
  };
}

/** What it says until it is ready is a greeting, or why there is no terminal. */
async function ready(channel: TerminalChannel, label: string): Promise<{ tty: string; pid: string; rest: Buffer }> {
  let heard = Buffer.alloc(0);
  let words = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    if (words.length < MOST_WORDS) words += chunk.toString("utf8");
  });
  const found = await new Promise<RegExpExecArray | null>((resolve) => {
    const timer = setTimeout(() => settle(null), READY_MS);
    const settle = (result: RegExpExecArray | null): void => {
      clearTimeout(timer);
      channel.stdout.off("data", hear);
      resolve(result);
    };
    const hear = (chunk: Buffer): void => {
      heard = Buffer.concat([heard, chunk]);
      const match = READY.exec(heard.toString("latin1"));
      if (match !== null || heard.length > MOST_WORDS) settle(match);
    };
    channel.stdout.on("data", hear);
    void channel.exit.then(() => settle(null));
  });
  if (found !== null) {
    channel.stdout.pause();
    return { tty: found[1]!, pid: found[2]!, rest: heard.subarray(found.index + found[0].length) };
  }
  channel.kill();
  const said = `${heard.toString("utf8")}\n${words}`.trim().split(/\r?\n/).at(-1) ?? "";
  throw new ConnectionError(
    "refused",
    `No terminal came up on ${label}: ${inert(said, 300) || "it ended and said nothing"}.`,
  );
}

/**
 * A plain channel beside the terminal: it tells the terminal its size where the way in does not, and hangs it up when we
 * are gone, however we ended. Where the server has no room for it, both stay undone.
 */
function beside(
  connection: Connection,
  args: readonly string[],
  sudo: boolean,
): { say(line: string): void; end(): void } {
  let over = false;
  const opening = startScript(connection, companion, args, { sudo }).then(
    (channel) => {
      channel.stdout.resume();
      channel.stderr.resume();
      if (over) channel.stdin.end();
      return channel;
    },
    () => undefined,
  );
  return {
    say: (line) => void opening.then((channel) => channel?.stdin.write(`${line}\n`)),
    end() {
      over = true;
      void opening.then((channel) => channel?.stdin.end());
    },
  };
}
