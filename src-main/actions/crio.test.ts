/** What a plan says of CRI-O's pods, as they were captured on a live node: with pause, dropped, and with pause killed. */
import { describe, expect, it } from "vitest";
import type { ActionName } from "../../src-shared/actions.ts";
import { type FixtureName, fixtureSnapshot } from "../testing/fixture.ts";
import { checksOf } from "./checks.ts";
import type { Question } from "./question.ts";
import { actionOf } from "./table.ts";
import { targetOf } from "./target.ts";
import { ordinary, seen } from "./testing/question.ts";

function plan(node: FixtureName, name: string, action: ActionName, pinned = true) {
  const snapshot = fixtureSnapshot(node);
  const pod = snapshot.pods.find((each) => each.name === name)!;
  const target = targetOf(snapshot, pod);
  const said = new Map(["identity", "pid-namespace"].map((check) => [check, { ok: true, detail: "looked at" }]));
  if (pod.namespaces.pid !== undefined) said.set("pid-namespace", { ok: false, detail: "others would end with it" });
  const pins = new Set(pinned ? target.pinned.map(({ type, inode }) => `${type}:[${inode}]`) : []);
  const question: Question = {
    action,
    snapshot,
    target,
    look: { ...seen, pins, said },
    ...ordinary,
  };
  const no = checksOf(question).filter(({ ok }) => !ok);
  return {
    no,
    names: no.map((check) => check.name),
    effects: actionOf(question.action).effects(question).join("\n"),
    steps: actionOf(question.action).steps(question),
    target,
  };
}

describe("a drop on CRI-O", () => {
  it("is possible with pins of ours, and explains the setting and the folder of CRI-O's own pins", () => {
    const { names, effects } = plan("cri-o-pause", "web", "drop");
    expect(names).toEqual([]);
    expect(effects).toContain("drop_infra_ctr = false in /etc/crio/crio.conf");
    expect(effects).toContain("/var/run/{netns,ipcns,utsns}/<uuid>");
    expect(effects).toContain("90-drop-infra.conf");
    expect(effects).toContain("CreateContainer is refused");
  });

  it("never relies on CRI-O's own pins, and names them", () => {
    const { no } = plan("cri-o-pause", "web", "drop", false);
    expect(no).toHaveLength(1);
    expect(no[0]).toMatchObject({ name: "pinned", detail: expect.stringMatching(/\/run\/netns\/[-0-9a-f]{36}/) });
  });

  it("leaves a host-network pod's network alone: its pin is the node's own", () => {
    const { names, target } = plan("cri-o-pause", "hostnet", "drop");
    expect(names).toEqual([]);
    expect(target.pinned.map(({ type }) => type)).toEqual(["ipc", "uts"]);
  });

  it("is refused where the PID namespace is the pod's, where CRI-O dropped pause itself, and where pause was killed", () => {
    expect(plan("cri-o-dropped", "shared", "drop").names).toEqual(["pid-namespace"]);
    for (const node of ["cri-o-dropped", "cri-o-after-kill"] as const) {
      const { no, effects, steps } = plan(node, "web", "drop");
      expect(no.map(({ name }) => name)).toContain("identity");
      // No command of what cannot be done.
      if (node === "cri-o-dropped") expect(steps).toEqual([]);
      expect(no[0]?.detail).toMatch(/no pause process any more|pause is gone already|pause process/);
      if (node === "cri-o-dropped") expect(effects).toContain("drop_infra_ctr = true");
    }
  });

  it("is nobody's to restore but ours", () => {
    expect(plan("cri-o-dropped", "web", "restore").names).toEqual(["pinned"]);
  });
});
