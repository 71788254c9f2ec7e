/** A Connection to this very machine for tests, which can lose its shell or its pipes at a line that a script prints. */
import { spawn } from "node:child_process";
import { Transform } from "node:stream";
import type { Connection } from "../../transport/transport.ts";
import { SAY, slowSay } from "./hooked.ts";

export interface LocalOptions {
  /** The line, as a script begins it: "step net". The script waits there for a moment, so that it is hit just then. */
  at?: string;
  /** kill: the shell ends by SIGKILL, no trap runs. cut: both pipes close, as when the connection is lost. */
  fault?: "kill" | "cut";
  /** SIGKILL for the shell after so many milliseconds, wherever it is then. */
  killAfterMs?: number;
  /** How long the script waits there; default 0.4. */
  seconds?: number;
  /** Called instead of a fault. */
  onLine?: () => void;
  env?: Record<string, string>;
  /** Program and arguments before `sh -c`: "unshare -m" puts our shell into a mount namespace of its own. */
  through?: string[];
}

export function localShell(options: LocalOptions = {}): Connection {
  const { at, fault, killAfterMs, seconds = 0.4, onLine, env, through = [] } = options;
  return {
    label: "root@here",
    user: "root",
    closed: new Promise(() => {}),
    close() {},
    async exec(command) {
      const [program = "/bin/sh", ...args] = [...through, "/bin/sh", "-c", command];
      const child = spawn(program, args, { stdio: "pipe", env: { ...process.env, ...env } });
      const stdin = new Transform({
        transform: (chunk: Buffer, _, done) =>
          done(null, at === undefined ? chunk : chunk.toString().replace(SAY, () => slowSay(at, seconds))),
      });
      stdin.pipe(child.stdin);
      child.stdin.on("error", () => {});
      let lost = false;
      if (killAfterMs !== undefined) {
        const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
        child.once("exit", () => clearTimeout(timer));
      }
      const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
        child.on("close", (code, signal) => resolve({ code: lost ? null : code, signal: lost ? null : signal }));
        if (at === undefined) return;
        child.stdout.on("data", (chunk: Buffer) => {
          if (
            lost ||
            !chunk
              .toString()
              .split("\n")
              .some((line) => line.startsWith(at))
          )
            return;
          onLine?.();
          if (fault === undefined) return;
          lost = true;
          if (fault === "kill") child.kill("SIGKILL");
          else {
            for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
            resolve({ code: null, signal: null });
          }
        });
      });
      return { stdin, stdout: child.stdout, stderr: child.stderr, exit, kill: () => child.kill("SIGTERM") };
    },
  };
}
