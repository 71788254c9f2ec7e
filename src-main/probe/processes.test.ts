import { expect, it } from "vitest";
import { type Field, RECORDS, type Wire } from "../../src-shared/fields.ts";
import { crowd } from "../testing/crowd.ts";
import { Room } from "./bounds.ts";
import { encodeReading } from "./encode.ts";
import { Processes } from "./processes.ts";

type Kind = "p" | "m" | "w" | "r" | "s";
const KINDS: readonly Kind[] = ["p", "m", "w", "r", "s"];
const shared = { groups: () => ({ "": "/" }), spaces: () => ({ net: 7 }), map: () => "0 0 1", pageSize: () => 4096 };

const fieldsOf = (kind: Kind, without: readonly string[]) =>
  RECORDS[kind].fields.map(({ name }) => name as string).filter((name) => !without.includes(name));

/** One process of which each record says these fields; what they say does not matter here. */
function processOf(kinds: readonly Kind[], said: (field: Field) => boolean) {
  const processes = new Processes(new Room());
  for (const kind of kinds) {
    const all: readonly Field[] = RECORDS[kind].fields;
    const fields = all.filter(said).map(({ name, as }) => [name, as === "word" ? "7" : 7]);
    processes.give(kind, Object.fromEntries(fields) as Wire<Kind>, 1);
  }
  return processes.all(shared)[0]!;
}

it("puts every field of the table into a process: one that is new there cannot be forgotten", () => {
  const process = processOf(KINDS, () => true);
  expect(Object.keys(process).sort()).toEqual(
    [
      ...fieldsOf("p", ["groups", "spaces"]),
      ...fieldsOf("m", ["pid", "rssPages"]),
      ...["rssBytes", "ns", "cgroup", "cwd", "smaps", "security"],
    ].sort(),
  );
  expect(Object.keys(process.smaps!).sort()).toEqual(fieldsOf("r", ["pid"]).sort());
  expect(Object.keys(process.security!).sort()).toEqual(fieldsOf("s", ["pid"]).sort());
});

it("has no field for what was not said", () => {
  const process = processOf(["p", "m", "s"], ({ or, since }) => or !== "absent" && since === undefined);
  expect(Object.values(process)).not.toContain(undefined);
  expect(Object.values(process.security!)).not.toContain(undefined);
  expect(process).not.toHaveProperty("smaps");
});

it("is written with a text that many share said once in a frame, as the probe does", () => {
  const shared = encodeReading(crowd(40)).match(/ [gx] \d+ /g)!;
  expect(shared.length).toBeGreaterThan(10);
  expect(new Set(shared).size).toBe(shared.length);
});
