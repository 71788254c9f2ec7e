/** Whether a namespace ends with pause: yes, no, or not known, never a no that nobody read. */
import { describe, expect, it } from "vitest";
import { colons, standIn } from "../../src-main/testing/situations.ts";
import { assemble } from "../assemble/assemble.ts";
import { GAP_WHATS } from "../gaps.ts";
import type { Reading } from "../reading.ts";
import { podReport } from "./pod-report.ts";

const verdictsOf = (reading: Reading) => {
  const snapshot = assemble(reading);
  const { holders } = podReport(snapshot, snapshot.pods[0]!.key);
  return Object.fromEntries(
    Object.entries(holders).flatMap(([type, { initial, verdict, diesWithPause }]) => {
      expect(diesWithPause).toBe(verdict === "yes");
      return initial ? [] : [[type, verdict]];
    }),
  );
};

describe("what ends with the process that holds it alone", () => {
  const shared = ["net", "ipc", "uts"] as const;
  const all = (verdict: string) => Object.fromEntries(shared.map((type) => [type, verdict]));

  it("is told where all that may hold it was read", () => {
    expect(verdictsOf(standIn().reading)).toEqual(all("yes"));
  });
  it.each<[string, (reading: Reading) => void]>([
    ["the slow places were not read", (reading) => Object.assign(reading, { deep: false })],
    ["open files could not be read", ({ gaps }) => gaps.push({ what: GAP_WHATS.files, why: "", count: 1 })],
    ["mounts could not be read", ({ gaps }) => gaps.push({ what: GAP_WHATS.pins, why: "", count: 1 })],
    ["processes are hidden", ({ gaps }) => gaps.push({ what: GAP_WHATS.processes, why: "", count: 1 })],
  ])("is not known where %s", (_, change) => {
    const { reading } = standIn();
    change(reading);
    expect(verdictsOf(reading)).toEqual(all("unknown"));
  });
  it("is not known of a network alone where sockets could not be read", () => {
    const { reading } = standIn();
    reading.gaps.push({ what: GAP_WHATS.sockets, why: "", count: 1 });
    expect(verdictsOf(reading)).toEqual({ ...all("yes"), net: "unknown" });
  });
});

describe("what a container holds too", () => {
  it("stays, whatever else was read", () => {
    expect(verdictsOf({ ...colons().reading, deep: false })).toMatchObject({ net: "no", ipc: "no", uts: "no" });
  });
  it("is not known where it is not known whether pause is the pid 1 that takes all along", () => {
    const { reading } = colons();
    for (const process of reading.processes) if (process.pid === 500) process.nsPids = undefined;
    // The pin keeps the network whoever dies.
    expect(verdictsOf(reading)).toMatchObject({ net: "no", ipc: "unknown", uts: "unknown" });
  });
});
