/**
 * What a reading did not get, by what would mend it: rights, the slow places that nobody asked for, and the rest, each
 * for itself. A login without rights lacks fourteen things for one reason, and a person reads one line of that.
 */
import { count, listed } from "./format.ts";
import { GAP_REMEDIES, GAP_WHYS, isSlowPlace } from "./gaps.ts";
import type { Gap } from "./model.ts";

export interface GapLine {
  kind: "rights" | "slow" | "other";
  /** How many things were not read; kinds of places where that is what was counted. */
  count: number;
  /** One sentence, without its capital and its point. */
  text: string;
  mend?: string;
  /** What stands behind it. */
  gaps: Gap[];
}

const wantsRights = ({ why, mend }: Gap): boolean =>
  why === GAP_WHYS.denied || mend === GAP_REMEDIES.root || mend === GAP_REMEDIES["root-login"];

/** Rights first, then what is a story of its own, then the slow places. */
export function gapLines(gaps: readonly Gap[]): GapLine[] {
  const there = gaps.filter((gap) => gap.count > 0);
  const slow = there.filter(isSlowPlace);
  const rights = there.filter((gap) => !isSlowPlace(gap) && wantsRights(gap)).sort((a, b) => b.count - a.count);
  const lines: GapLine[] = there
    .filter((gap) => !slow.includes(gap) && !rights.includes(gap))
    .map((gap) => ({
      kind: "other",
      count: gap.count,
      text: `${counted(gap)}: ${gap.why}`,
      ...(gap.mend === undefined ? {} : { mend: gap.mend }),
      gaps: [gap],
    }));
  if (rights.length === 1 && rights[0]!.why !== GAP_WHYS.denied) {
    const [only] = rights as [Gap];
    lines.unshift({
      kind: "rights",
      count: only.count,
      text: `${counted(only)}: ${only.why}`,
      mend: only.mend,
      gaps: rights,
    });
  } else if (rights.length > 0) {
    lines.unshift({
      kind: "rights",
      count: rights.reduce((sum, gap) => sum + gap.count, 0),
      text: `this login may not read ${examples(rights)}`,
      ...mendOf(rights),
      gaps: rights,
    });
  }
  if (slow.length > 0)
    lines.push({
      kind: "slow",
      count: slow.length,
      text: "pins in other mount namespaces, open files, threads and memory.stat were not read: they are slow places",
      mend: GAP_REMEDIES.deep,
      gaps: slow,
    });
  return lines;
}

const counted = ({ what, count: many }: Gap): string => (many > 1 ? `${what} (${many})` : what);

const SHOWN = 3;
const examples = (gaps: readonly Gap[]): string =>
  listed([
    ...gaps.slice(0, SHOWN).map(counted),
    ...(gaps.length > SHOWN ? [count(gaps.length - SHOWN, "other kind of thing", "other kinds of things")] : []),
  ]);

/** The one that says most: with sudo where that is a way. */
const mendOf = (gaps: readonly Gap[]): { mend?: string } => {
  const mends = gaps.flatMap(({ mend }) => (mend ? [mend] : []));
  const mend = mends.includes(GAP_REMEDIES.root) ? GAP_REMEDIES.root : mends[0];
  return mend === undefined ? {} : { mend };
};
