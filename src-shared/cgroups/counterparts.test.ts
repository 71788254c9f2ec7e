import { describe, expect, it } from "vitest";
import { cgroupOf } from "../testing/snapshot.ts";
import { counterparts, ioWeight, swapMax } from "./counterparts.ts";
import { cgroupTree } from "./tree.ts";

describe("conversions", () => {
  it.each([
    [10, 1],
    [100, 910],
    [500, 4950],
    [1000, 10000],
    [9, undefined],
    [1001, undefined],
  ])("blkio weight %s is io.weight %s", (blkio, io) => expect(ioWeight(blkio)).toBe(io));

  it.each([
    [200, 100, 100],
    [100, 100, 0],
    [-1, 100, "max"],
    [0, 100, 0],
    [0, -1, "max"],
    [200, undefined, undefined],
    [50, 100, undefined],
  ] as const)("memsw %s over memory %s is swap %s", (memsw, memory, swap) => expect(swapMax(memsw, memory)).toBe(swap));
});

const there = (files: Record<string, string>, hierarchy: string) => {
  const tree = cgroupTree({ cgroups: [cgroupOf("/a", files, { hierarchy })] });
  return Object.fromEntries(
    counterparts(tree.nodes[0]!).map((one) => [
      one.here.file,
      one.there.map((other) => `${other.file} ${other.value}`),
    ]),
  );
};

describe("v1 and v2 side by side", () => {
  it("says what v1 files are on v2", () => {
    expect(
      there(
        {
          "cpu.shares": "1024",
          "cpu.cfs_quota_us": "50000",
          "cpu.cfs_period_us": "100000",
          "memory.limit_in_bytes": "67108864",
          "memory.memsw.limit_in_bytes": "134217728",
          "memory.soft_limit_in_bytes": "9223372036854771712",
          "memory.swappiness": "60",
          "pids.max": "max",
          "freezer.state": "THAWED",
          "blkio.weight": "500",
        },
        "cpu,memory,pids,freezer,blkio",
      ),
    ).toEqual({
      "cpu.shares": ["cpu.weight 39", "cpu.weight 100"],
      "cpu.cfs_quota_us": ["cpu.max 50000 100000"],
      "memory.limit_in_bytes": ["memory.max 67108864"],
      "memory.memsw.limit_in_bytes": ["memory.swap.max 67108864"],
      "memory.soft_limit_in_bytes": [],
      "memory.swappiness": [],
      "pids.max": ["pids.max max"],
      "freezer.state": ["cgroup.freeze 0"],
      "blkio.weight": ["io.bfq.weight 500", "io.weight default 4950"],
    });
  });

  it("says what v2 files are on v1", () => {
    expect(
      there(
        {
          "cpu.weight": "39",
          "cpu.max": "max 100000",
          "memory.max": "100",
          "memory.swap.max": "50",
          "memory.high": "max",
          "pids.max": "9",
        },
        "v2",
      ),
    ).toEqual({
      "cpu.weight": ["cpu.shares 999 to 1024", "cpu.shares 295 to 305"],
      "cpu.max": ["cpu.cfs_quota_us -1", "cpu.cfs_period_us 100000"],
      "memory.max": ["memory.limit_in_bytes 100"],
      "memory.swap.max": ["memory.memsw.limit_in_bytes 150"],
      "memory.high": [],
      "pids.max": ["pids.max 9"],
    });
  });

  it("explains what has no counterpart", () => {
    const tree = cgroupTree({ cgroups: [cgroupOf("/a", { "memory.oom.group": "1" })] });
    expect(counterparts(tree.nodes[0]!)[0]!.note).toContain("no counterpart");
  });
});
