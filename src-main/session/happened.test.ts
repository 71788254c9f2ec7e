import { expect, it } from "vitest";
import type { Outcome } from "../../src-shared/actions.ts";
import type { NodeState } from "../../src-shared/api.ts";
import { podOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { Happened } from "./happened.ts";

const pod = (name: string) =>
  podOf(`containerd/${name}`, { name, sandbox: { state: "none", why: "" }, containers: [] });
const at = (second: number, names: string[]) =>
  snapshotOf({ takenAt: new Date(second * 1000).toISOString(), pods: names.map(pod) });
const away = { failure: { kind: "lost", sentence: "It closed the connection.\u0007", again: true } } as NodeState;

it("tells nothing of the first reading, then what changes, and a node that was away once each way", () => {
  const happened = new Happened("a");
  happened.heed(away);
  expect(happened.events).toEqual([]);
  happened.read(at(1, ["web"]));
  expect(happened.events).toEqual([]);
  happened.read(at(2, ["web", "db"]));
  expect(happened.events).toMatchObject([
    { kind: "pod-new", node: "a", pod: "containerd/db", at: "1970-01-01T00:00:02.000Z" },
  ]);
  happened.heed(away);
  happened.heed(away);
  happened.heed({} as NodeState);
  happened.read(at(9, ["web", "db"]));
  expect(happened.events.map(({ kind }) => kind)).toEqual(["pod-new", "node-lost", "node-back"]);
  expect(happened.events[1]?.text).not.toContain("\u0007");
});

it("tells of a node whose clock says the last moment that there is, also after it", () => {
  const happened = new Happened("a");
  happened.read({ ...at(1, ["web"]), takenAt: "+275760-09-13T00:00:00.000Z" });
  happened.heed(away);
  expect(happened.events).toMatchObject([{ kind: "node-lost", at: "+275760-09-13T00:00:00.000Z" }]);
});

it("has what Podglass did among it, by the node's clock, and tells the next reading of all since the one before", () => {
  const heard: string[] = [];
  const happened = new Happened("a", ({ kind }) => heard.push(kind));
  const behind = Date.now() - 3_600_000;
  const early = (ms: number, names: string[]) => ({ ...at(0, names), takenAt: new Date(behind + ms).toISOString() });
  expect(happened.read(early(0, ["web"]))).toEqual([]);
  const outcome = {
    schema: "podglass.outcome/1" as const,
    journalId: "1",
    rolledBack: true,
    steps: [],
    verified: [],
  } satisfies Partial<Outcome>;
  happened.did({ action: "drop", pod: "containerd/gone\u0007" }, { ...outcome, done: true, rolledBack: false });
  happened.did({ action: "unpin", pod: "containerd/web" }, { ...outcome, done: false }, true);
  const told = happened.read(early(1000, ["web", "db"]));
  expect(told.map(({ kind }) => kind)).toEqual(["action", "action", "pod-new"]);
  expect(told.map(({ text }) => text).slice(0, 2)).toEqual([
    "Podglass dropped the pause of containerd/gone",
    "Podglass did not manage to do it (undo) to web; it took its steps back",
  ]);
  expect(told.map(({ pod }) => pod)).toEqual(["containerd/gone\u0007", "containerd/web", "containerd/db"]);
  expect(Math.abs(Date.parse(told[0]!.at) - behind)).toBeLessThan(60_000);
  expect(happened.read(early(2000, ["web", "db"]))).toEqual([]);
  expect(heard).toEqual(["action", "action", "pod-new"]);
  expect(happened.count).toBe(3);
});

it("keeps the newest of very many", () => {
  const happened = new Happened("a");
  for (let i = 0; i < 2100; i += 1) happened.read(at(i, i % 2 === 0 ? ["even"] : ["odd"]));
  expect(happened.events).toHaveLength(2000);
  expect(happened.events.at(-1)).toMatchObject({ at: "1970-01-01T00:34:59.000Z" });
});
