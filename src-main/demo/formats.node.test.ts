/** The demo answers each script in that script's own format: the same kinds of records, with the same fields, as a real sh. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Reading } from "../../src-shared/reading.ts";
import common from "../actions/common.sh?raw";
import { compose } from "../actions/compose.ts";
import { runOnNode } from "../actions/remote.ts";
import labCommon from "../lab/common.sh?raw";
import { labDown, labUp } from "../lab/lab.ts";
import labList from "../lab/list.sh?raw";
import { probeScript, readNode } from "../probe/index.ts";
import { localConnection } from "../transport/local.ts";
import { startScript } from "../transport/script.ts";
import type { Connection } from "../transport/transport.ts";
import { type OpenDemo, openDemo } from "./source.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
const name = `pgfmt${process.pid}`;
const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

/** Raw records of one frame, by kind, each with how many fields it has. */
async function records(connection: Connection, mode: "once" | "live"): Promise<Map<string, Set<number>>> {
  const channel = await startScript(connection, probeScript, ["--session", "0123456789", mode, "deep", "auto"]);
  if (mode === "live") channel.stdin.write("tick 1 whole deep\ntick 2 delta quick\nbye\n");
  channel.stdin.end();
  let text = "";
  for await (const chunk of channel.stdout) text += (chunk as Buffer).toString("latin1");
  await channel.exit;
  const kinds = new Map<string, Set<number>>();
  expect(text).toMatch(/^\n#podglass:reading\/1 0123456789\n/);
  for (const line of text.split("\n").slice(2)) {
    if (line === "") continue;
    const match = /^0123456789\.(\d+) (.*)$/.exec(line);
    expect(match?.[2]?.length, line.slice(0, 80)).toBe(Number(match?.[1]));
    const [kind = "", ...fields] = (match?.[2] ?? "").split(" ");
    if (!kinds.has(kind)) kinds.set(kind, new Set());
    kinds.get(kind)?.add(fields.length);
  }
  return kinds;
}

/** Records that have the same number of fields whatever they tell of. A `p` ends with a field that only some have. */
const FIXED = ["begin", "end", "n", "h", "m", "g", "x", "C", "F", "w", "r", "R", "d", "t", "o", "I", "L", "G"];

describe.runIf(asRoot)("formats", () => {
  let open: OpenDemo;
  const here = localConnection();
  beforeAll(async () => {
    open = await openDemo("sick", nobody, new AbortController().signal);
  });
  afterAll(async () => {
    open.close();
    here.close();
  });

  test.each(["once", "live"] as const)("the probe, %s", async (mode) => {
    const [real, demo] = [await records(here, mode), await records(open.connection, mode)];
    for (const kind of ["begin", "n", "h", "p", "m", "g", "x", "C", "f", "M", "N", "G", "end"])
      expect(real.has(kind), kind).toBe(true);
    for (const [kind, sizes] of demo) {
      // What this machine has none of (an OOM kill, a runtime's record) it cannot be compared with.
      const seen = real.get(kind);
      if (seen && FIXED.includes(kind)) expect([...sizes].sort(), `fields of ${kind}`).toEqual([...seen].sort());
    }
    // A group's files: its number, then pairs of name and text.
    for (const sizes of [real.get("f"), demo.get("f")])
      expect([...(sizes ?? [])].every((size) => size % 2 === 1)).toBe(true);
    const never = [...demo.keys()].filter(
      (kind) => !real.has(kind) && !"FTSotdrRwsuILl".includes(kind) && !kind.startsWith("-"),
    );
    expect(never).toEqual([]);
  });

  test("a reading has the same fields", async () => {
    const [real, demo] = [await readNode(here, { deep: true }), await readNode(open.connection, { deep: true })];
    // There only where a socket holds a namespace, or somebody listens.
    const fields = ({ sockets: _, listening: __, ...reading }: Reading) => Object.keys(reading).sort();
    expect(fields(demo)).toEqual(fields(real));
    const optional = new Set(["smaps", "cwd", "threads"]);
    // Of a kernel thread, and of one whose namespaces may not be read, what it may do is not told.
    const first = (reading: Reading) =>
      Object.keys(reading.processes.find(({ ns, cmdline }) => ns.net !== undefined && cmdline.length > 0) ?? {})
        .filter((key) => !optional.has(key))
        .sort();
    expect(first(demo)).toEqual(first(real));
    const known = new Set(real.processes.flatMap((one) => Object.keys(one.ns)));
    for (const one of demo.processes) for (const link of Object.keys(one.ns)) expect(known).toContain(link);
    expect(Object.keys(demo.node).sort()).toEqual(
      expect.arrayContaining(["hostname", "kernel", "os", "bootId", "cpus", "self"]),
    );
  });

  test("the lab's scripts", async () => {
    const words = async (connection: Connection) => {
      const said: string[] = [];
      await labUp(
        connection,
        { name, sandbox: "pinned", containers: 1 },
        { onLine: (line) => said.push(`${line.word} ${line.word === "fact" ? line.name : line.name}`) },
      );
      const list = await runOnNode(connection, compose(labList, common, labCommon), []);
      said.push(...new Set(list.lines.map((line) => line.word)));
      await labDown(connection, name);
      return said.filter((line) => line !== "address" && line !== "link" && line !== "copies" && line !== "pins");
    };
    const [real, demo] = [await words(here), await words(open.connection)];
    expect(demo).toEqual(real.filter((line, i) => real.indexOf(line) === i || line.includes(" ")));
  });
});
