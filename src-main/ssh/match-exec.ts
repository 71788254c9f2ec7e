/**
 * `Match exec`: commands of the person's own configuration, run as ssh runs them. Who matches lines is told an answer at
 * once, or asks again when it is there: a slow command holds up the host that it is for, and nobody beside it.
 */
import { spawn } from "node:child_process";
import { ConnectionError } from "../transport/transport.ts";

/** Whether a command says that its section holds. */
export type Answer = (command: string) => boolean;

/** ssh waits for ever; nobody here would see what for (ms). */
const LIMIT_MS = 10_000;

class Unanswered extends Error {
  readonly command: string;
  constructor(command: string) {
    super("a command of Match exec has not been run");
    this.command = command;
  }
}

/** Does `work` as often as it takes to know what its commands answer. Throws what it throws, and ConnectionError ("timeout"). */
export async function answered<T>(work: (answer: Answer) => T): Promise<T> {
  const known = new Map<string, boolean>();
  const answer: Answer = (command) => {
    const said = known.get(command);
    if (said === undefined) throw new Unanswered(command);
    return said;
  };
  for (;;)
    try {
      return work(answer);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      known.set(error.command, await holds(error.command));
    }
}

const running = new Map<string, Promise<boolean>>();

/** A hundred nodes that are opened at once ask the same of the same moment. */
function holds(command: string): Promise<boolean> {
  const shared = running.get(command) ?? run(command).finally(() => running.delete(command));
  running.set(command, shared);
  return shared;
}

const run = (command: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", command], { stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    child.once("error", () => resolve(false));
    child.once("exit", (code) => {
      clearTimeout(timer);
      if (!child.killed) return resolve(code === 0);
      const within = `within ${LIMIT_MS / 1000} s`;
      const what = `The command ${JSON.stringify(command)} of ssh_config's "Match exec" did not end ${within}`;
      reject(new ConnectionError("timeout", `${what}, so it is not known which lines hold. Run it by hand.`));
    });
  });
