/** The command line on a terminal, as a person has it: keys, a screen, a size. The terminal is pty.pl's, made here. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const entry = resolve(import.meta.dirname, "../../out/main/cli.js");
const pty = resolve(import.meta.dirname, "../../src-main/transport/pty.pl");

export class Keyboard {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly stateDir = mkdtempSync(join(tmpdir(), "podglass-keys-"));
  readonly exit: Promise<number | null>;
  screen = "";
  #read = 0;

  constructor(args: readonly string[]) {
    const env = { ...process.env, PODGLASS_STATE_DIR: this.stateDir, TERM: "xterm", LC_ALL: "C.UTF-8" };
    // stty last: what the terminal is when the program has ended is seen on its screen.
    const words = [
      "sh",
      "-c",
      'trap : INT; stty rows 33 cols 111; a=$(stty -g); "$@"; c=$?; [ "$(stty -g)" = "$a" ] && echo given back; exit $c',
      "sh",
    ];
    this.#child = spawn("perl", [pty, ...words, process.execPath, entry, ...args], { env });
    this.#child.stdout.on("data", (chunk: Buffer) => {
      this.screen += chunk.toString("utf8");
    });
    this.exit = new Promise((ended) => this.#child.once("close", ended));
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** What is new on the screen up to these words. */
  async sees(words: RegExp, limitMs = 20_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + limitMs; Date.now() < end; ) {
      const found = words.exec(this.screen.slice(this.#read));
      if (found !== null) {
        this.#read += found.index + found[0].length;
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${words} did not come on the screen:\n${this.screen.slice(this.#read).slice(-2000)}`);
  }

  /** Types until the screen shows it: what it asks for takes a moment. */
  async asks(keys: string, words: RegExp): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      this.type(keys);
      if (await this.sees(words, 1_000).catch(() => undefined)) return;
    }
    throw new Error(`${words} did not come on the screen:\n${this.screen.slice(-2000)}`);
  }

  /** pids of what runs on this terminal here, podglass itself among them. */
  #pids(): number[] {
    const root = this.#child.pid ?? 0;
    const below = (pid: number): number[] => {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
      return children.flatMap((child) => [child, ...below(child)]);
    };
    return below(root);
  }

  resize(rows: number, columns: number): void {
    const terminal = this.#pids()
      .map((pid) => readlinkSync(`/proc/${pid}/fd/0`))
      .find((path) => path.startsWith("/dev/pts/"));
    execFileSync("stty", ["-F", terminal ?? "", "rows", String(rows), "columns", String(columns)]);
  }

  /** Ends podglass itself as nothing but a KILL does. */
  kill(): void {
    const podglass = this.#pids().find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(entry));
    if (podglass) process.kill(podglass, "SIGKILL");
  }

  /** Closes the terminal under it. */
  close(): void {
    this.#child.stdin.end();
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}

/** pids whose command line has this word. */
export const running = (word: string): number[] =>
  readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
