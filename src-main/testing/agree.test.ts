/**
 * Findings about one thing agree: over every recorded node, every scene of the demo and the sick nodes among them, no two
 * findings about one subject advise opposite things. What a finding advises is read from its own words.
 */
import { describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { Finding, Snapshot } from "../../src-shared/model.ts";
import { DemoNode } from "../demo/node.ts";
import { recordedScenes, recordedPath as scenePath } from "../demo/recorded.ts";
import type { Scene } from "../demo/scene.ts";
import { scenes } from "../demo/scenes/index.ts";
import { openRecording } from "../recordings/reader.ts";
import { readingOf } from "./fixture.ts";
import { RECORDED } from "./recorded.ts";

const ADVICE = {
  leave: /^Nothing(?! urgent)/,
  restart: /\b[Rr]estart (it|the (container|parent|process|joiner)s?)\b|docker restart/,
  "never restart": /[Dd]o not (re)?start|could not be started again|cannot come back/,
  raise: /\b[Rr]aise the (memory |cpu )?limit/,
  lower: /\b[Ll]ower this limit/,
  keep: /keep it in/,
  remove: /\bRemove the pod\b/,
} as const;
type Advice = keyof typeof ADVICE;

const OPPOSITE: [Advice, Advice][] = [
  ["leave", "restart"],
  ["leave", "never restart"],
  ["leave", "remove"],
  ["restart", "never restart"],
  ["raise", "lower"],
  ["keep", "remove"],
];

const adviceOf = ({ todo }: Finding): Advice[] =>
  (Object.keys(ADVICE) as Advice[]).filter((name) => ADVICE[name].test(todo));

/** What a finding is about, from the widest to the narrowest thing that it names. */
const subjects = ({ at = {} }: Finding): string[] => [
  ...(at.podKey === undefined ? [] : [`pod ${at.podKey}`]),
  ...(at.containerId === undefined ? [] : [`container ${at.containerId}`]),
  ...(at.cgroupPath === undefined ? [] : [`cgroup ${at.cgroupPath}`]),
  ...(at.namespace === undefined ? [] : [`${at.namespace.type}:[${at.namespace.inode}]`]),
  ...(at.pid === undefined ? [] : [`pid ${at.pid}`]),
];

/** A limit is a cgroup's and of one kind; the rest is about whatever both name. */
function contradict(one: Finding, other: Finding): string | undefined {
  const pair = OPPOSITE.find(
    ([a, b]) =>
      (adviceOf(one).includes(a) && adviceOf(other).includes(b)) ||
      (adviceOf(one).includes(b) && adviceOf(other).includes(a)),
  );
  if (!pair) return undefined;
  const limits = pair[0] === "raise";
  const shared = subjects(one).find((it) => subjects(other).includes(it) && (!limits || it.startsWith("cgroup ")));
  if (!shared || (limits && kindOf(one) !== kindOf(other))) return undefined;
  return `${shared}: ${one.rule} says "${one.todo}", ${other.rule} says "${other.todo}"`;
}
const kindOf = ({ title, rule }: Finding): string | undefined =>
  /memory|cpu|pids/.exec(`${rule} ${title}`)?.[0] ?? (rule === "throttled" ? "cpu" : undefined);

const contradictions = (found: readonly Finding[]): string[] =>
  found.flatMap((one, index) => found.slice(index + 1).flatMap((other) => contradict(one, other) ?? []));

test("two findings that disagree are told", () => {
  const finding = (rule: string, todo: string): Finding => ({
    rule,
    todo,
    severity: "warning",
    title: "",
    where: "",
    evidence: [],
    why: "",
    at: { podKey: "docker/a" },
  });
  expect(
    contradictions([finding("a", "Restart the containers."), finding("b", "Do not start containers in this pod.")]),
  ).toHaveLength(1);
  expect(contradictions([finding("a", "Nothing: on purpose."), finding("b", "Restart the containers.")])).toHaveLength(
    1,
  );
  expect(contradictions([finding("a", "Restart the containers."), finding("b", "Restart the parent.")])).toEqual([]);
});

const play = (scene: Scene): Snapshot => {
  let now = Date.parse("2026-11-21T12:00:00Z");
  const node = new DemoNode(scene, () => now);
  now += 1000;
  node.live();
  return assemble(node.reading({ deep: true }));
};
/** The same scene after each of its pauses was killed: what is wrong there is wrong together. */
const pausesKilled = (scene: Scene): Scene => ({
  ...scene,
  before: [
    ...(scene.before ?? []),
    ...scene.pods
      .filter(({ name }) => !scene.before?.some((it) => it.do === "kill-pause" && it.pod === name))
      .map(({ name }) => ({ do: "kill-pause" as const, pod: name })),
  ],
});

const NODES: [string, () => Promise<Snapshot>][] = [
  ...RECORDED.map((name): [string, () => Promise<Snapshot>] => [name, async () => assemble(await readingOf(name))]),
  ...scenes.map((scene): [string, () => Promise<Snapshot>] => [`demo:${scene.id}`, async () => play(scene)]),
  ...scenes
    .filter((scene) => scene.pods.every(({ runtime }) => runtime === "containerd"))
    .map((scene): [string, () => Promise<Snapshot>] => [
      `demo:${scene.id}, pauses killed`,
      async () => play(pausesKilled(scene)),
    ]),
];

describe.each(NODES)("%s", (_, see) => {
  test("has no two findings that advise opposite things about one subject", async () => {
    expect(contradictions(findings(await see()))).toEqual([]);
  });
});

describe.each(recordedScenes.map(({ id }) => id))("demo:%s", (id) => {
  test("has none in any of its frames", async () => {
    const recording = await openRecording(scenePath(id)!);
    let before: Snapshot | undefined;
    for await (const { snapshot } of recording.frames()) {
      expect(contradictions(findings(snapshot, before))).toEqual([]);
      before = snapshot;
    }
    await recording.close();
  });
});
