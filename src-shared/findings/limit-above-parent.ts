/** A limit that its own ancestor makes meaningless: the smaller one above holds. */
import { parentPath } from "../cgroups/tree.ts";
import { bytes, cores, inert } from "../format.ts";
import type { CgroupReport, Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule } from "./view.ts";

const KINDS = [
  { kind: "memoryMaxBytes", word: "memory", show: bytes },
  { kind: "cpuMaxCores", word: "cpu", show: cores },
  { kind: "pidsMax", word: "pids", show: String },
] as const;

export const limitAboveParent: Rule = (view): Finding[] =>
  view.reports.flatMap((report) =>
    KINDS.flatMap(({ kind, word, show }) => {
      const own = report.limits[kind];
      const held = report.effective[kind];
      if (own === undefined || held === undefined || held.setBy === report.path) return [];
      // The same cgroup seen twice (crun's <scope>/container) repeats its parent's story: one finding is enough.
      const parent = view.report.get(parentPath(report.path) ?? "");
      if (parent && parent.limits[kind] === own && parent.effective[kind]?.setBy === held.setBy) return [];
      return [finding(report, placeOfCgroup(view, report), word, show(own), show(held.value), held.setBy)];
    }),
  );

const finding = (
  report: CgroupReport,
  where: string,
  word: string,
  own: string,
  held: string,
  setBy: string,
): Finding => ({
  rule: "limit-above-parent",
  severity: report.podKey === undefined ? "info" : "warning",
  title: `A ${word} limit of ${own} that can never be reached: ${held} holds`,
  where,
  evidence: [`${inert(report.path, 300)} sets ${own}`, `${inert(setBy, 300)} above it sets ${held}`],
  why: "The kernel charges every ancestor, so the smallest limit on the way up is the one that hits. A program that sizes its heap or its thread pools by the limit it can see will be killed or throttled well before it.",
  todo: "Lower this limit to what holds, or raise the one above. In a pod the sum of the containers' limits is what the kubelet gives the pod.",
  link: "https://docs.kernel.org/admin-guide/cgroup-v2.html#limits",
  at: atCgroup(report),
});
