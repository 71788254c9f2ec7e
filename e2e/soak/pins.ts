/** 200 lab pods pinned and unpinned: no mount, file, group, link or process of ours is left, and none was to begin with. */
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../src-main/actions/journal.ts";
import { perform } from "../../src-main/actions/perform.ts";
import { makePlan } from "../../src-main/actions/plan.ts";
import { localShell } from "../../src-main/actions/testing/local.ts";
import { labDown, labFind, labUp } from "../../src-main/lab/lab.ts";
import { readNode } from "../../src-main/probe/index.ts";
import { assemble } from "../../src-shared/pods/assemble.ts";

/** PODGLASS_SOAK_PODS makes it shorter on a busy machine. */
const PODS = Number(process.env.PODGLASS_SOAK_PODS ?? 200);
const here = localShell();
const prefix = `many-${process.pid}`;
const read = async () => assemble(await readNode(here, { privilege: "plain" }));

const ours = (text: string) => text.split("\n").filter((line) => line.includes("/run/podglass/")).length;
const mounts = () => ours(readFileSync("/proc/self/mountinfo", "utf8"));
const groups = () => {
  const roots = readdirSync("/sys/fs/cgroup", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return roots.filter(({ name }) => readdirSync(join("/sys/fs/cgroup", name)).includes("podglass-lab")).length;
};
const sleepers = async () =>
  (await read()).processes.filter(({ comm, cmdline }) => comm === "pause" || cmdline.includes("2147483647")).length;

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  let passed = 0;
  const before = { mounts: mounts(), groups: groups(), sleepers: await sleepers() };
  const journal = openJournal(join(tmpdir(), `${prefix}.jsonl`));
  const act = async (action: "pin" | "unpin", snapshot: Awaited<ReturnType<typeof read>>, key: string) => {
    const input = {
      snapshot,
      connection: here,
      privilege: "root" as const,
      action,
      podKey: key,
      options: {},
      readOnly: false,
      nodeLabel: "here",
    };
    const outcome = await perform(await makePlan(input), { connection: here, reread: read, journal });
    if (outcome.done) passed += 1;
    else failures.push(`${action} ${key}: ${JSON.stringify(outcome.steps.at(-1))}`);
  };
  const names = Array.from({ length: PODS }, (_, index) => `${prefix}-${index}`);
  try {
    for (const [index, name] of names.entries())
      await labUp(here, { name, sandbox: index % 2 === 0 ? "pause" : "pinned" });
    for (const action of ["pin", "unpin"] as const) {
      // Each perform reads the node afresh before and after; the plans of one turn share a reading.
      const snapshot = await read();
      for (const [index, name] of names.entries()) {
        // A pod without a pause has no other holder than its pins, so only those with one can be unpinned again.
        if (action === "unpin" && index % 2 === 1) continue;
        await act(action, snapshot, `lab/${name}`);
      }
    }
  } finally {
    const left = (await labFind(here)).names.filter((name) => name.startsWith(`${prefix}-`));
    for (const name of left) await labDown(here, name);
  }
  const after = { mounts: mounts(), groups: groups(), sleepers: await sleepers() };
  for (const what of ["mounts", "groups", "sleepers"] as const) {
    if (after[what] > before[what]) failures.push(`${what}: ${before[what]} before, ${after[what]} after`);
    else passed += 1;
  }
  return { passed, failures };
}
