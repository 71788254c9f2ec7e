/** 200 lab pods pinned and unpinned: no mount, file, group, link or process of ours is left, and none was to begin with. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { openJournal } from "../../src-main/actions/journal.ts";
import { perform } from "../../src-main/actions/perform.ts";
import { makePlan } from "../../src-main/actions/plan.ts";
import { localShell } from "../../src-main/actions/testing/local.ts";
import { labDown, labFind, labUp } from "../../src-main/lab/lab.ts";
import { openLive } from "../../src-main/probe/index.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Snapshot } from "../../src-shared/model.ts";

/** PODGLASS_SOAK_PODS makes it shorter on a busy machine. */
const PODS = Number(process.env.PODGLASS_SOAK_PODS ?? 200);
const here = localShell();
const prefix = `many-${process.pid}`;

const lines = (command: string) =>
  execFileSync("sh", ["-c", `{ ${command}; } 2>/dev/null || true`], { encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
/** What of ours is on this machine. Others may have pods here too, so only what bears our names counts. */
const ours = async () => ({
  mounts: lines(`grep '/${prefix}-' /proc/self/mountinfo`).length,
  pins: (await labFind(here)).pins.filter((text) => text.includes(`lab/${prefix}-`)).length,
  files: lines(`find /run/podglass -name '${prefix}-*'`).length + addresses().length,
  groups: lines(`find /sys/fs/cgroup -type d -name '${prefix}-*'`).length,
});
const addresses = () => lines(`ls -l /run/podglass/lab/.address | grep -e '-> ${prefix}-' | awk '{ print $(NF - 2) }'`);

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  let passed = 0;
  // As the window reads: one long-lived session, asked for what has changed.
  const live = await openLive(here, { privilege: "plain" });
  const read = async () => assemble(await live.tick());
  const stateFile = join(tmpdir(), `${prefix}.jsonl`);
  const journal = openJournal(stateFile);
  const act = async (action: "pin" | "unpin", snapshot: Snapshot, podKey: string) => {
    const planned = await makePlan({
      snapshot,
      connection: here,
      privilege: "root",
      action,
      podKey,
      options: {},
      readOnly: false,
      nodeLabel: "here",
    });
    const outcome = await perform(planned, { connection: here, reread: read, journal });
    if (outcome.done) passed += 1;
    else failures.push(`${action} ${podKey}: ${JSON.stringify(outcome.steps.at(-1))}`);
  };
  const timed = async (what: string, times: number, work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    const seconds = (performance.now() - begun) / 1000;
    console.log(`  ${what}: ${seconds.toFixed(1)} s, ${((seconds / times) * 1000).toFixed(0)} ms each`);
  };
  const names = Array.from({ length: PODS }, (_, index) => `${prefix}-${index}`);
  const before = await ours();
  let links: string[] = [];
  let processes: { pid: number; startTicks: number }[] = [];
  try {
    await timed(`${PODS} pods made`, PODS, async () => {
      for (const [index, name] of names.entries())
        await labUp(here, { name, sandbox: index % 2 === 0 ? "pause" : "pinned" });
    });
    for (const action of ["pin", "unpin"] as const) {
      // A pod without a pause has no other holder than its pins, so only those with one can be unpinned again.
      const some = names.filter((_, index) => action === "pin" || index % 2 === 0);
      await timed(`${some.length} times ${action}, read before and after`, some.length, async () => {
        // Each perform reads the node afresh before and after; the plans of one turn share a reading.
        const snapshot = await read();
        for (const name of some) await act(action, snapshot, `lab/${name}`);
      });
    }
    links = addresses().map((number) => `/sys/class/net/pgl${number}`);
    processes = (await read()).processes.filter(({ cgroup }) =>
      Object.values({ ...cgroup.v1, v2: cgroup.v2 }).some((path) => path?.startsWith(`/podglass-lab/${prefix}-`)),
    );
    if (links.filter((path) => existsSync(path)).length !== PODS) failures.push(`only ${links.length} pods had a link`);
    if (processes.length !== PODS * 1.5) failures.push(`${processes.length} processes in ${PODS} pods`);
  } finally {
    await timed(`${PODS} pods removed`, PODS, async () => {
      const left = (await labFind(here)).names.filter((name) => name.startsWith(`${prefix}-`));
      if (left.length > 0) await labDown(here, left);
    });
    rmSync(stateFile, { force: true });
  }
  const after = await ours();
  const now = new Set((await read()).processes.map(({ pid, startTicks }) => `${pid}:${startTicks}`));
  live.close();
  const left = [
    ...links.filter((path) => existsSync(path)),
    ...processes.filter(({ pid, startTicks }) => now.has(`${pid}:${startTicks}`)).map(({ pid }) => `process ${pid}`),
  ];
  if (left.length > 0) failures.push(`left behind: ${left.join(", ")}`);
  else passed += 1;
  for (const what of Object.keys(after) as (keyof typeof after)[]) {
    if (after[what] > before[what]) failures.push(`${what}: ${before[what]} before, ${after[what]} after`);
    else passed += 1;
  }
  return { passed, failures };
}
