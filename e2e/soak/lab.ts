/**
 * The lab's scripts killed at any moment: a pod that is being made or taken away, and a bench. `lab down`, and the next
 * bench, find all that was left.
 */
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { localShell } from "../../src-main/actions/testing/local.ts";
import { labBench } from "../../src-main/lab/bench.ts";
import { labDown, labFind, labUp } from "../../src-main/lab/lab.ts";
import type { LabOptions } from "../../src-shared/requests.ts";

/** Kills of each kind; PODGLASS_SOAK_KILLS for a quick look. */
const KILLS = Number(process.env.PODGLASS_SOAK_KILLS ?? 40);
const here = localShell();
const prefix = `killed-${process.pid}`;

const said = (command: string): string[] =>
  execFileSync("sh", ["-c", `{ ${command}; } 2>/dev/null || true`], { encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
/** Everything on this machine that bears the name: files, groups, mounts in any mount namespace, links, processes. */
const left = (name: string): string[] => [
  ...said(`find /run/podglass /sys/fs/cgroup -name '${name}*'`),
  ...said(`ls -l /run/podglass/lab/.address | grep -e '-> ${name}$'`),
  ...said(`grep -ls '/${name}[-/]' /proc/[0-9]*/mountinfo`),
  ...said(`grep -ls '/podglass-lab/${name}' /proc/[0-9]*/cgroup`),
];

/** What was cut off ends by itself in a moment: a program that the shell had started just then. */
async function nothingLeft(name: string): Promise<string | undefined> {
  let found = left(name);
  for (let i = 0; i < 50 && found.length > 0; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = left(name);
  }
  return found.length > 0 ? `left of ${name}: ${found.slice(0, 10).join(", ")}` : undefined;
}

/** A time within what the whole work takes, each a little later than the one before. */
const moment = (i: number, wholeMs: number) => ((i + Math.random()) / KILLS) * wholeMs;

const options = (name: string, i: number): LabOptions => ({
  name,
  sandbox: i % 2 === 0 ? "pause" : "pinned",
  containers: 2,
  sharePid: i % 4 === 0,
});
const quietly = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    () => undefined,
  );
const downIfThere = async (name: string) => {
  if ((await labFind(here)).names.includes(name)) await labDown(here, name);
};
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  let passed = 0;
  const check = async (what: string, name: string) => {
    const found = await nothingLeft(name);
    if (found) failures.push(`${what}: ${found}`);
    else passed += 1;
  };
  const first = `${prefix}-whole`;
  const upMs = await timed(() => labUp(here, options(first, 0)));
  const downMs = await timed(() => labDown(here, first));
  for (let i = 0; i < KILLS; i += 1) {
    const name = `${prefix}-up-${i}`;
    const at = moment(i, upMs);
    await quietly(labUp(localShell({ killAfterMs: at }), options(name, i)));
    await downIfThere(name);
    await check(`up killed after ${at.toFixed(0)} of ${upMs.toFixed(0)} ms`, name);
  }
  for (let i = 0; i < KILLS; i += 1) {
    const name = `${prefix}-down-${i}`;
    const at = moment(i, downMs);
    await labUp(here, options(name, i));
    await quietly(labDown(localShell({ killAfterMs: at }), name));
    await downIfThere(name);
    await check(`down killed after ${at.toFixed(0)} of ${downMs.toFixed(0)} ms`, name);
  }
  for (let i = 0; i < Math.ceil(KILLS / 4); i += 1) {
    const name = `bench-${process.pid}${i}`;
    const at = Math.random() * upMs * 5;
    // Its shell is killed and nobody can clear up behind it: every call after that one fails too.
    await quietly(labBench(localShell({ killAfterMs: at }), { pods: 5, rounds: 1, prefix: name }));
    const stop = new AbortController();
    await quietly(labBench(here, { pods: 1, rounds: 1, signal: stop.signal, onProgress: () => stop.abort() }));
    await check(`bench killed after ${at.toFixed(0)} ms`, name);
  }
  return { passed, failures };
}
