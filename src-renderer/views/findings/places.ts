import type { Snapshot } from "../../../src-shared/model.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { itemKey } from "../../drawing/item-key.ts";

export interface Place {
  view: "picture" | "pod" | "cgroups";
  params: Record<string, string>;
  words: string;
}

/** Where a finding can be looked at: its place in the picture first, then the page of what it speaks of. */
export function placesOf(finding: Finding, snapshot: Snapshot): Place[] {
  const { at } = finding;
  const places: Place[] = [];
  if (!at) return places;
  const selection = selectionOf(at, snapshot);
  if (selection !== undefined)
    places.push({ view: "picture", params: { at: selection }, words: "Show in the picture" });
  if (at.podKey !== undefined) places.push({ view: "pod", params: { pod: at.podKey }, words: "Open the pod" });
  if (at.cgroupPath !== undefined)
    places.push({ view: "cgroups", params: { at: at.cgroupPath }, words: "Show the cgroup" });
  return places;
}

function selectionOf(at: NonNullable<Finding["at"]>, snapshot: Snapshot): string | undefined {
  if (at.podKey !== undefined) return itemKey.pod(at.podKey);
  if (at.containerId !== undefined) return itemKey.container(at.containerId);
  if (at.namespace !== undefined) return itemKey.namespace(at.namespace);
  if (at.pid !== undefined) {
    const process = snapshot.processes.find(({ pid }) => pid === at.pid);
    return process && itemKey.process(process);
  }
  return at.cgroupPath === undefined ? undefined : itemKey.cgroup(at.cgroupPath);
}

/** What tells findings of one snapshot apart, and finds the same one again in the next. */
export const findingId = (finding: Finding): string => `${finding.rule} ${finding.where}`;
