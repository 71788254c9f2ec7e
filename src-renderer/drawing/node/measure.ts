/** What the upright bar of a tile and the shade of a cgroup say. */

export type Measure = "usage" | "pressure" | "limit";
export type Level = "calm" | "warm" | "hot";

export interface Reading {
  /** Filled part of the bar, 0 to 1. */
  fill: number;
  level: Level;
  /** False: there is no limit, so no track to fill. */
  bounded: boolean;
}

export interface Measured {
  memory?: { usedBytes: number; limitBytes?: number };
  pressure?: number;
}

/** Bars turn warm at 75 % of a limit and hot at 90 %. */
const usageLevel = (share: number): Level => (share >= 0.9 ? "hot" : share >= 0.75 ? "warm" : "calm");
/** PSI "some" avg10, percent: one in a hundred is felt, one in ten hurts. */
export const pressureLevel = (percent: number): Level => (percent >= 10 ? "hot" : percent >= 1 ? "warm" : "calm");

/** nodeBytes: the node's memory, against which what has no limit is held. Null: nothing was read. */
export function readMeasure(thing: Measured, measure: Measure, nodeBytes: number): Reading | null {
  if (measure === "pressure") {
    if (thing.pressure === undefined) return null;
    // Square root: pressure is mostly small, and a tenth of a percent should still be seen.
    return { fill: Math.min(1, Math.sqrt(thing.pressure / 50)), level: pressureLevel(thing.pressure), bounded: true };
  }
  if (!thing.memory) return null;
  const { usedBytes, limitBytes } = thing.memory;
  if (measure === "limit") {
    if (limitBytes === undefined) return { fill: 0, level: "calm", bounded: false };
    return { fill: Math.min(1, Math.sqrt(limitBytes / Math.max(1, nodeBytes))), level: "calm", bounded: true };
  }
  const share = usedBytes / Math.max(1, limitBytes ?? nodeBytes);
  const level = limitBytes === undefined ? "calm" : usageLevel(share);
  return { fill: Math.min(1, share), level, bounded: limitBytes !== undefined };
}
