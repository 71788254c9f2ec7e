import { describe, expect, it } from "vitest";
import { localConnection } from "../transport/local.ts";
import { readNode } from "./read.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;

describe.runIf(asRoot)("a reading of this machine", () => {
  it("has this very process, its namespaces and its cgroups", async () => {
    const connection = localConnection();
    const reading = await readNode(connection);
    connection.close();
    const self = reading.processes.find((one) => one.pid === process.pid);
    expect(self).toMatchObject({ pid: process.pid, ppid: process.ppid, uid: 0 });
    expect(self?.ns.net).toBeGreaterThan(0);
    expect(Object.keys(self?.cgroup ?? {}).length).toBeGreaterThan(0);
    expect(reading.cgroups.length).toBeGreaterThan(0);
  });
});
