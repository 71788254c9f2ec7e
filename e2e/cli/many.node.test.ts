/** Several nodes on one command line: each for itself, what one could not give is said, the rest is there. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PodglassEvent } from "../../src-shared/events/event.ts";
import type { Pod } from "../../src-shared/model.ts";
import type { FleetRow } from "../../src-shared/questions/fleet.ts";
import type { Finding } from "../../src-shared/reports.ts";
import { podglass as run } from "./run.ts";

const podglass = async (...args: string[]) => {
  const { status, out, words } = await run(args);
  return { code: status, stdout: out, stderr: words };
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podglass-many-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("fleet: a row a node, worst first; the exit status is the highest of all", async () => {
  const list = join(folder, "nodes");
  writeFileSync(list, "demo:sick  # the sick one\n\n# nothing\ndemo\n");
  const { code, stdout, stderr } = await podglass("fleet", `@${list}`, "/no/such/file", "demo", "--json");
  const rows = JSON.parse(stdout) as FleetRow[];
  expect(rows.map(({ node, state }) => [node, state])).toEqual([
    ["/no/such/file", "unreadable"],
    ["demo:sick", expect.stringMatching(/^(read|partly)$/)],
    ["demo", "read"],
  ]);
  expect(rows[1]).toMatchObject({ cgroupMode: "v2", kubelet: expect.any(Boolean), pods: { dead: 1 } });
  const sick = rows[1] as FleetRow;
  expect(sick.findings?.critical).toBeGreaterThan(0);
  const { yes = 0, no = 0, unknown = 0 } = sick.readiness ?? {};
  expect(sick.pods?.all).toBeGreaterThan(15);
  expect(yes + no + unknown).toBe(sick.pods?.all);
  expect(stderr).toContain("/no/such/file: There is no file");
  expect(code).toBe(4);
});

it("pods, findings, readiness and snapshot name the node of each element, and with one target are as before", async () => {
  const pods = JSON.parse((await podglass("pods", "demo", "demo:sick", "--json")).stdout) as (Pod & { node: string })[];
  expect(new Set(pods.map(({ node }) => node))).toEqual(new Set(["demo", "demo:sick"]));
  const alone = JSON.parse((await podglass("pods", "demo", "--json")).stdout) as Pod[];
  expect(alone).toHaveLength(pods.filter(({ node }) => node === "demo").length);
  expect(alone[0]).not.toHaveProperty("node");
  const found = JSON.parse((await podglass("findings", "demo", "demo:sick", "--json")).stdout) as (Finding & {
    node: string;
  })[];
  expect(found.some(({ node, severity }) => node === "demo:sick" && severity === "critical")).toBe(true);
  const ready = JSON.parse((await podglass("readiness", "demo", "demo:sick", "--json")).stdout);
  expect(ready).toMatchObject([
    { node: "demo", pods: expect.any(Array) },
    { node: "demo:sick", saves: expect.any(Object) },
  ]);
  const snapshots = JSON.parse((await podglass("snapshot", "demo", "demo:sick")).stdout);
  expect(snapshots).toMatchObject([
    { node: "demo", snapshot: { schema: "podglass.snapshot/1" } },
    { node: "demo:sick" },
  ]);
});

it("events of a recording: a kill is told once, with the pod that it was in", async () => {
  const { code, stdout } = await podglass("events", "assets/recordings/oom.podglass", "--json");
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as PodglassEvent);
  expect(code).toBe(0);
  const kills = events.filter(({ kind }) => kind === "oom-kill");
  expect(kills).toHaveLength(1);
  expect(kills[0]?.text).toBe("the OOM killer ended process 1901 (dd) of container app of pod lab/web");
});

it("events of a live node end when they are told to", async () => {
  const { code, stdout } = await podglass("events", "demo", "--for", "3s", "--json");
  expect(code).toBe(0);
  for (const line of stdout.split("\n").filter(Boolean))
    expect(JSON.parse(line)).toMatchObject({ schema: "podglass.event/1", node: "demo" });
});
