/**
 * Nothing is concluded from silence: whatever fact is taken away from a node, no readiness becomes yes, no finding of
 * severity warning or above appears, no sandbox becomes dead, and what ends in a what-if does not go on.
 */
import { describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { Finding, Snapshot } from "../../src-shared/model.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import { seeded } from "../../src-shared/testing/random.ts";
import { readingOf } from "./fixture.ts";
import { asUser, type Forgotten, forgetKinds, forgetOne } from "./forget.ts";
import { RECORDED } from "./recorded.ts";

/** Single facts a node: all of them would take minutes. PODGLASS_FORGET=all takes them all. */
const SINGLE = process.env.PODGLASS_FORGET === "all" ? Number.POSITIVE_INFINITY : 60;

/** What is said of a node, as far as it may not become worse by not knowing. */
interface Said {
  ready: Set<string>;
  dead: Set<string>;
  loud: Set<string>;
}

const said = (snapshot: Snapshot): Said => ({
  ready: new Set(readiness(snapshot).pods.flatMap((pod) => (pod.verdict === "yes" ? [pod.key] : []))),
  dead: new Set(snapshot.pods.flatMap((pod) => (pod.sandbox.state === "dead" ? [pod.key] : []))),
  loud: new Set(findings(snapshot).flatMap((one) => (one.severity === "info" ? [] : [subjectOf(one)]))),
});

/** Rule and thing, not words: names come from records, and may be what was taken away. */
const subjectOf = ({ rule, at = {} }: Finding): string =>
  `${rule} of ${at.pid ?? at.containerId ?? at.podKey ?? at.cgroupPath ?? (at.namespace && `${at.namespace.type}:[${at.namespace.inode}]`)}`;

const more = (before: Said, after: Said, what: string): string[] => [
  ...[...after.ready].filter((key) => !before.ready.has(key)).map((key) => `without ${what}: ${key} becomes ready`),
  ...[...after.dead].filter((key) => !before.dead.has(key)).map((key) => `without ${what}: ${key} becomes dead`),
  ...[...after.loud].filter((key) => !before.loud.has(key)).map((key) => `without ${what}: there is ${key}`),
];

describe.each(RECORDED)("%s", (name) => {
  test("says nothing more where it could read less", { timeout: 600_000 }, async () => {
    const reading = await readingOf(name);
    const whole = said(assemble(reading));
    const random = seeded(7);
    const single = forgetOne(reading);
    const picked = single.length <= SINGLE ? single : Array.from({ length: SINGLE }, () => random.pick(single));
    const taken: Forgotten[] = [
      ...forgetKinds(reading),
      ...[0, 1000, 65534].flatMap((uid) => (uid === 0 ? [] : [asUser(reading, uid), asUser(reading, uid, true)])),
      ...picked,
    ];
    const wrong = taken.flatMap(({ what, reading: less }) => more(whole, said(assemble(less())), what));
    expect(wrong).toEqual([]);
  });
});
