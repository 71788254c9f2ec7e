/**
 * A live session beside a node that starts and ends 20 processes a second: no drift from a fresh reading, no memory that
 * grows, nothing left behind. PODGLASS_SOAK_MINUTES says how long (30).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openLive, readNode } from "../../src-main/probe/index.ts";
import { disagree } from "../../src-main/probe/testing/compare.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import { Churn } from "../nodes/churn.ts";

const EVERY_MS = 1000;
/** Ticks in which an unchanged process or group is read again at least once (turns in the readers). */
const TURNS = 33;
/** Bytes that a resident size may be above its first third's largest. */
const SLACK = 40 * 1024 * 1024;

const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

/** The reader on the node: our child whose program is perl, mawk, awk or busybox. */
const readerPid = (): number | undefined =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return new RegExp(`^\\d+ \\((perl|mawk|gawk|awk|busybox)\\) \\S ${process.pid} `).test(stat);
      } catch {
        return false;
      }
    });

const grew = (sizes: number[]): boolean => {
  const third = Math.ceil(sizes.length / 3);
  return Math.max(...sizes.slice(-third)) > Math.max(...sizes.slice(0, third)) + SLACK;
};

export async function run(
  minutes = Number(process.env.PODGLASS_SOAK_MINUTES ?? 30),
): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  const check = (ok: boolean, what: string) => {
    if (!ok) failures.push(what);
  };
  const connection = localConnection();
  const live = await openLive(connection);
  const churn = new Churn();
  const sizes: Record<"ours" | "node", number[]> = { ours: [], node: [] };
  const until = Date.now() + minutes * 60_000;
  let ticks = 0;
  let pid: number | undefined;
  try {
    while (Date.now() < until) {
      const since = Date.now();
      await live.tick({ deep: ticks % 60 === 59 });
      pid ??= readerPid();
      ticks++;
      if (ticks % 5 === 0) {
        global.gc?.();
        sizes.ours.push(process.memoryUsage().rss);
        if (pid !== undefined) sizes.node.push(resident(pid));
      }
      await sleep(Math.max(0, EVERY_MS - (Date.now() - since)));
    }
  } finally {
    await churn.stop();
  }
  for (let turn = 0; turn < TURNS; turn++) await live.tick();
  const before = await readNode(connection, { deep: true });
  const seen = await live.tick({ deep: true });
  const after = await readNode(connection, { deep: true });
  const drift = disagree(before, seen, after);
  check(drift.length === 0, `a live snapshot drifted from a fresh one: ${drift.join("; ")}`);
  const mb = (list: number[]) => list.map((size) => Math.round(size / 1024 / 1024));
  check(!grew(sizes.ours), `our memory grew: ${mb(sizes.ours).join(" ")} MB`);
  check(!grew(sizes.node), `the reader's memory on the node grew: ${mb(sizes.node).join(" ")} MB`);
  check(pid !== undefined, "the reader's process was not found");
  live.close();
  await sleep(500);
  check(pid === undefined || !existsSync(`/proc/${pid}`), "the reader outlived its session");
  connection.close();
  process.stderr.write(
    `  ${ticks} ticks, ${churn.started} processes, ${(live.bytes / ticks / 1000).toFixed(1)} kB a tick, ours ${mb(sizes.ours).at(0)} → ${mb(sizes.ours).at(-1)} MB, reader ${mb(sizes.node).at(0)} → ${mb(sizes.node).at(-1)} MB\n`,
  );
  return { passed: 5 - failures.length, failures };
}
