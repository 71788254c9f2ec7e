/**
 * What is asked of a node, told as it is done: the name of each script of ours, how it ended and how long it took. Never
 * an argument, nor what a person typed: those may be secret.
 */
import type { Connection } from "./transport.ts";

/** One thing that is told of a node. */
export interface Told {
  /** What we call the node; left out where one knows it who asked. */
  node?: string;
  /** "a deep reading", "probe/4", or a whole sentence of progress. */
  what: string;
  state: "begins" | "done" | "failed" | "note";
  /** How long it took. */
  ms?: number;
  /** What a script ended with: its status, its signal, or "the connection". */
  status?: number | string;
}

export type Trace = (told: Told) => void;

/** As --verbose prints it. */
export function traceLine({ node, what, state, ms, status }: Told): string {
  const whose = node === undefined ? what : `${node}: ${what}`;
  if (state === "note") return whose;
  if (state === "begins") return `${whose} begins`;
  if (status !== undefined) return `${whose} ended with ${status} after ${ms} ms`;
  return state === "failed" ? `${whose}: failed after ${ms} ms` : `${whose}: ${ms} ms`;
}

/** The same connection; `tell` hears when a script begins and when it ends. */
export function traced(connection: Connection, tell: Trace): Connection {
  const node = connection.label;
  return {
    label: connection.label,
    user: connection.user,
    closed: connection.closed,
    exec: (command) => connection.exec(command),
    terminal: connection.terminal && ((command, size) => connection.terminal!(command, size)),
    attached: connection.attached && ((...words) => connection.attached!(...words)),
    close: () => connection.close(),
    onCrowded: (listener) => connection.onCrowded?.(listener) ?? (() => undefined),
    started(what, channel) {
      const since = performance.now();
      tell({ node, what, state: "begins" });
      void channel.exit.then(({ code, signal }) => {
        const status = code ?? signal ?? "the connection";
        tell({ node, what, state: code === 0 ? "done" : "failed", ms: ms(since), status });
      });
    },
  };
}

/** Times one piece of work, and tells how it went. */
export async function timed<T>(
  { node, what }: Pick<Told, "node" | "what">,
  tell: Trace | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (tell === undefined) return work();
  const since = performance.now();
  try {
    const result = await work();
    tell({ node, what, state: "done", ms: ms(since) });
    return result;
  } catch (error) {
    tell({ node, what, state: "failed", ms: ms(since) });
    throw error;
  }
}

const ms = (since: number): number => Math.round(performance.now() - since);
