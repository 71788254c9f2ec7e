/**
 * Nodes that are read again and again: what to hold a snapshot against. One from ten to twenty seconds before, so that
 * rates (throttling, kills, zombies that stay) see enough time, however quick the refresh. Keeps two snapshots a node,
 * of the nodes looked at last.
 */
import type { Snapshot } from "../model.ts";

const SPAN_MS = 10_000;
const MOST_NODES = 16;

interface Kept {
  /** What to compare with. */
  baseline?: Snapshot;
  /** The next baseline, once it is old enough. */
  candidate: Snapshot;
}

/**
 * A function that remembers: give it the snapshots of any nodes as they come, get the one to compare with, or undefined
 * for the first. Going back in time starts afresh.
 */
export const baselines = (): ((snapshot: Snapshot) => Snapshot | undefined) => {
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
    return previous === snapshot ? undefined : previous;
  };
};
