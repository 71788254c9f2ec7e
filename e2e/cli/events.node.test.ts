/** What happens to a pod on this very machine is told, each once, by the node's clock, and nothing else of that pod. */
import { afterAll, expect, it } from "vitest";
import { actor } from "../../src-main/actions/testing/actor.ts";
import { localShell } from "../../src-main/actions/testing/local.ts";
import { labDown, labFind, labUp } from "../../src-main/lab/lab.ts";
import { labDo } from "../../src-main/lab/operations.ts";
import type { PodglassEvent } from "../../src-shared/events/event.ts";
import { podglass } from "./run.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;
const name = `events-${process.pid}`;
const key = `lab/${name}`;
const MiB = 1024 * 1024;
const here = localShell();
const me = actor();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

afterAll(async () => {
  if ((await labFind(here)).names.includes(name)) await labDown(here, name);
  me.close();
}, 60_000);

it.skipIf(!root)("a limit, a restart, an OOM kill, pins, and a pause that ends", { timeout: 180_000 }, async () => {
  await labUp(here, { name, sandbox: "pause", containers: 2, memoryBytes: 64 * MiB });
  const running = podglass(["events", "local", "--every", "700ms", "--for", "40s", "--json"], { limitMs: 120_000 });
  const when: Record<string, number> = {};
  const doing = async (what: string, work: () => Promise<unknown>) => {
    await sleep(4_000);
    when[what] = Date.now();
    await work();
  };
  await doing("limit", () => labDo(here, { do: "limit", name, member: "c1", bytes: 48 * MiB }));
  await doing("restart", () => labDo(here, { do: "restart", name, member: "c2" }));
  await doing("oom", () => labDo(here, { do: "grow", name, member: "c1", bytes: 200 * MiB }));
  await doing("pin", () => me.act("pin", key));
  await doing("pause", () => labDo(here, { do: "kill", name, member: "pause" }));
  const { status, out, words } = await running;
  expect(words).toMatch(/waiting for what happens/);
  expect(status).toBe(0);
  const events = out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PodglassEvent);
  const ours = events.filter((event) => event.pod === key || event.text.includes(name));
  const of = (kind: PodglassEvent["kind"]) => ours.filter((event) => event.kind === kind);
  expect(of("limit-changed").map(({ before, after }) => [before, after])).toEqual([[64 * MiB, 48 * MiB]]);
  expect(of("container-restarted").map(({ text }) => text)).toEqual([
    expect.stringMatching(new RegExp(`^container c2 of pod ${name} restarted as process \\d+$`)),
  ]);
  expect(of("oom-kill")).toHaveLength(1);
  expect(
    of("pin-new")
      .map(({ after }) => (after as { type: string }).type)
      .sort(),
  ).toEqual(["ipc", "net", "uts"]);
  const sandbox = of("sandbox-changed");
  expect(sandbox.map(({ after }) => (after as { state: string }).state)).toEqual(["dropped"]);
  expect(of("pod-gone").concat(of("pod-new"), of("container-ended"))).toEqual([]);
  // By the node's clock, which is ours here: none before it was done. Not every file is read in every tick, so no order.
  for (const [what, event] of [
    ["limit", of("limit-changed")[0]],
    ["restart", of("container-restarted")[0]],
    ["oom", of("oom-kill")[0]],
    ["pause", sandbox[0]],
  ] as const)
    expect(Date.parse(event?.at ?? ""), what).toBeGreaterThanOrEqual((when[what] ?? 0) - 1_000);
});
