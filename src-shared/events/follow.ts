/** Follows a node reading by reading, and tells what happened from one to the next. */
import { findings } from "../findings/findings.ts";
import { baselines } from "../findings/over-time.ts";
import { duration } from "../format.ts";
import type { Snapshot } from "../model.ts";
import type { Finding } from "../reports.ts";
import { containerEvents, type EndedContainers } from "./containers.ts";
import { collapsed, EVENT_SCHEMA, type Happening, type PodglassEvent } from "./event.ts";
import { findingEvents } from "./findings.ts";
import { limitEvents, type YoungLimits } from "./limits.ts";
import { nodeEvents, rebooted } from "./node.ts";
import { OomEvents } from "./oom.ts";
import { pinEvents } from "./pins.ts";
import { podEvents } from "./pods.ts";

/**
 * Findings are concluded so seldom (ms): of each reading of a large node they would cost as much as the reading. It is
 * counted by the node's clock and not from the first reading, so that whoever reads a stretch of it again tells the same.
 */
const FINDINGS_EVERY_MS = 5_000;

/** A finding must be there, or be away, for so many readings in a row before it is told: what comes and goes is no news. */
const STEADY = 2;

export class Follower {
  readonly #node: string;
  readonly #known = new Known();
  readonly #baseline = baselines();
  #last: Snapshot | undefined;
  #concluded = Number.NaN;
  #told: Finding[] | undefined;
  /** Something came or went, and the next reading says whether it stays so. */
  #changing = false;
  #recent: Finding[][] = [];

  /** @param node the target, as the person named it */
  constructor(node: string) {
    this.#node = node;
  }

  /** Events since the reading before, in the order of their times; none for the first one. */
  next(snapshot: Snapshot): PodglassEvent[] {
    const before = this.#last;
    this.#last = snapshot;
    const happened = [
      ...(before === undefined ? [] : stepEvents(before, snapshot, this.#known)),
      ...this.#findingEvents(snapshot),
    ];
    const apartMs = before === undefined ? 0 : Date.parse(snapshot.takenAt) - Date.parse(before.takenAt);
    return collapsed(happened)
      .map((one) => stamped(one, this.#node, snapshot.takenAt, apartMs))
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  #findingEvents(snapshot: Snapshot): Happening[] {
    const turn = Math.floor(Date.parse(snapshot.takenAt) / FINDINGS_EVERY_MS);
    if (turn === this.#concluded && !this.#changing) return [];
    this.#concluded = turn;
    const now = findings(snapshot, this.#baseline(snapshot));
    this.#recent = [...this.#recent.slice(1 - STEADY), now];
    if (this.#told === undefined) {
      this.#told = now;
      return [];
    }
    if (this.#recent.length < STEADY) return [];
    const all = findingEvents(this.#told, now);
    const changes = all.filter((change) =>
      this.#recent.every((one) => findingEvents(this.#told as Finding[], one).some(same(change))),
    );
    if (changes.length > 0) this.#told = now;
    this.#changing = changes.length < all.length;
    return changes;
  }
}

const same = (a: Happening) => (b: Happening) =>
  a.kind === b.kind && JSON.stringify(a.before ?? a.after) === JSON.stringify(b.before ?? b.after);

/** What the steps before leave to the next. */
class Known {
  readonly oom = new OomEvents();
  readonly ended: EndedContainers = new Map();
  readonly young: YoungLimits = new Map();
}

/** What happened between two readings of a node, but for its findings. After a boot nothing of before compares. */
export function stepEvents(before: Snapshot, after: Snapshot, { oom, ended, young } = new Known()): Happening[] {
  if (rebooted(before, after)) return nodeEvents(before, after);
  return [
    ...nodeEvents(before, after),
    ...oom.between(before, after),
    ...podEvents(before, after),
    ...containerEvents(before, after, ended),
    ...limitEvents(before, after, young),
    ...pinEvents(before, after),
  ];
}

/** Two readings so far apart (ms) do not tell when: the node was away, or nobody looked. */
const LONG_APART_MS = 20_000;

const stamped = ({ at, text, ...rest }: Happening, node: string, takenAt: string, apartMs: number): PodglassEvent => ({
  schema: EVENT_SCHEMA,
  at: at ?? takenAt,
  node,
  ...rest,
  text:
    at === undefined && apartMs >= LONG_APART_MS
      ? `${text}, some time in the ${duration(apartMs * 1000)} before`
      : text,
});
