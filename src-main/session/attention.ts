/**
 * At which nodes somebody looks. Windows say so every LOOK_MS, and whatever is asked of a node counts; a node of which
 * nothing was heard for a while rests (Session.rest), however many windows there are and however they end. The few that
 * were looked at last go on: whoever has one node open and the window in the background loses no second of it.
 */
import type { Session } from "./session.ts";

/** Four words of a window, and more than the minute to which a browser slows a hidden page's timers (ms). */
const AWAY_MS = 90_000;
/** So many go on although nobody looks. */
const GO_ON = 4;
const SWEEP_MS = 5_000;
const DEFAULT_SECONDS = 30;

/** Milliseconds between two looks at a node that nobody looks at, by the setting restSeconds; 0: none rests. */
export function restEveryMs(settings: { get(name: string): unknown }): number {
  const value = settings.get("restSeconds");
  return 1000 * (typeof value === "number" && (value === 0 || (value >= 5 && value <= 3600)) ? value : DEFAULT_SECONDS);
}

export class Attention {
  readonly #sessions: ReadonlyMap<string, Session>;
  readonly #everyMs: () => number;
  readonly #lookedMs = new WeakMap<Session, number>();
  readonly #busy = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(sessions: ReadonlyMap<string, Session>, everyMs: () => number) {
    this.#sessions = sessions;
    this.#everyMs = everyMs;
    this.#timer = setInterval(() => this.sweep(performance.now()), SWEEP_MS);
    this.#timer.unref();
  }

  /** Somebody looks at these nodes now; one that rested is read. */
  look(nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) {
      const session = this.#sessions.get(nodeId);
      if (session === undefined) continue;
      this.#lookedMs.set(session, performance.now());
      session.wake();
    }
  }

  /** While something is done with a node it does not rest. */
  async during<T>(nodeId: string, work: () => Promise<T> | T): Promise<T> {
    this.look([nodeId]);
    this.#busy.set(nodeId, (this.#busy.get(nodeId) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#busy.get(nodeId) ?? 1) - 1;
      if (left > 0) this.#busy.set(nodeId, left);
      else this.#busy.delete(nodeId);
      const session = this.#sessions.get(nodeId);
      if (session !== undefined) this.#lookedMs.set(session, performance.now());
    }
  }

  /** Lets those rest that nobody looked at, as of `nowMs` of performance.now(). */
  sweep(nowMs: number): void {
    const everyMs = this.#everyMs();
    const awake: [session: Session, lookedMs: number, nodeId: string][] = [];
    for (const [nodeId, session] of this.#sessions) {
      if (everyMs === 0) session.wake();
      else if (session.resting) session.rest(everyMs);
      else {
        const lookedMs = this.#lookedMs.get(session) ?? nowMs;
        this.#lookedMs.set(session, lookedMs);
        awake.push([session, lookedMs, nodeId]);
      }
    }
    awake.sort(([, one], [, other]) => other - one);
    for (const [session, lookedMs, nodeId] of awake.slice(GO_ON))
      if (session.mayRest && !this.#busy.has(nodeId) && nowMs - lookedMs > AWAY_MS) session.rest(everyMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
