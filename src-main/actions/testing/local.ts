/** A Connection to this very machine for tests, which can lose its shell at a line of its output. */
import { spawn } from "node:child_process";
import type { Connection } from "../../transport/transport.ts";

export interface LocalOptions {
  /** Kills the shell (SIGKILL, so no trap runs) as soon as it has printed such a line. */
  killAfter?: (line: string) => boolean;
  /** Cuts both pipes instead, as a lost connection does: the shell goes on until it writes. */
  cutAfter?: (line: string) => boolean;
}

export function localShell({ killAfter, cutAfter }: LocalOptions = {}): Connection {
  return {
    label: "root@here",
    user: "root",
    closed: new Promise(() => {}),
    close() {},
    async exec(command) {
      const child = spawn("/bin/sh", ["-c", command], { stdio: "pipe" });
      const watch = (matches: ((line: string) => boolean) | undefined, act: () => void) =>
        matches &&
        child.stdout.on("data", (chunk: Buffer) => {
          if (chunk.toString().split("\n").some(matches)) act();
        });
      watch(killAfter, () => child.kill("SIGKILL"));
      watch(cutAfter, () => {
        child.stdout.destroy();
        child.stdin.destroy();
        child.stderr.destroy();
      });
      return {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        exit: new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal }))),
        kill: () => child.kill("SIGTERM"),
      };
    },
  };
}
