/**
 * Nothing is concluded from silence: whatever fact is taken away from a node, no readiness becomes yes, no finding of
 * severity warning or above appears, no sandbox becomes dead, and what ends in a what-if does not go on.
 */
import { describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { Pod, Snapshot, Verdict } from "../../src-shared/model.ts";
import { podReport } from "../../src-shared/questions/pod-report.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import { whatIf } from "../../src-shared/questions/what-if.ts";
import type { Reading } from "../../src-shared/reading.ts";
import type { Finding } from "../../src-shared/reports.ts";
import { seeded } from "../../src-shared/testing/random.ts";
import { readingOf } from "./fixture.ts";
import { asUser, type Forgotten, forgetKinds, forgetOne, forgetSeveral } from "./forget.ts";
import { RECORDED } from "./recorded.ts";
import { SITUATIONS } from "./situations.ts";

/** Single facts a recorded node: all of them would take minutes. PODGLASS_FORGET=all takes them all, PODGLASS_SEED others. */
const SINGLE = process.env.PODGLASS_FORGET === "all" ? Number.POSITIVE_INFINITY : 20;
const SEED = Number(process.env.PODGLASS_SEED ?? 7);
/** Seeds that found something once. */
const FOUND = [26, 33, 42];
/** Times that several facts are taken away together, and how many at most. */
const TOGETHER = { recorded: 6, situation: 40, facts: 6 };

/** What is said of a node, as far as it may not become worse by not knowing. */
interface Said {
  ready: Set<string>;
  dead: Set<string>;
  loud: Set<string>;
  /** By namespace and pod, whether it ends with pause. */
  without: Map<string, Verdict>;
  /** By pod, what ends with its pause, what goes on, and whether all is said to come back. */
  ends: Map<string, { dies: Set<string>; goesOn: Set<string>; free: boolean; back: boolean }>;
}

const said = (snapshot: Snapshot): Said => ({
  ready: new Set(readiness(snapshot).pods.flatMap((pod) => (pod.verdict === "yes" ? [pod.key] : []))),
  dead: new Set(snapshot.pods.flatMap((pod) => (pod.sandbox.state === "dead" ? [pod.key] : []))),
  loud: new Set(findings(snapshot).flatMap((one) => (one.severity === "info" ? [] : [subjectOf(one)]))),
  without: new Map(
    snapshot.pods.flatMap(({ key }) =>
      Object.entries(podReport(snapshot, key).holders).map(
        ([type, { verdict, inode }]) => [`${type}:${inode} of ${key}`, verdict] as const,
      ),
    ),
  ),
  ends: new Map(
    snapshot.pods.flatMap((pod) => (pod.sandbox.pid === undefined ? [] : [[pod.key, endsOf(snapshot, pod)]])),
  ),
});

function endsOf(snapshot: Snapshot, { key, namespaces }: Pod) {
  const { dies, goesOn, sentence } = whatIf(snapshot, { kind: "sandbox", podKey: key });
  const shared = new Set(Object.entries(namespaces).map(([type, inode]) => `${type}:${inode}`));
  const ids = (effects: typeof dies) =>
    new Set(effects.flatMap(({ kind, id }) => (kind === "container" || shared.has(id) ? id : [])));
  return {
    dies: ids(dies),
    goesOn: ids(goesOn),
    free: sentence.includes("nothing that is shared is freed"),
    back: sentence.includes("all of it can be started again"),
  };
}

/** Rule and thing, not words: names come from records, and may be what was taken away. */
const subjectOf = ({ rule, at = {} }: Finding): string =>
  `${rule} of ${at.pid ?? at.containerId ?? at.podKey ?? at.cgroupPath ?? (at.namespace && `${at.namespace.type}:[${at.namespace.inode}]`)}`;

/** What would end goes on, or nothing would end, or all would come back: each only where it was so before. */
function softer(before: Said, after: Said, what: string): string[] {
  return [...after.ends].flatMap(([key, less]) => {
    const whole = before.ends.get(key);
    if (!whole) return [];
    const lives = [...whole.dies].filter((id) => less.goesOn.has(id) && !whole.goesOn.has(id));
    return [
      ...lives.map((id) => `without ${what}: ${id} outlives pause of ${key}`),
      ...(less.free && !whole.free ? [`without ${what}: pause of ${key} frees nothing`] : []),
      ...(less.back && !whole.back ? [`without ${what}: all of ${key} comes back`] : []),
    ];
  });
}

const more = (before: Said, after: Said, what: string): string[] => [
  ...[...after.without]
    .filter(([key, verdict]) => verdict !== "unknown" && (before.without.get(key) ?? verdict) !== verdict)
    .map(([key, verdict]) => `without ${what}: whether ${key} ends with pause becomes ${verdict}`),
  ...softer(before, after, what),
  ...[...after.ready].filter((key) => !before.ready.has(key)).map((key) => `without ${what}: ${key} becomes ready`),
  ...[...after.dead].filter((key) => !before.dead.has(key)).map((key) => `without ${what}: ${key} becomes dead`),
  ...[...after.loud]
    .filter((key) => !before.loud.has(key) && !isToldOtherwise(before, key))
    .map((key) => `without ${what}: there is ${key}`),
];
/** One that is in another's old network is left behind, or its pod is split, where a record tells that there is one. */
const isToldOtherwise = (before: Said, key: string): boolean =>
  key.startsWith("left-behind of ") && [...before.loud].some((one) => one.startsWith("sandbox-disagreement of "));

function checkForgetting(reading: Reading, singles: number, together: number, others: readonly number[] = []): void {
  const whole = said(assemble(reading));
  const random = seeded(SEED);
  const single = forgetOne(reading);
  const picked = single.length <= singles ? single : Array.from({ length: singles }, () => random.pick(single));
  const taken: Forgotten[] = [
    ...forgetKinds(reading),
    ...[1000, 65534].flatMap((uid) => [asUser(reading, uid), asUser(reading, uid, true)]),
    ...picked,
    ...[random, ...others.map(seeded)].flatMap((one) =>
      Array.from({ length: together }, () => forgetSeveral(reading, one, TOGETHER.facts)),
    ),
  ];
  const wrong = taken.flatMap(({ what, reading: less }) => more(whole, said(assemble(less())), what));
  expect(wrong).toEqual([]);
}

describe.each(RECORDED)("%s", (name) => {
  test("says nothing more where it could read less", { timeout: 600_000 }, async () =>
    checkForgetting(await readingOf(name), SINGLE, TOGETHER.recorded),
  );
});
describe.each(SITUATIONS)("%s", (_, make) => {
  test("says nothing more where it could read less", { timeout: 600_000 }, () =>
    checkForgetting(make(), Number.POSITIVE_INFINITY, TOGETHER.situation, FOUND),
  );
});
