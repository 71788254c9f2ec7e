/**
 * What happened on a live node since it was opened here, what Podglass did to it among that: the newest of it, in memory
 * alone. The marks of what is kept on disk are these events too.
 */
import type { NodeState } from "../../src-shared/api.ts";
import { EVENT_SCHEMA, type PodglassEvent, wayEvent } from "../../src-shared/events/event.ts";
import { Follower } from "../../src-shared/events/follow.ts";
import { inert } from "../../src-shared/format.ts";
import type { Outcome, Plan, Snapshot } from "../../src-shared/model.ts";

const MOST_EVENTS = 2000;
/** Findings are concluded so seldom: each reading of a large node would cost as much as the reading. */
const FINDINGS_EVERY_MS = 5_000;

export class Happened {
  readonly #target: string;
  #follower: Follower;
  readonly #heard: (event: PodglassEvent) => void;
  readonly #events: PodglassEvent[] = [];
  /** Told since the last reading, and not to it. */
  #between: PodglassEvent[] = [];
  #count = 0;
  /** By how much the node's clock is before ours, as of its last reading (ms). */
  #aheadMs = 0;
  #seen = false;
  #lost = false;

  /** @param heard is told each event as it comes */
  constructor(target: string, heard: (event: PodglassEvent) => void = () => {}) {
    this.#target = target;
    this.#heard = heard;
    this.#follower = follower(target);
  }

  /** Oldest first. */
  get events(): readonly PodglassEvent[] {
    return this.#events;
  }

  /** How many there were, those that are not kept any more as well. */
  get count(): number {
    return this.#count;
  }

  /** Tells what happened since the reading before. Undefined: nobody looks at the node, and what comes next is held against nothing. */
  read(snapshot: Snapshot | undefined): readonly PodglassEvent[] {
    if (snapshot === undefined) {
      this.#follower = follower(this.#target);
      return [];
    }
    this.#aheadMs = Date.parse(snapshot.takenAt) - Date.now();
    if (this.#lost) this.#add(this.#now(wayEvent(this.#target, "node-back", "the node is back")));
    this.#lost = false;
    this.#seen = true;
    this.#add(...this.#follower.next(snapshot));
    const told = this.#between;
    this.#between = [];
    return told;
  }

  /** A node that was seen and is away is told once, until it is back. */
  heed({ failure }: NodeState): void {
    if (failure === undefined || !this.#seen || this.#lost) return;
    this.#lost = true;
    this.#add(this.#now(wayEvent(this.#target, "node-lost", `the node was lost: ${inert(failure.sentence, 300)}`)));
  }

  /** What Podglass itself did, or tried to; `plan`: what it was of, where it is known. */
  did(what: Pick<Plan, "action" | "pod"> | undefined, { done, rolledBack }: Outcome): void {
    const name = what === undefined ? "took back what it did last" : `${PAST[what.action]} ${inert(what.pod, 120)}`;
    const text = done
      ? `Podglass ${name}`
      : `Podglass did not manage to do it (${what?.action ?? "undo"}); ${rolledBack ? "it took its steps back" : "some of its steps stand"}`;
    this.#add(this.#now({ schema: EVENT_SCHEMA, at: "", node: this.#target, kind: "action", text }));
  }

  /** As late as it is by the node's clock, as far as we know. */
  #now(event: PodglassEvent): PodglassEvent {
    return { ...event, at: new Date(Date.now() + this.#aheadMs).toISOString() };
  }

  #add(...events: PodglassEvent[]): void {
    this.#count += events.length;
    this.#events.push(...events);
    this.#between.push(...events);
    this.#events.splice(0, this.#events.length - MOST_EVENTS);
    for (const event of events) this.#heard(event);
  }
}

const follower = (node: string) => new Follower({ node, findings: true, findingsEveryMs: FINDINGS_EVERY_MS });

const PAST: Record<Plan["action"], string> = {
  pin: "pinned the namespaces of",
  unpin: "took the pins away of",
  drop: "dropped the pause of",
  restore: "restored a sandbox to",
};
