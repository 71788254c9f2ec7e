import { create } from "zustand";
import type { Snapshot } from "../../src-shared/model.ts";

/** A snapshot that a person kept, to compare with later ones. In memory only: a recording is for keeping. */
export interface KeptSnapshot {
  id: string;
  nodeId: string;
  label: string;
  snapshot: Snapshot;
}

const MOST = 8;

export const useKeptSnapshots = create<{ kept: KeptSnapshot[] }>(() => ({ kept: [] }));

/** Keeps a node's present snapshot; the oldest goes when there are too many. Gives its id. */
export function keepSnapshot(nodeId: string, label: string, snapshot: Snapshot): string {
  const id = `${nodeId} ${snapshot.takenAt}`;
  useKeptSnapshots.setState(({ kept }) => ({
    kept: [...kept.filter((one) => one.id !== id), { id, nodeId, label, snapshot }].slice(-MOST),
  }));
  return id;
}
