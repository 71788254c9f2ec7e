/** Work that leaves something behind unless it is called off properly. */
import { say } from "./terminal.ts";

/** A signal called the work off, and it has cleared up since: the process ends by that signal, as a shell expects. */
export class Interrupted extends Error {
  override name = "Interrupted";
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first of these signals aborts the work; more of them wait for it too. Throws Interrupted when it has ended. */
export async function interruptible<T>(words: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let got: NodeJS.Signals | undefined;
  const heard = (signal: NodeJS.Signals): void => {
    got ??= signal;
    say(words);
    stop.abort();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (got === undefined) throw error;
    throw new Interrupted(got);
  } finally {
    for (const signal of SIGNALS) process.off(signal, heard);
  }
}
