import { expect, test } from "vitest";
import { gapLines } from "./gap-lines.ts";
import { GAP_REMEDIES } from "./gaps.ts";
import type { Gap } from "./model.ts";

const denied = (what: string, count: number): Gap => ({
  what,
  why: "permission denied",
  count,
  mend: GAP_REMEDIES.root,
});
const slow = (what: string): Gap => ({ what, why: "a slow place: read with --deep", count: 1, mend: "--deep" });

test("a login without rights is told so once, with counts and examples", () => {
  const gaps = [
    denied("cgroups", 5),
    denied("namespaces of processes", 89),
    denied("bind mounts that pid 1 sees", 1),
    denied("owners and parents of namespaces", 3),
    denied("runtime records", 1),
    slow("threads of processes"),
    slow("open files of processes"),
    { what: "records of dockerd", why: "pid 4 keeps its containers in /srv, which could not be read", count: 1 },
  ];
  expect(gapLines(gaps).map(({ kind, text, mend }) => [kind, text, mend])).toEqual([
    [
      "rights",
      "this login may not read namespaces of processes (89), cgroups (5), owners and parents of namespaces (3) and 2 other kinds of things",
      GAP_REMEDIES.root,
    ],
    ["other", "records of dockerd: pid 4 keeps its containers in /srv, which could not be read", undefined],
    [
      "slow",
      "pins in other mount namespaces, open files, threads and memory.stat were not read: they are slow places",
      "--deep",
    ],
  ]);
});

test("every gap stands behind a line", () => {
  const gaps = [denied("cgroups", 5), slow("slow places"), { what: "the node itself", why: "a container", count: 1 }];
  expect(gapLines(gaps).flatMap((line) => line.gaps)).toHaveLength(3);
  expect(gapLines([{ ...gaps[0]!, count: 0 }])).toEqual([]);
});
