/**
 * Root by sudo where it asks for a password. The password goes to sudo's stdin, never into a command line, and only
 * after sudo itself asked: with NOPASSWD it reads nothing, and the shell behind it would take the password for a command.
 */

import { PassThrough } from "node:stream";
import { inert } from "../../src-shared/format.ts";
import { Sequencer } from "../../src-shared/sequencer.ts";
import {
  EXEC_SUDO,
  EXEC_SUDO_ASK,
  EXEC_TERMINAL_SUDO,
  EXEC_TERMINAL_SUDO_ASK,
  SUDO_ASKS,
  SUDO_READY,
  TERMINAL_READY,
} from "../transport/script.ts";
import {
  type Connection,
  type Interaction,
  ReadingError,
  type TerminalChannel,
  type TerminalSize,
} from "../transport/transport.ts";

const TRIES = 3;
/** Most that sudo may say (its lecture, PAM's words) before it asks or starts. */
const MOST_WORDS = 16 * 1024;

/**
 * The same connection, whose sudo commands ask the person for the password where sudo wants one. It is asked for once and
 * kept in memory until the connection ends. exec throws ReadingError when sudo lets nobody through.
 */
export function withSudo(connection: Connection, interaction: Interaction): Connection {
  let password: string | null = null;
  let asks: Promise<boolean> | null = null;
  void connection.closed.then(() => {
    password = null;
  });

  /** One question at a time, whoever else waits for the answer. */
  const sequencer = new Sequencer();

  const gone = new AbortController();
  void connection.closed.then(() => gone.abort());
  const ask = async (attempt: number): Promise<string | null> => {
    const answers = await interaction.prompts(
      {
        kind: "sudo",
        title: `Password of ${connection.user} for sudo on ${connection.label}`,
        detail:
          attempt === 0
            ? "sudo asks for it there. It goes through the encrypted connection to sudo alone, and is kept in memory until you disconnect."
            : "sudo did not accept that password.",
        prompts: [{ text: "Password:", echo: false }],
      },
      gone.signal,
    );
    return answers?.[0] ?? null;
  };

  const start = async (size?: TerminalSize): Promise<TerminalChannel> => {
    const terminal = size && connection.terminal && (await connection.terminal(EXEC_TERMINAL_SUDO_ASK, size));
    const channel = terminal ?? (await connection.exec(EXEC_SUDO_ASK));
    channel.stdin.on("error", () => undefined);
    const words = new Words(channel, terminal === undefined ? "stderr" : "stdout");
    for (let attempt = 0; ; attempt++) {
      const next = await words.next();
      if (next === "ready") return words.handOver();
      if (next === "ended") throw refusal(connection, words.said);
      if (attempt > 0) password = null;
      if (attempt === TRIES) {
        channel.kill();
        throw refusal(connection, "the password was wrong");
      }
      password ??= await ask(attempt);
      if (password === null) {
        channel.kill();
        throw refusal(connection, "it wants a password and none was given");
      }
      channel.stdin.write(`${password}\n`);
    }
  };

  const wanted = (): Promise<boolean> => {
    asks ??= needsPassword(connection);
    return asks;
  };

  return {
    label: connection.label,
    user: connection.user,
    closed: connection.closed,
    close: () => connection.close(),
    started: (script, channel) => connection.started?.(`${script} with sudo`, channel),
    onCrowded: (listener) => connection.onCrowded?.(listener) ?? (() => {}),
    async exec(command) {
      if (command !== EXEC_SUDO) return connection.exec(command);
      if (!(await wanted())) return connection.exec(EXEC_SUDO);
      return sequencer.run(() => start());
    },
    attached: connection.attached && ((...words) => connection.attached!(...words)),
    terminal:
      connection.terminal &&
      (async (command, size) => {
        if (command !== EXEC_TERMINAL_SUDO || !(await wanted())) return connection.terminal!(command, size);
        return sequencer.run(() => start(size));
      }),
  };
}

/** `sudo -n true` tells without asking anybody. */
async function needsPassword(connection: Connection): Promise<boolean> {
  const channel = await connection.exec("exec sudo -n true");
  channel.stdin.on("error", () => undefined);
  channel.stdin.end();
  channel.stdout.resume();
  channel.stderr.resume();
  return (await channel.exit).code !== 0;
}

/**
 * What comes before the command runs: sudo's question, our ready line, or the end. On stderr; on a terminal there is one
 * stream, and its first line of ours is the command's own (transport/terminal.ts).
 */
class Words {
  readonly #channel: TerminalChannel;
  readonly #on: "stdout" | "stderr";
  #text = "";
  #seen = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor(channel: TerminalChannel, on: "stdout" | "stderr") {
    this.#channel = channel;
    this.#on = on;
    channel[on].on("data", this.#hear);
    void channel.exit.then(() => {
      this.#ended = true;
      this.#wake();
    });
    channel[on].once("end", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  readonly #hear = (chunk: Buffer): void => {
    this.#text += chunk.toString("latin1");
    this.#wake();
  };

  /** What sudo said besides, on one line. */
  get said(): string {
    const text = Buffer.from(this.#text, "latin1").toString("utf8").replaceAll(SUDO_ASKS, "");
    return inert(text.trim().split("\n").at(-1) ?? "", 300);
  }

  async next(): Promise<"asks" | "ready" | "ended"> {
    for (;;) {
      const line = this.#on === "stderr" ? `${SUDO_READY}\n` : `\n${TERMINAL_READY} `;
      const ready = this.#text.indexOf(line, this.#seen);
      if (ready >= 0) {
        this.#seen = ready + (this.#on === "stderr" ? line.length : 0);
        return "ready";
      }
      const asks = this.#text.indexOf(SUDO_ASKS, this.#seen);
      if (asks >= 0) {
        this.#seen = asks + SUDO_ASKS.length;
        return "asks";
      }
      if (this.#ended || this.#text.length > MOST_WORDS) return "ended";
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The channel of the command itself: what it says on stderr begins after our line. */
  handOver(): TerminalChannel {
    const { stdin, stdout, stderr, exit, resize } = this.#channel;
    const heard = this.#channel[this.#on];
    heard.off("data", this.#hear);
    const rest = new PassThrough();
    rest.write(Buffer.from(this.#text.slice(this.#seen), "latin1"));
    this.#text = "";
    heard.pipe(rest);
    return { stdin, stdout, stderr, exit, resize, [this.#on]: rest, kill: () => this.#channel.kill() };
  }
}

const refusal = (connection: Connection, why: string): ReadingError =>
  new ReadingError(
    `sudo on ${connection.label} lets ${connection.user} do nothing: ${why}. Log in as root, allow ${connection.user} to use sudo, or read without --sudo.`,
  );
