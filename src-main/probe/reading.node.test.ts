import { describe, expect, it } from "vitest";
import type { Reading } from "../../src-shared/reading.ts";
import { localConnection } from "../transport/local.ts";
import { readNode } from "./read.ts";
import { spawned } from "./testing/bare.ts";

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

  it.for(["perl", "awk"] as const)("in a cgroup namespace %s names a way out that works", async (reader) => {
    const inside = (...words: string[]) => spawned("unshare", (command) => ["--cgroup", ...words, "sh", "-c", command]);
    const gapOf = (reading: Reading) => reading.gaps.find((one) => one.what === "cgroups above our own");
    const mend = gapOf(await readNode(inside(), { reader }))?.mend ?? "";
    const way = /^start the probe, or the login shell, with (nsenter -t [12] -C)$/.exec(mend)?.[1]?.split(" ") ?? [];
    expect(way).toHaveLength(4);
    const out = await readNode(inside(...way), { reader });
    expect(gapOf(out)).toBeUndefined();
    expect(out.node.self.cgroup).toBe(4026531835);
  });
});
