import { describe, expect, it } from "vitest";
import { podReport } from "../../../src-shared/questions/pod-report.ts";
import { whatIf } from "../../../src-shared/questions/what-if.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { railsModel } from "../../drawing/rails-model.ts";
import { summaryOf } from "./summary.ts";
import { choicesOf, whatIfStateOf } from "./what-if-state.ts";

const snapshot = syntheticSnapshot({ pods: 60 });

describe("the one sentence", () => {
  it("names what holds, for every kind of sandbox", () => {
    const summaries = new Map(
      snapshot.pods.map((pod) => [
        pod.sandbox.state,
        summaryOf(podReport(snapshot, pod.key), railsModel(snapshot, pod.key)),
      ]),
    );
    expect(summaries.get("process")?.bold).toMatch(/^pause holds /);
    expect(summaries.get("dropped")?.bold).toMatch(/^pins hold /);
    expect(summaries.get("dead")).toMatchObject({ tone: "bad", bold: "the sandbox is dead" });
    for (const { bold, rest } of summaries.values()) expect(`${bold}${rest}`).not.toMatch(/undefined|\.\.| {2}/);
  });
});

describe("what if, in the picture", () => {
  it("marks exactly the shared namespaces that die, and no row that is chosen", () => {
    for (const pod of snapshot.pods) {
      const model = railsModel(snapshot, pod.key)!;
      for (const choice of choicesOf(snapshot, pod, model)) {
        const answer = whatIf(snapshot, choice.holder);
        const state = whatIfStateOf(model, choice, answer, pod.sandbox.id);
        const dead = new Set(answer.dies.filter(({ kind }) => kind === "namespace").map(({ id }) => id));
        for (const space of model.spaces.filter(({ style }) => style === "shared"))
          expect(state.spaces.get(space.id), `${pod.name} ${choice.name}`).toBe(dead.has(space.id) ? "dies" : "stays");
        expect(state.rows.has(choice.key)).toBe(false);
      }
    }
  });
});
