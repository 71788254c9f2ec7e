/**
 * Findings of nodes that are read again and again. Each snapshot is held against one from ten to twenty seconds before,
 * so that rules about rates (throttling, kills, zombies that stay) see enough time, however quick the refresh.
 * Keeps two snapshots a node, of the nodes looked at last.
 */
import type { Finding, Snapshot } from "../model.ts";
import { findings } from "./findings.ts";

const SPAN_MS = 10_000;
const MOST_NODES = 16;

interface Kept {
  /** What to compare with. */
  baseline?: Snapshot;
  /** The next baseline, once it is old enough. */
  candidate: Snapshot;
}

/** A function that remembers: give it the snapshots of any nodes as they come. Going back in time starts afresh. */
export const findingsOverTime = (): ((snapshot: Snapshot) => Finding[]) => {
  const nodes = new Map<string, Kept>();
  return (snapshot) => {
    const { bootId } = snapshot.node;
    const known = nodes.get(bootId);
    nodes.delete(bootId);
    const age = known ? Date.parse(snapshot.takenAt) - Date.parse(known.candidate.takenAt) : Number.NaN;
    const kept: Kept = !known || !(age >= 0) ? { candidate: snapshot } : known;
    const previous = kept.baseline ?? kept.candidate;
    if (age >= SPAN_MS && kept === known) {
      kept.baseline = kept.candidate;
      kept.candidate = snapshot;
    }
    nodes.set(bootId, kept);
    for (const oldest of nodes.keys()) {
      if (nodes.size <= MOST_NODES) break;
      nodes.delete(oldest);
    }
    return findings(snapshot, previous === snapshot ? undefined : previous);
  };
};
