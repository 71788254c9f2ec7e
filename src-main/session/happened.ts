/**
 * What happened on a live node since it was opened here: the newest of it, in memory alone. Findings are not told: the
 * window concludes them for itself, and once a reading is enough.
 */
import type { NodeState } from "../../src-shared/api.ts";
import { type PodglassEvent, wayEvent } from "../../src-shared/events/event.ts";
import { Follower } from "../../src-shared/events/follow.ts";
import { inert } from "../../src-shared/format.ts";
import type { Snapshot } from "../../src-shared/model.ts";

const MOST_EVENTS = 2000;

export class Happened {
  readonly #target: string;
  #follower: Follower;
  readonly #events: PodglassEvent[] = [];
  #seen = false;
  #lost = false;

  constructor(target: string) {
    this.#target = target;
    this.#follower = new Follower({ node: target });
  }

  /** Oldest first. */
  get events(): readonly PodglassEvent[] {
    return this.#events;
  }

  /** Undefined: nobody looks at the node, and what comes next is held against nothing. */
  read(snapshot: Snapshot | undefined): void {
    if (snapshot === undefined) {
      this.#follower = new Follower({ node: this.#target });
      return;
    }
    if (this.#lost) this.#add(wayEvent(this.#target, "node-back", "the node is back"));
    this.#lost = false;
    this.#seen = true;
    this.#add(...this.#follower.next(snapshot));
  }

  /** A node that was seen and is away is told once, until it is back. */
  heed({ failure }: NodeState): void {
    if (failure === undefined || !this.#seen || this.#lost) return;
    this.#lost = true;
    this.#add(wayEvent(this.#target, "node-lost", `the node was lost: ${inert(failure.sentence, 300)}`));
  }

  #add(...events: PodglassEvent[]): void {
    this.#events.push(...events);
    this.#events.splice(0, this.#events.length - MOST_EVENTS);
  }
}
