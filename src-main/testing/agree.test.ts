/**
 * What is said of one thing agrees: over every recorded node, every scene of the demo, the sick nodes among them, and every
 * situation from the wild, no two of findings, their severities, readiness and what-if say opposite things of one subject.
 */
import { describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Finding, Severity } from "../../src-shared/reports.ts";
import { DemoNode } from "../demo/node.ts";
import { recordedScenes, recordedPath as scenePath } from "../demo/recorded.ts";
import type { Scene } from "../demo/scene.ts";
import { scenes } from "../demo/scenes/index.ts";
import { openRecording } from "../recordings/reader.ts";
import { readingOf } from "./fixture.ts";
import { RECORDED } from "./recorded.ts";
import { SITUATIONS } from "./situations.ts";
import { contradictions, ofAnswer, ofFinding, type Statement, statementsOf } from "./statements.ts";

describe("two statements that disagree are told", () => {
  const POD = "docker/a";
  const finding = (rule: string, todo: string, at: Finding["at"] = { podKey: POD }, severity: Severity = "warning") =>
    ofFinding({ rule, todo, severity, title: "", where: "", evidence: [], why: "", at });
  const ready = (words: string) => ofAnswer("readiness", [`pod ${POD}`], words);
  const pause = (words: string) => ofAnswer("what if pause goes", [`pod ${POD}`], words);
  const one = (words: string, about = "container a") => ofAnswer("what if it goes", [about], words);
  const at = { podKey: POD, containerId: "a" };

  test.each<[string, Statement, Statement]>([
    ["two findings", finding("a", "Restart the containers."), finding("b", "Do not start containers in this pod.")],
    ["one that says nothing", finding("a", "Nothing: so.", at, "info"), finding("b", "Restart this container.", at)],
    ["two severities of one thing", finding("a", "Look."), finding("a", "Look.", { podKey: POD }, "critical")],
    ["a finding and a yes", finding("a", "Make the pod anew."), ready("yes: nothing is against it")],
    ["a yes and containers that die", ready("yes: net is pinned"), pause("When it ends: app is killed with it.")],
    ["a yes and an address that goes", ready("yes: net is pinned"), pause("the network is taken away all the same")],
    ["a yes and what is not known", ready("yes: net is pinned"), pause("what becomes of net is not known")],
    ["a no and nothing lost", ready("no: app would be killed with it"), pause("nothing that is shared is freed")],
    ["a restart that fails", finding("a", "Restart this container: so.", at), one("a could not be started again")],
    [
      "a restart that works",
      finding("a", "Do not start containers in this pod.", at),
      one("all of it can be started again"),
    ],
    [
      "a parent's restart",
      finding("a", "Mend or restart the parent", { pid: 7 }),
      one("app is killed with it", "pid 7"),
    ],
  ])("%s", (_, first, second) => {
    expect(contradictions([first, second])).toHaveLength(1);
    expect(contradictions([second, first])).toHaveLength(1);
  });

  test("a warning that says to do nothing", () => {
    expect(contradictions([finding("a", "Nothing: on purpose.")])).toHaveLength(1);
    expect(contradictions([finding("a", "")])).toHaveLength(1);
  });
  test("and none where they agree, or speak of different things", () => {
    expect(contradictions([finding("a", "Restart the containers."), finding("b", "Restart the parent.")])).toEqual([]);
    expect(
      contradictions([finding("a", "Restart this container.", at), one("b could not be started again", "container b")]),
    ).toEqual([]);
    expect(contradictions([finding("a", "Make the pod anew."), ready("no: the sandbox is dead")])).toEqual([]);
  });
  test("one that is planted in what is said of a node", async () => {
    const snapshot = assemble(await readingOf("printed-bookworm-v2"));
    const said = statementsOf(snapshot);
    const yes = said.find(({ who, says }) => who === "readiness" && says.includes("pause can go"))!;
    const podKey = yes.about[0]!.slice("pod ".length);
    expect(contradictions([...said, finding("planted", "Make the pod anew.", { podKey })])).toHaveLength(1);
  });
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
  ...SITUATIONS.map(([name, make]): [string, () => Promise<Snapshot>] => [name, async () => assemble(make())]),
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
  test("has nothing said of one subject that something else contradicts", async () => {
    expect(contradictions(statementsOf(await see()))).toEqual([]);
  });
});

describe.each(recordedScenes.map(({ id }) => id))("demo:%s", (id) => {
  test("has none in any of its frames", async () => {
    const recording = await openRecording(scenePath(id)!);
    let before: Snapshot | undefined;
    for await (const { snapshot } of recording.frames()) {
      expect(contradictions(statementsOf(snapshot, before))).toEqual([]);
      before = snapshot;
    }
    await recording.close();
  });
});
