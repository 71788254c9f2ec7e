/** Snapshot files that somebody made to harm, or that broke: a sentence that says where, never a fault of ours later on. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import type { Shape } from "../../src-shared/schema/shape.ts";
import { snapshotShape } from "../../src-shared/schema/snapshot.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { recordedSnapshot } from "../testing/recorded.ts";
import { ReadingError } from "../transport/transport.ts";
import { openFile } from "./files.ts";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "podglass-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function opened(value: unknown): Promise<Snapshot> {
  const path = join(folder, `${count++}.json`);
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
  const source = await openFile(path);
  return source.read({});
}
const base = syntheticSnapshot({ pods: 3 });
/** The base with one place changed: "processes.0.pid". */
function at(path: string, value: unknown): unknown {
  const copy = structuredClone(base) as unknown as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() as string;
  let holder = copy;
  for (const key of keys) holder = holder[key] as Record<string, unknown>;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

describe("a snapshot's file", () => {
  it("opens as it was written, of this edition and of the first", async () => {
    expect(await opened(base)).toEqual(JSON.parse(JSON.stringify(base)));
    for (const name of ["bookworm-v2", "hybrid-v1", "printed-broken"] as const) {
      const first = await recordedSnapshot(name);
      expect(await opened(first)).toEqual(first);
    }
  });

  it("with fields of a later edition opens", async () => {
    await expect(opened(at("processes.0.later", { any: ["thing"] }))).resolves.toBeDefined();
    await expect(opened(at("later", 7))).resolves.toBeDefined();
  });

  it.each([
    ["takenAt", "yesterday"],
    ["takenAt", 7],
    ["takenAt", "9".repeat(100)],
    ["schema", "podglass.snapshot/2"],
    ["node", null],
    ["node", []],
    ["node.runtimes", [null]],
    ["node.runtimes", [{ name: "nobody" }]],
    ["node.cgroupMounts", [{ hierarchy: "v2" }]],
    ["node.addresses", "10.0.0.1"],
    ["node.kubelet", 5],
    ["node.configuration", [{}]],
    ["processes", { length: 1e9 }],
    ["processes", "x"],
    ["processes.0", null],
    ["processes.0.pid", "1"],
    ["processes.0.pid", -1],
    ["processes.0.pid", 1.5],
    ["processes.0.pid", 1e300],
    ["processes.0.cmdline", "sh"],
    ["processes.0.cgroup", undefined],
    ["processes.0.cgroup", { v1: ["x"] }],
    ["processes.0.namespaces", { net: "x" }],
    ["processes.0.security", { capEff: 5 }],
    ["processes.0.security", { seccomp: 0, noNewPrivs: false, capEff: "all of them", capBnd: "0" }],
    ["processes.0.later", JSON.parse("[".repeat(500) + "]".repeat(500))],
    ["later", JSON.parse("[".repeat(500) + "]".repeat(500))],
    ["namespaces.0.type", "__proto__"],
    ["namespaces.0.pins", [{ path: 5, mountNamespace: 1 }]],
    ["namespaces.0.network", { addresses: [{}], listeners: [] }],
    ["cgroups.0.files", { "memory.max": 7 }],
    ["cgroups.0.path", null],
    ["containers.0.oci", { path: "/x", namespaces: {}, annotations: {} }],
    ["containers.0.oci", { path: "/x", namespaces: [], annotations: {}, resources: 5 }],
    ["containers.0.runtime", "constructor"],
    ["containers.0.modes", { net: 5, pid: "HOST" }],
    ["containers.0.ended", { at: "never" }],
    ["containers.0.mounts", [5]],
    ["pods.0.sandbox", null],
    ["pods.0.sandbox.state", "toString"],
    ["pods.0.sandbox.reasons", [{ code: "holds" }]],
    ["pods.0.sandbox.reasons", [{ code: "constructor" }]],
    ["pods.0.containers", [{}]],
    ["pods.0.runtime", "__proto__"],
    ["pods.0.owner", { kind: "god", evidence: "" }],
    ["gaps", [{ what: "x" }]],
    ["oomKills", [{ pid: 1 }]],
  ])("with %s as %j is a sentence that says where", async (path, value) => {
    const error = await opened(at(path, value)).catch((error: Error) => error);
    expect(error).toBeInstanceOf(ReadingError);
    const place = path.replace(/^(\w+)\.(\d+)/, "$1[$2]");
    expect((error as Error).message).toContain(place.split(".")[0]);
  });

  it.each([
    "{",
    "[]",
    "{}",
    "null",
    '{"schema":"podglass.snapshot/1"}',
    "\u0000",
    '{"__proto__":{}}',
    `${"[".repeat(50_000)}`,
    `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
  ])("that is no snapshot is a sentence: %s", async (text) => {
    await expect(opened(text)).rejects.toBeInstanceOf(ReadingError);
  });

  it("with any value in any place is a sentence, or a snapshot that every question takes", async () => {
    const places: string[] = [];
    const collect = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, inside] of Object.entries(value)) {
        const here = path ? `${path}.${key}` : key;
        if (!key.includes(".")) {
          places.push(here);
          collect(inside, here);
        }
      }
    };
    collect(base, "");
    const junk = fc.constantFrom<unknown>(
      undefined,
      null,
      0,
      -1,
      1e300,
      "",
      "x",
      "__proto__",
      "../..",
      "\u0000",
      [],
      {},
      [null],
      { __proto__: 1 },
      true,
      "9".repeat(30),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), junk, async (path, value) => {
        const snapshot = await opened(at(path, value)).catch((error: Error) => {
          if (!(error instanceof ReadingError)) throw error;
          return undefined;
        });
        if (!snapshot) return;
        findings(snapshot);
        readiness(snapshot);
        cgroupReports(snapshot);
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});

it("each text of a snapshot is redacted or kept by decision, and what is kept could be nobody's", () => {
  const patterns: RegExp[] = [];
  const visit = (shape: Shape): void => {
    if (shape.is === "text" && shape.kept) patterns.push(shape.kept);
    if ("of" in shape)
      for (const of of shape.is === "variants" ? Object.values(shape.of) : [shape.of as Shape]) visit(of);
    if (shape.is === "object") for (const of of Object.values(shape.fields)) visit(of);
  };
  visit(snapshotShape);
  expect(patterns.length).toBeGreaterThan(3);
  for (const secret of [
    "acme",
    "alice@example.com",
    "10.1.2.3",
    "web-7d9f",
    "/home/alice",
    "token=x",
    "node-a.example.com",
  ])
    expect(patterns.filter((pattern) => pattern.test(secret))).toEqual([]);
});
