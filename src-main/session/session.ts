/**
 * One open node: opens its source, reads it, keeps it live, says when it is stale and comes back by itself.
 * A node that is frozen, cut off or slow holds up nothing but its own session.
 */
import type { ApiEvent, NodePhase, NodeState } from "../../src-shared/api.ts";
import { deltaBetween } from "../../src-shared/diff/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type NodeSummary, nodeSummary } from "../../src-shared/questions/summary.ts";
import type { OpenSource, Source } from "../targets/source.ts";
import { type Trace, timed } from "../transport/traced.ts";
import { ConnectionError, type Interaction } from "../transport/transport.ts";

/** A reading that takes longer than this has lost its node (ms): the connection is given up and made anew. */
const READ_LIMIT_MS = 60_000;
/** Without an answer for so long (ms) a node is called slow, then its picture stale. */
const SLOW_MS = 4_000;
const STALE_MS = 12_000;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/** Faults that trying again cannot mend: a person must act first. */
/** Nobody presses anything for a node that nobody looks at: one of a fleet that is up again is found at the pace of its looks. */
const MENDS_ITSELF = new Set(["unreachable", "lost", "timeout"]);
const NEEDS_A_PERSON = new Set(["hostkey", "login", "config", "cancelled"]);

export interface SessionOptions {
  everyMs: number;
  readOnly: boolean;
  actions: boolean;
  /** Every reading reads the slow places too. */
  deep?: boolean;
  /** Every how often else the slow places are read again (ms); 0 only when somebody asks. */
  slowEveryMs: () => number;
  /** Nobody looks at it yet: milliseconds between two looks of ours. */
  restEveryMs?: number;
  /** false: reached, and not read before somebody asks. */
  read?: boolean;
  trace?: Trace;
}

export class Session {
  readonly nodeId: string;
  readonly source: Source;
  #options: SessionOptions;
  #interaction: Interaction;
  #emit: (event: ApiEvent) => void;
  #phase: NodePhase = "connecting";
  #detail: string | undefined;
  #failure: NodeState["failure"];
  #again = false;
  #opened: OpenSource | undefined;
  #snapshot: Snapshot | undefined;
  /** While nobody looks at the node: what is kept of it, and every how often it is read (ms). */
  #summary: NodeSummary | undefined;
  #restEveryMs: number | undefined;
  #seq = 0;
  #seenAtMs: number | undefined;
  #lastDeepMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #work: AbortController | undefined;
  #reading: Promise<void> | undefined;
  #failures = 0;
  #ended = false;
  /** Called with each new snapshot, and with undefined where those before are to be let go; recordings hang on here. */
  readonly watchers = new Set<(snapshot: Snapshot | undefined) => void>();
  recordingTo: string | undefined;
  /** Why the last recording ended by itself. */
  recordingTrouble: string | undefined;
  /** How much was told to have happened since it was opened. */
  eventCount: number | undefined;

  constructor(
    nodeId: string,
    source: Source,
    options: SessionOptions,
    interaction: Omit<Interaction, "progress">,
    emit: (event: ApiEvent) => void,
  ) {
    this.nodeId = nodeId;
    this.source = source;
    this.#options = options;
    this.#restEveryMs = options.restEveryMs;
    this.#interaction = {
      ...interaction,
      progress: (text) => {
        options.trace?.({ node: source.label, what: text, state: "note" });
        if (!this.#again) this.#set(this.#phase, text);
      },
    };
    this.#emit = emit;
  }

  get snapshot(): { seq: number; snapshot: Snapshot } | null {
    return this.#snapshot === undefined ? null : { seq: this.#seq, snapshot: this.#snapshot };
  }

  /** Of a node that nobody looks at. */
  get summary(): NodeSummary | undefined {
    return this.#summary;
  }

  get resting(): boolean {
    return this.#restEveryMs !== undefined;
  }

  /** Live, read often, and recorded by nobody. */
  get mayRest(): boolean {
    return this.source.live && this.#options.everyMs > 0 && this.recordingTo === undefined;
  }

  get opened(): OpenSource | undefined {
    return this.#opened;
  }

  get readOnly(): boolean {
    return this.#options.readOnly;
  }

  get state(): NodeState {
    return {
      nodeId: this.nodeId,
      target: this.source.target,
      label: this.source.label,
      kind: this.source.kind,
      phase: this.#phase,
      detail: this.#detail,
      failure: this.#failure,
      note: this.source.note,
      seenAtMs: this.#seenAtMs,
      everyMs: this.#options.everyMs,
      ...(this.resting ? { resting: true as const } : {}),
      readOnly: this.#options.readOnly,
      actions: this.#options.actions && !this.#options.readOnly && this.#opened?.connection !== undefined,
      recording: this.#opened?.timeline?.(),
      recordingTo: this.recordingTo,
      recordingTrouble: this.recordingTrouble,
      eventCount: this.eventCount,
    };
  }

  /** Begins; progress and result come as events. Never throws: answers with why the first attempt failed, if it did. */
  start(): Promise<Error | undefined> {
    return this.#connect();
  }

  /** @param again by itself, where the last try failed: until it comes to something, why that was stays said */
  async #connect(again = false): Promise<Error | undefined> {
    const { read = true, deep = false, trace } = this.#options;
    const cancelled = new ConnectionError("cancelled", `${this.source.label} was not opened: it was given up.`);
    if (this.#ended) return cancelled;
    this.#stopTimer();
    this.#work = new AbortController();
    const { signal } = this.#work;
    this.#again = again;
    if (!again) this.#set(this.#known ? "stale" : "connecting", `connecting to ${this.source.label}`);
    let opened: OpenSource | undefined;
    try {
      const current = await timed({ node: this.source.label, what: "opening it" }, trace, () =>
        this.source.open(this.#interaction, signal),
      );
      opened = current;
      if (this.#ended || signal.aborted) {
        current.close();
        return cancelled;
      }
      this.#opened = current;
      this.#again = false;
      void current.closed.then((why) => this.#lost(current, why));
      if (read) {
        this.#set(this.#known ? "stale" : "reading", `reading ${this.source.label}`);
        await this.#read(deep, signal);
        this.#schedule();
      } else this.#set("still", undefined);
      this.#failures = 0;
      return undefined;
    } catch (error) {
      // One that another took the place of has nothing to say.
      const replaced = signal.aborted && this.#work.signal !== signal;
      if (this.#opened === opened && !replaced) this.#failed(error, signal.aborted);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Reads now. Concurrent calls share one reading. Throws what the source throws. */
  async refresh(deep: boolean): Promise<void> {
    if (this.#opened === undefined) {
      this.retry();
      return;
    }
    this.#stopTimer();
    while (this.#reading !== undefined) {
      if (!deep) return this.#reading;
      await this.#reading.catch(() => {});
    }
    const opened = this.#opened;
    this.#work = new AbortController();
    const { signal } = this.#work;
    try {
      await this.#read(deep, signal);
    } catch (error) {
      if (this.#opened === opened) this.#failed(error, signal.aborted);
      throw error;
    } finally {
      this.#schedule();
    }
  }

  /** After a change on the node: reads again what was read of it, and nothing where nothing was. Throws as refresh does. */
  async bringUpToDate(): Promise<void> {
    if (this.#snapshot !== undefined) await this.refresh(true);
  }

  #read(deep: boolean, signal: AbortSignal): Promise<void> {
    const reading = this.#readOnce(deep, signal).finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  async #readOnce(deep: boolean, signal: AbortSignal): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException("time is up", "TimeoutError")), READ_LIMIT_MS);
    const since = performance.now();
    const slow = setInterval(() => this.#waits(performance.now() - since), SLOW_MS);
    const snapshot = await opened
      .read({ deep, signal: AbortSignal.any([signal, limit.signal]) })
      .catch((error: unknown) => {
        if (!limit.signal.aborted || signal.aborted) throw error;
        const within = `within ${READ_LIMIT_MS / 1000} s`;
        throw new ConnectionError("timeout", `${this.source.label} did not finish its reading ${within}.`);
      })
      .finally(() => {
        clearTimeout(timer);
        clearInterval(slow);
      });
    if (this.#ended || this.#opened !== opened) return;
    if (deep) this.#lastDeepMs = performance.now();
    this.#failure = undefined;
    if (this.resting) this.#summarise(snapshot);
    else this.publish(snapshot);
    this.#set(this.#phaseOfRead, undefined);
  }

  /** Something was read of it, and is kept. */
  get #known(): boolean {
    return this.#snapshot !== undefined || this.#summary !== undefined;
  }

  get #phaseOfRead(): NodePhase {
    return this.source.live && this.#options.everyMs > 0 ? "live" : "still";
  }

  /**
   * Nobody looks at the node: a summary is kept of it instead of its snapshot, and its reader ends between two looks.
   * The connection stays, so that somebody who comes to look sees it at once.
   */
  rest(everyMs: number): void {
    const before = this.#restEveryMs;
    this.#restEveryMs = everyMs;
    if (before !== undefined) return;
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    for (const watch of this.watchers) watch(undefined);
    if (snapshot !== undefined) this.#summarise(snapshot);
    this.tell();
    if (this.#reading === undefined) this.#schedule();
  }

  #summarise(snapshot: Snapshot): void {
    this.#summary = nodeSummary(this.source.target, snapshot);
    this.#seenAtMs ??= Date.now();
    if (this.#reading !== undefined) this.#seenAtMs = Date.now();
    this.#opened?.rest?.();
    this.#emit({ type: "summary", nodeId: this.nodeId, summary: this.#summary });
  }

  /** Somebody looks at the node: it is read now, and live from then on. */
  wake(): void {
    if (!this.resting) return;
    this.#restEveryMs = undefined;
    const coming = this.#opened !== undefined && this.#summary !== undefined;
    if (coming) this.#set("reading", `reading ${this.source.label}`);
    else this.tell();
    // One that runs now was begun while it rested, and is as fresh as can be.
    if (coming && this.#reading === undefined) void this.refresh(false).catch(() => {});
  }

  /** A node that is slow to answer is said to be; what is shown of it counts as stale after a while. */
  #waits(ms: number): void {
    const detail = `${this.source.label} has not answered for ${Math.round(ms / 1000)} s.`;
    this.#set(this.#known && ms >= STALE_MS ? "stale" : this.#phase, detail);
  }

  /** Makes a snapshot the latest one and tells: whole the first time, then as a delta. */
  publish(snapshot: Snapshot): void {
    const before = this.#snapshot;
    this.#summary = undefined;
    this.#snapshot = snapshot;
    this.#seq += 1;
    this.#seenAtMs = Date.now();
    if (before === undefined) this.#emit({ type: "snapshot", nodeId: this.nodeId, seq: this.#seq, snapshot });
    else this.#emit({ type: "delta", nodeId: this.nodeId, delta: deltaBetween(before, snapshot, this.#seq) });
    for (const watch of this.watchers) watch(snapshot);
  }

  #schedule(): void {
    this.#stopTimer();
    if (this.#ended || !this.source.live || this.#options.everyMs <= 0 || this.#opened === undefined) return;
    const opened = this.#opened;
    this.#timer = setTimeout(() => {
      const slowMs = this.#options.slowEveryMs();
      const due = slowMs > 0 && performance.now() - this.#lastDeepMs >= slowMs;
      const deep = this.#options.deep || this.resting || due;
      this.#work = new AbortController();
      const { signal } = this.#work;
      this.#read(deep, signal)
        .then(() => this.#schedule())
        .catch((error: unknown) => {
          // A reading that ends with its connection has nothing to add: #lost said why, and is on its way back.
          if (this.#opened === opened) this.#failed(error, signal.aborted);
        });
    }, this.#restEveryMs ?? this.#options.everyMs);
    this.#timer.unref?.();
  }

  #failed(error: unknown, cancelled: boolean): void {
    if (this.#ended) return;
    const reached = this.#opened !== undefined;
    this.#drop();
    const known = this.#known;
    const sentence = error instanceof Error ? error.message : String(error);
    const kind = error instanceof ConnectionError ? error.kind : "reading";
    // A node that was reached and then took too long may answer the next time, also where nothing is known of it yet.
    const again = known || (kind === "timeout" && reached);
    const final = cancelled || !again || NEEDS_A_PERSON.has(kind) || !this.source.live;
    const later = final && !cancelled && this.resting && this.source.kind === "ssh" && MENDS_ITSELF.has(kind);
    this.#failure = { kind, sentence, again: !final || later };
    if (later) {
      const everyMs = this.#restEveryMs ?? 0;
      this.#set("refused", `${sentence} Trying again in ${Math.round(everyMs / 1000)} s.`);
      this.#timer = setTimeout(() => void this.#connect(true), everyMs);
      this.#timer.unref?.();
      return;
    }
    if (final) {
      this.#set(known ? "stale" : "refused", cancelled ? "given up at your word" : sentence);
      return;
    }
    const wait = BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)] ?? 30_000;
    this.#failures += 1;
    this.#set(known ? "stale" : "connecting", `${sentence} Trying again in ${Math.round(wait / 1000)} s.`);
    this.#timer = setTimeout(() => void this.#connect(), wait);
    this.#timer.unref?.();
  }

  #lost(opened: OpenSource, why: Error | null): void {
    if (this.#opened !== opened || this.#ended) return;
    this.#failed(why ?? new ConnectionError("lost", `${this.source.label} closed the connection.`), false);
  }

  #drop(): void {
    this.#stopTimer();
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.close();
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #set(phase: NodePhase, detail: string | undefined): void {
    this.#phase = phase;
    this.#detail = detail;
    if (!this.#ended) this.#emit({ type: "node", state: this.state });
  }

  /** Tells the state again: something outside (a recording that was begun) changed it. */
  tell(): void {
    this.#set(this.#phase, this.#detail);
  }

  setEvery(everyMs: number): void {
    this.#options = { ...this.#options, everyMs };
    if (this.#opened !== undefined && this.#snapshot !== undefined) {
      this.#set(this.#phaseOfRead, undefined);
      this.#schedule();
    }
  }

  async seek(atMs: number): Promise<void> {
    const seek = this.#opened?.seek;
    if (seek === undefined) throw new Error(`${this.source.label} is not a recording: it has no timeline.`);
    this.publish(await seek.call(this.#opened, atMs));
    this.tell();
  }

  cancel(): void {
    this.#work?.abort();
    if (this.#opened === undefined && this.#timer !== undefined) {
      this.#stopTimer();
      this.#set(this.#known ? "stale" : "refused", "not trying to reconnect");
    }
  }

  retry(): void {
    if (this.#opened !== undefined || this.#ended) return;
    this.#work?.abort();
    this.#failures = 0;
    void this.#connect();
  }

  close(): void {
    if (this.#ended) return;
    this.#work?.abort();
    this.#drop();
    this.#ended = true;
    this.#emit({ type: "gone", nodeId: this.nodeId });
  }
}
