/** What is said to a login without rights: of what it could not read, neither yes nor no nor nought. */
import { describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { diffPods } from "../../src-shared/diff/pods.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { gapLines } from "../../src-shared/gap-lines.ts";
import { parseCheck } from "../../src-shared/lessons/checks.ts";
import { nodeCost, shareWords } from "../../src-shared/questions/cost.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import { whatIf } from "../../src-shared/questions/what-if.ts";
import { readingOf } from "./fixture.ts";
import { asUser } from "./forget.ts";

/** They name somebody's things as left behind: whose they are stands in records. */
const NEED_RECORDS = ["lab-leftover", "empty-pod-cgroup", "leaked-pin", "stale-pin-folder"];

describe.each(["kubelet-containerd", "kubelet-cri-o", "modern-v2", "printed-modern-v2"] as const)("%s", (name) => {
  const seen = async () => assemble(asUser(await readingOf(name), 1000).reading());

  test("no verdict is yes, and no share of memory is 0 B", async () => {
    const snapshot = await seen();
    const { pods, saves } = readiness(snapshot);
    expect(pods.filter(({ verdict }) => verdict === "yes")).toEqual([]);
    expect(saves).toEqual({ processes: 0, pssBytes: 0, cgroups: 0, pssUnread: 0 });
    const cost = nodeCost(snapshot);
    expect(cost.pssUnread).toBe(cost.processes);
    if (cost.processes > 0) expect(shareWords(cost)).toBe("memory not known");
  });

  test("no step of a lesson holds because something was not seen", async () => {
    const snapshot = await seen();
    const all = await readingOf(name).then(assemble);
    for (const { name: pod } of snapshot.pods) {
      for (const line of [
        `net of ${pod} is not held by container`,
        `net of ${pod} is not held by process`,
        `net of ${pod} is not held by fd`,
      ]) {
        const { ok, says } = parseCheck(line).test(all, snapshot);
        if (snapshot.pods.find((one) => one.name === pod)?.unread?.includes("net"))
          expect(`${line}: ${ok}`).toBe(`${line}: false`);
        if (!ok && says.includes("not known")) expect(says).toMatch(/could not read it/);
      }
    }
    expect(parseCheck("pod nobody-saw-it is gone").test(all, snapshot).ok).toBe(false);
    expect(parseCheck("pod nobody-saw-it is gone").test(all, all).ok).toBe(true);
  });

  test("what a pod shares is not known, beside another and without its pause", async () => {
    const snapshot = await seen();
    for (const pod of snapshot.pods) {
      const unread = pod.unread ?? [];
      const { rows } = diffPods(snapshot, pod.key, snapshot, pod.key);
      for (const type of unread)
        expect(rows.find(({ field }) => field === `namespaces.${type}`)).toMatchObject({ left: "not known" });
      expect(pod.sandbox.why).not.toMatch(/share no namespace|never made$|nothing is shared/);
      if (pod.sandbox.pid === undefined || unread.length === 0) continue;
      const { sentence, goesOn, notKnown } = whatIf(snapshot, { kind: "sandbox", podKey: pod.key });
      expect(sentence).toMatch(/is not known, for what the pod shares could not be read/);
      expect(sentence).not.toMatch(/nothing that is shared is freed|all of it can be started again/);
      if (unread.includes("pid")) expect(goesOn.filter(({ kind }) => kind === "container")).toEqual([]);
      expect(notKnown.map(({ label }) => label)).toEqual(expect.arrayContaining(unread));
    }
  });

  test("nothing is called left behind, and rights are one line among the gaps", async () => {
    const snapshot = await seen();
    expect(findings(snapshot).filter(({ rule }) => NEED_RECORDS.includes(rule))).toEqual([]);
    expect(snapshot.gaps.map(({ what }) => what)).toContain("runtime records");
    const lines = gapLines(snapshot.gaps);
    expect(lines.filter(({ kind }) => kind === "rights")).toHaveLength(1);
    expect(lines.filter(({ kind }) => kind === "slow").length).toBeLessThanOrEqual(1);
  });
});
