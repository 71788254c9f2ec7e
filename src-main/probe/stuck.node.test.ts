/** What never answers on a node hides nothing but itself. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stuck, stuckFolder, stuckProcess, whyNoStuck } from "../../e2e/nodes/stuck.ts";
import type { Reading } from "../../src-shared/reading.ts";
import { localConnection } from "../transport/local.ts";
import type { Connection } from "../transport/transport.ts";
import { openLive } from "./live.ts";
import { readNode } from "./read.ts";
import { type BareNode, BUSYBOX, bareNode, spawned } from "./testing/bare.ts";

const LIMIT_MS = 20_000;
const readers = ["perl", "awk", ...(existsSync(BUSYBOX) ? ["busybox"] : [])];

describe.skipIf(whyNoStuck())("where something never answers", { timeout: 120_000 }, () => {
  let bare: BareNode;
  beforeAll(() => {
    bare = bareNode();
  });
  afterAll(() => bare.remove());

  const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const since = performance.now();
    const result = await work();
    return [result, (performance.now() - since) / 1000];
  };
  const found = (reading: Reading, pid: number) => reading.processes.find((one) => one.pid === pid);

  describe("a process whose memory map is locked", () => {
    let stuck: Stuck;
    beforeAll(async () => {
      stuck = await stuckProcess();
    });
    afterAll(() => stuck.stop());

    it("hangs whoever reads its command line", () => {
      const read = spawnSync("cat", [`/proc/${stuck.pid}/cmdline`], { timeout: 1000, killSignal: "SIGKILL" });
      expect(read.signal).toBe("SIGKILL");
    });

    it.for(readers)("is named by %s, and the rest is read", async (reader) => {
      const connection: Connection = reader === "busybox" ? bare.connection() : localConnection();
      const read = (deep: boolean) =>
        readNode(connection, { deep, timeoutMs: LIMIT_MS, reader: reader === "perl" ? "perl" : "awk" });
      for (const deep of [false, true]) {
        const reading = await read(deep);
        expect(found(reading, stuck.pid)).toMatchObject({ comm: "stuck", cmdline: [], stuck: true });
        expect(found(reading, process.pid)?.cmdline.length).toBeGreaterThan(1);
        expect(reading.processes.filter((one) => one.stuck)).toHaveLength(1);
        const gap = reading.gaps.find((one) => one.why.includes(`pid ${stuck.pid} `));
        expect(gap?.what).toBe("command lines of processes");
        expect(gap?.why).toContain("ps and top hang on it too");
      }
    });

    it.for(readers)("is not asked again by %s while it is the same process", async (reader) => {
      const connection: Connection = reader === "busybox" ? bare.connection() : localConnection();
      const live = await openLive(connection, { reader: reader === "perl" ? "perl" : "awk", frameTimeoutMs: LIMIT_MS });
      try {
        expect(found(await live.tick(), stuck.pid)?.stuck).toBe(true);
        const quick: number[] = [];
        for (const deep of [false, false, true, false]) {
          const [reading, took] = await seconds(() => live.tick({ deep }));
          expect(found(reading, stuck.pid)).toMatchObject({ stuck: true });
          expect(reading.gaps.some((one) => one.why.includes(`pid ${stuck.pid} `))).toBe(true);
          if (!deep) quick.push(took);
        }
        // One that is asked again makes each of them wait; a busy machine now and then one.
        expect(Math.min(...quick)).toBeLessThan(2.5);
      } finally {
        live.close();
      }
    });
  });

  describe.each(["/var/lib/docker", "/var/lib/containers/storage"])("%s on a mount whose server is gone", (folder) => {
    let stuck: Stuck;
    beforeAll(async () => {
      mkdirSync(folder, { recursive: true });
      stuck = await stuckFolder(folder);
    });
    afterAll(() => stuck.stop());

    const inside = (...around: string[]) =>
      spawned("nsenter", (command) => ["-t", `${stuck.server}`, "-m", ...around, "sh", "-c", command]);

    it.for(["perl", "awk"] as const)("is named by %s, and the rest is read", async (reader) => {
      for (const deep of [false, true]) {
        const reading = await readNode(inside(), { reader, deep, timeoutMs: LIMIT_MS });
        expect(found(reading, process.pid)?.cmdline.length).toBeGreaterThan(1);
        const gap = reading.gaps.find((one) => one.why.includes("does not answer"));
        expect(gap).toMatchObject({ what: "runtime records", mend: "unmount it, or mend its server" });
        expect(gap?.why).toContain(folder);
      }
    });

    it.for(["perl", "awk"] as const)("is not asked again by %s while it does not answer", async (reader) => {
      const live = await openLive(inside(), { reader, frameTimeoutMs: LIMIT_MS });
      try {
        await live.tick();
        for (let turn = 0; turn < 9; turn++) {
          const [reading, took] = await seconds(() => live.tick());
          expect(reading.gaps.filter((one) => one.why.includes("does not answer"))).toHaveLength(1);
          expect(took).toBeLessThan(2.5);
        }
      } finally {
        live.close();
      }
    });
  });
});
