import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { localConnection } from "../transport/local.ts";
import { openLive } from "./live.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;

describe.runIf(asRoot)("a live session on this machine", () => {
  it("answers ticks with what changed, and ends when it is closed", async () => {
    const connection = localConnection();
    const live = await openLive(connection);
    // GNU date tells fractions: nothing that is done before a reading stands after it.
    const since = Date.now();
    const first = await live.tick();
    expect(Date.parse(first.takenAt)).toBeGreaterThanOrEqual(since - 20);
    const whole = live.bytes;
    const second = await live.tick();
    expect(live.bytes - whole).toBeLessThan(whole / 4);
    expect(second.processes.length).toBeGreaterThan(10);
    expect(Date.parse(second.takenAt)).toBeGreaterThanOrEqual(Date.parse(first.takenAt));
    expect(Date.parse(second.takenAt)).toBeLessThanOrEqual(Date.now() + 20);
    const deep = await live.tick({ deep: true });
    expect(deep.deep).toBe(true);
    live.close();
    connection.close();
  });

  it("begins anew after a tick that was given up, as often as asked", async () => {
    const connection = localConnection();
    const live = await openLive(connection);
    const first = await live.tick();
    for (let turn = 0; turn < 3; turn++) {
      const gone = new AbortController();
      const given = live.tick({ signal: gone.signal });
      await new Promise(setImmediate);
      gone.abort();
      await expect(given).rejects.toThrow(/cancelled|aborted/);
      const before = live.bytes;
      const again = await live.tick();
      // Whole: the reader forgot everything, and so did we.
      expect(live.bytes - before).toBeGreaterThan(JSON.stringify(again.processes).length / 8);
      expect(again.processes.length).toBeGreaterThan(first.processes.length / 2);
      expect(again.node.bootId).toBe(first.node.bootId);
    }
    live.close();
    connection.close();
  });

  const memory = "/sys/fs/cgroup/memory";
  it.runIf(existsSync(`${memory}/memory.limit_in_bytes`)).for(["perl", "awk"] as const)(
    "tells a kill at the limit in the next tick but one, whenever it comes: %s",
    async (reader) => {
      const name = `/podglass-test-kill-${process.pid}-${reader}`;
      mkdirSync(memory + name);
      const resident = spawn("sleep", ["600"]);
      const connection = localConnection();
      const live = await openLive(connection, { reader });
      const kills = async () => {
        const group = (await live.tick()).cgroups.find((one) => one.hierarchy.includes("memory") && one.path === name);
        return Number(/^oom_kill (\d+)$/m.exec(group?.files["memory.oom_control"] ?? "")?.[1]);
      };
      try {
        writeFileSync(`${memory}${name}/memory.limit_in_bytes`, `${16 << 20}`);
        writeFileSync(`${memory}${name}/cgroup.procs`, `${resident.pid}`);
        expect(await kills()).toBe(0);
        for (let told = 1; told <= 4; told++) {
          // tail keeps a last line that never ends.
          const eat = `echo $$ > ${memory}${name}/cgroup.procs; exec tail /dev/zero`;
          expect(() => execFileSync("sh", ["-c", eat], { stdio: "ignore" })).toThrow();
          await kills();
          expect(await kills()).toBe(told);
        }
      } finally {
        live.close();
        connection.close();
        const gone = new Promise((resolve) => resident.once("exit", resolve));
        resident.kill("SIGKILL");
        await gone;
        rmdirSync(memory + name);
      }
    },
  );

  it.runIf(existsSync(`${memory}/memory.limit_in_bytes`))(
    "tells a limit that somebody changed in the next tick, also of a group in which nothing moves",
    async () => {
      const group = `/podglass-test-limit-${process.pid}`;
      mkdirSync(memory + group);
      const connection = localConnection();
      const live = await openLive(connection, { reader: "perl" });
      const limit = async () =>
        (await live.tick()).cgroups.find(({ hierarchy, path }) => hierarchy.includes("memory") && path === group)
          ?.files["memory.limit_in_bytes"];
      try {
        await limit();
        // Its own turn is one tick of sixteen.
        for (const mib of [16, 24, 32]) {
          writeFileSync(`${memory}${group}/memory.limit_in_bytes`, `${mib << 20}`);
          expect(await limit()).toBe(`${mib << 20}`);
        }
      } finally {
        live.close();
        connection.close();
        rmdirSync(memory + group);
      }
    },
  );

  it.for(["perl", "awk"] as const)(
    "keeps saying between deep ticks what the deep one could not read: %s",
    async (reader) => {
      const connection = localConnection();
      const live = await openLive(connection, { reader });
      const sockets = async (deep: boolean) =>
        (await live.tick({ deep })).gaps.filter(({ what }) => what === "sockets of processes").map(({ why }) => why);
      const before = await sockets(false);
      expect(before).toEqual(["a slow place: read with --deep"]);
      const deep = await sockets(true);
      expect(deep).not.toEqual(before);
      if (reader === "awk") expect(deep).toHaveLength(1);
      expect(await sockets(false)).toEqual(deep);
      live.close();
      connection.close();
    },
  );

  it("tells a limit of time from a person's word", async () => {
    const live = await openLive(localConnection());
    await expect(live.tick({ signal: AbortSignal.timeout(1) })).rejects.toMatchObject({ name: "ReadingError" });
    const person = new AbortController();
    const given = live.tick({ signal: person.signal });
    await new Promise(setImmediate);
    person.abort();
    await expect(given).rejects.toMatchObject({ kind: "cancelled" });
    live.close();
  });
});
