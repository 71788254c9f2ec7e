/** Pin, drop, restore, unpin and the lab on the demo node, by the very code that does them on a real one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ActionName, Plan } from "../../src-shared/actions.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Pod, Snapshot } from "../../src-shared/model.ts";
import { openJournal } from "../actions/journal.ts";
import { perform } from "../actions/perform.ts";
import { makePlan } from "../actions/plan.ts";
import { undo } from "../actions/undo.ts";
import { labDown, labFind, labUp } from "../lab/lab.ts";
import { readNode } from "../probe/index.ts";
import { type OpenDemo, openDemo } from "./source.ts";

const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };
let open: OpenDemo;
let sick: OpenDemo;
const state = mkdtempSync(join(tmpdir(), "podglass-demo-"));
beforeAll(async () => {
  open = await openDemo("", nobody, new AbortController().signal);
  sick = await openDemo("sick", nobody, new AbortController().signal);
});
afterAll(() => {
  open.close();
  sick.close();
  rmSync(state, { recursive: true });
});

const read = async (): Promise<Snapshot> => assemble(await readNode(open.connection));
const pod = async (name: string): Promise<Pod> => {
  const found = (await read()).pods.find((one) => one.name === name);
  if (!found) throw new Error(`no pod ${name}`);
  return found;
};
async function act(action: ActionName, name: string) {
  const planned = await makePlan({
    snapshot: await read(),
    connection: open.connection,
    privilege: "root",
    action,
    podKey: (await pod(name)).key,
    options: {},
    readOnly: false,
    nodeLabel: "demo",
  });
  const refused = planned.plan.checks.filter((check) => !check.ok);
  if (refused.length > 0) return { refused: refused.map((check) => check.name) };
  return perform(planned, {
    connection: open.connection,
    reread: read,
    journal: openJournal(join(state, "journal.jsonl")),
  });
}

test("a pod of the demo is pinned, dropped, restored, dropped again and keeps its address all the while", async () => {
  const { ips } = await pod("web");
  expect(await act("drop", "web"), "nothing is pinned yet").toHaveProperty("refused");
  for (const [action, after] of [
    ["pin", "process"],
    ["drop", "dropped"],
    ["restore", "process"],
    ["drop", "dropped"],
    ["restore", "process"],
    ["unpin", "process"],
  ] as const) {
    expect(await act(action, "web"), action).toMatchObject({ done: true, rolledBack: false });
    expect(await pod("web"), action).toMatchObject({ ips, sandbox: { state: after } });
  }
});

test("pause of a shared PID namespace is not dropped", async () => {
  expect(await act("pin", "debug")).toMatchObject({ done: true });
  const outcome = await act("drop", "debug");
  expect(outcome).toHaveProperty("refused");
  await act("unpin", "debug");
});

test("a user's pod is acted on once that was accepted, and undo needs no second yes for it", async () => {
  const { connection } = sick;
  const reread = async () => assemble(await readNode(connection));
  const podKey = (await reread()).pods.find(({ name }) => name === "borrowed")!.key;
  const way = { connection, privilege: "root", readOnly: false, nodeLabel: "sick" } as const;
  const plan = async (asUserMade?: boolean) =>
    makePlan({ ...way, snapshot: await reread(), action: "pin", podKey, options: { asUserMade } });
  const [owner, ...others] = (await plan()).plan.checks.filter(({ ok }) => !ok);
  expect(owner).toMatchObject({ name: "owner", detail: expect.stringContaining("processes of user 1000") });
  expect(others).toEqual([]);
  const journal = openJournal(join(state, "sick.jsonl"));
  expect(await perform(await plan(true), { connection, reread, journal })).toMatchObject({ done: true });
  const shown: Plan[] = [];
  const confirm = async (one: Plan) => shown.push(one) > 0;
  expect(await undo({ ...way, journal, reread, confirm })).toMatchObject({ done: true });
  expect(shown[0]?.checks).toContainEqual(expect.objectContaining({ name: "owner", ok: true }));
  // What only the node tells of was accepted by somebody else.
  expect(await perform(await plan(true), { connection, reread, journal })).toMatchObject({ done: true });
  const elsewhere = openJournal(join(state, "elsewhere.jsonl"));
  await expect(undo({ ...way, journal: elsewhere, reread })).rejects.toThrow(/^owner: .*--as-user-made/);
  expect(await undo({ ...way, journal: elsewhere, reread, options: { asUserMade: true } })).toMatchObject({
    done: true,
  });
});

test("the lab makes the same pods as on a real node, and takes them away", async () => {
  const made = await labUp(open.connection, { name: "lesson", sandbox: "pinned", containers: 2 });
  expect(made).toMatchObject({ name: "lesson", sandbox: "pinned" });
  expect(made.pids).toHaveLength(2);
  expect(made.pins).toHaveLength(3);
  expect(await pod("lesson")).toMatchObject({ key: "lab/lesson", sandbox: { state: "dropped" } });
  await labUp(open.connection, { name: "other", sandbox: "pause", containers: 1, sharePid: true, zombies: 2 });
  expect(await pod("other")).toMatchObject({ sandbox: { state: "process" } });
  expect((await labFind(open.connection)).pods.map((one) => one.name)).toEqual(["lesson", "other"]);
  expect(await labDown(open.connection)).toEqual(["lesson", "other"]);
  const after = await read();
  expect(after.pods.filter((one) => one.runtime === "lab")).toEqual([]);
  expect(after.namespaces.some((one) => one.pins.some((pin) => pin.path.includes("podglass")))).toBe(false);
});

test("a hog meets its limit and is killed there", async () => {
  await labUp(open.connection, { name: "hungry", sandbox: "pause", containers: 1, memoryBytes: 32 << 20, hog: true });
  const { model } = open.demo;
  const group = model.kernel.cgroups.need("/podglass-lab/hungry/c1");
  const tail = [...model.kernel.tasks.values()].find((task) => task.comm === "tail");
  expect(model.kernel.grow(tail?.pid ?? 0, 40 << 20)).toEqual([tail?.pid]);
  expect(group.local).toMatchObject({ oom: 1, oomKill: 1 });
  await labDown(open.connection, "hungry");
});
