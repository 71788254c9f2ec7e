import { create } from "zustand";
import type { Snapshot } from "../../src-shared/model.ts";

/** A moment that a person kept, to compare with later ones. In memory only: a recording is for keeping. */
export interface Moment {
  id: string;
  nodeId: string;
  label: string;
  snapshot: Snapshot;
}

const MOST = 8;

export const useMoments = create<{ moments: Moment[] }>(() => ({ moments: [] }));

/** Keeps a node's present snapshot; the oldest goes when there are too many. Gives its id. */
export function keepMoment(nodeId: string, label: string, snapshot: Snapshot): string {
  const id = `${nodeId} ${snapshot.takenAt}`;
  useMoments.setState(({ moments }) => ({
    moments: [...moments.filter((one) => one.id !== id), { id, nodeId, label, snapshot }].slice(-MOST),
  }));
  return id;
}
