/**
 * What happened on a live node since it was opened here, what Podglass did to it among that: the newest of it, in memory
 * alone. The marks of what is kept on disk are these events too.
 */

import type { Outcome, Plan } from "../../src-shared/actions.ts";
import type { NodeState } from "../../src-shared/api.ts";
import { EVENT_SCHEMA, type PodglassEvent, podName } from "../../src-shared/events/event.ts";
import { Follower } from "../../src-shared/events/follow.ts";
import { deedSaid, wayEvent } from "../../src-shared/events/unseen.ts";
import { inert, isoTime } from "../../src-shared/format.ts";
import type { Snapshot } from "../../src-shared/model.ts";

const MOST_EVENTS = 2000;

export class Happened {
  readonly #target: string;
  #follower: Follower;
  readonly #heard: (event: PodglassEvent) => void;
  readonly #events: PodglassEvent[] = [];
  /** Told since the last reading, and not to it. */
  #between: PodglassEvent[] = [];
  #count = 0;
  /** By their keys, as of the last reading: what is done is told by a pod's name. */
  #pods: Snapshot["pods"] = [];
  /** By how much the node's clock is before ours, as of its last reading (ms). */
  #aheadMs = 0;
  #seen = false;
  #lost = false;

  /** @param heard is told each event as it comes */
  constructor(target: string, heard: (event: PodglassEvent) => void = () => {}) {
    this.#target = target;
    this.#heard = heard;
    this.#follower = new Follower(target);
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
      this.#follower = new Follower(this.#target);
      return [];
    }
    this.#aheadMs = Date.parse(snapshot.takenAt) - Date.now();
    this.#pods = snapshot.pods;
    if (this.#lost) this.#add(this.#now(wayEvent(this.#target, { code: "node-back" })));
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
    this.#add(this.#now(wayEvent(this.#target, { code: "node-lost", reason: inert(failure.sentence, 300) })));
  }

  /** What Podglass itself did, or tried to. @param undoes it was done to take something back */
  did({ action, pod: key }: Pick<Plan, "action" | "pod">, outcome: Outcome, undoes = false): void {
    const pod = this.#pods.find((one) => one.key === key);
    const text = deedSaid({ action, pod: pod === undefined ? inert(key, 120) : podName(pod), undoes }, outcome);
    this.#add(this.#now({ schema: EVENT_SCHEMA, at: "", node: this.#target, kind: "action", pod: key, text }));
  }

  /** As late as it is by the node's clock, as far as we know. */
  #now(event: PodglassEvent): PodglassEvent {
    return { ...event, at: isoTime(Date.now() + this.#aheadMs) };
  }

  #add(...events: PodglassEvent[]): void {
    this.#count += events.length;
    this.#events.push(...events);
    this.#between.push(...events);
    this.#events.splice(0, this.#events.length - MOST_EVENTS);
    for (const event of events) this.#heard(event);
  }
}
