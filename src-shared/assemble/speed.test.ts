import { describe, expect, it } from "vitest";
import { crowd } from "../../src-main/testing/crowd.ts";
import { assemble, assembleSliced } from "./assemble.ts";
import { Memory } from "./memory.ts";

describe("a large node", () => {
  it.each(["v1", "v2"] as const)("cgroup %s: every pod is found", (mode) => {
    const snapshot = assemble(crowd(1000, mode));
    expect(snapshot.node.cgroupMode).toBe(mode);
    expect(snapshot.pods).toHaveLength(100);
    expect(snapshot.pods[17]).toMatchObject({ sandbox: { state: "process" }, qos: "Burstable" });
    expect(snapshot.pods[17]!.containers).toHaveLength(2);
  });
  it("gives the same in steps, and lets others have the thread", async () => {
    const reading = crowd(4000);
    let breaths = 0;
    const sliced = await assembleSliced(reading, async () => {
      breaths += 1;
    });
    expect(breaths).toBeGreaterThan(0);
    expect(JSON.stringify(sliced)).toBe(JSON.stringify(assemble(reading)));
  });
  it("keeps what did not change: the same processes, the same parsed configs", () => {
    const reading = crowd(100);
    const memory = new Memory();
    const first = assemble(reading, memory);
    const second = assemble({ ...reading, files: { ...reading.files } }, memory);
    expect(second.processes[5]).toBe(first.processes[5]);
    expect(second.containers[0]?.oci).toBe(first.containers[0]?.oci);
    assemble({ ...reading, files: {} }, memory);
    expect(memory.configs.size).toBe(0);
  });
  it("keeps the processes that stayed where one went, one came and one changed", () => {
    const reading = crowd(100);
    const memory = new Memory();
    const first = assemble(reading, memory);
    const [gone, changed, ...rest] = reading.processes;
    const came = { ...gone!, pid: 7, ppid: 1 };
    const second = assemble({ ...reading, processes: [...rest, { ...changed!, comm: "other" }, came] }, memory);
    const before = new Map(first.processes.map((process) => [process.pid, process]));
    expect(second.processes.map(({ pid }) => pid)).toEqual(
      [...rest, changed!, came].map(({ pid }) => pid).sort((a, b) => a - b),
    );
    const made = second.processes.filter((process) => before.get(process.pid) !== process);
    expect(new Set(made.map(({ pid }) => pid))).toEqual(new Set([7, changed!.pid]));
    expect(second.processes.find(({ pid }) => pid === changed!.pid)!.comm).toBe("other");
  });
});
