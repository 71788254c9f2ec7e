/**
 * What is asked of a node, told as it is done: the name of each script of ours, how it ended and how long it took. Never
 * an argument, nor anything that a node or a person said: those may be secret.
 */
import type { Connection } from "./transport.ts";

export type Trace = (line: string) => void;

/** The same connection; `tell` gets a line when a script begins and one when it ends. */
export function traced(connection: Connection, tell: Trace): Connection {
  return {
    label: connection.label,
    user: connection.user,
    closed: connection.closed,
    exec: (command) => connection.exec(command),
    terminal: connection.terminal && ((command, size) => connection.terminal!(command, size)),
    attached: connection.attached && ((...words) => connection.attached!(...words)),
    close: () => connection.close(),
    onCrowded: (listener) => connection.onCrowded?.(listener) ?? (() => undefined),
    started(script, channel) {
      const since = performance.now();
      tell(`${connection.label}: ${script} begins`);
      void channel.exit.then(({ code, signal }) =>
        tell(`${connection.label}: ${script} ended with ${code ?? signal ?? "the connection"} after ${ms(since)}`),
      );
    },
  };
}

/** Times one piece of work, and tells how it went. */
export async function timed<T>(what: string, tell: Trace | undefined, work: () => Promise<T>): Promise<T> {
  if (tell === undefined) return work();
  const since = performance.now();
  try {
    const result = await work();
    tell(`${what}: ${ms(since)}`);
    return result;
  } catch (error) {
    tell(`${what}: failed after ${ms(since)}`);
    throw error;
  }
}

const ms = (since: number): string => `${Math.round(performance.now() - since)} ms`;
