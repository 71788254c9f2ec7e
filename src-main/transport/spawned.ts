/** A program on this machine as a Channel: its three streams, its end, and a way to end it. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Channel } from "./transport.ts";

export interface SpawnedChannel extends Channel {
  /** Why the program could not be started; settles with the exit, null where it was started. */
  readonly failed: Promise<NodeJS.ErrnoException | null>;
}

/** Starts a program with these very words: no shell takes them apart. Never throws; a program that is not there ends with 127. */
export function spawnChannel(
  [program = "", ...args]: readonly string[],
  env?: NodeJS.ProcessEnv,
  /** What it starts ends with it: a program of its own (a ProxyCommand) may not notice that it has gone. */
  withChildren = false,
): SpawnedChannel {
  const child: ChildProcess = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: "/",
    env,
    detached: withChildren,
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error("a piped child has its streams");
  let trouble: NodeJS.ErrnoException | null = null;
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("error", (error) => {
      trouble = error;
      resolve({ code: 127, signal: null });
    });
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  stdin.on("error", () => undefined);
  return {
    stdin,
    stdout,
    stderr,
    exit,
    failed: exit.then(() => trouble),
    // The end of its stdin is what a script must notice; HUP is what sshd would send.
    kill: () => {
      stdin.destroy();
      // Its group is its own while it lives; afterwards the number may be another's.
      if (withChildren && child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGHUP");
      else child.kill("SIGHUP");
      stdout.destroy();
      stderr.destroy();
    },
  };
}
