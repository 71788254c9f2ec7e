/** What is wrong or surprising on a node, worst first: one rule, one file; this is their table of contents. */

import type { Snapshot } from "../model.ts";
import { compareText } from "../order.ts";
import type { Finding, Severity } from "../reports.ts";
import { cgroupRules } from "./cgroup-rules.ts";
import { cgroupV1 } from "./cgroup-v1.ts";
import { crashLoop } from "./crash-loop.ts";
import { danglingWire } from "./dangling-wire.ts";
import { deadSandbox } from "./dead-sandbox.ts";
import { duplicateIp } from "./duplicate-ip.ts";
import { emptyPodCgroup } from "./empty-pod-cgroup.ts";
import { frozen } from "./frozen.ts";
import { hostListener } from "./host-listener.ts";
import { hostNamespaces } from "./host-namespaces.ts";
import { leakedPin } from "./leaked-pin.ts";
import { leftBehind } from "./left-behind.ts";
import { leftovers } from "./leftovers.ts";
import { limitAboveParent } from "./limit-above-parent.ts";
import { nearMemoryLimit } from "./near-memory-limit.ts";
import { nearPidsLimit } from "./near-pids-limit.ts";
import { runtimeSocket, writableNodePath } from "./node-paths.ts";
import { oomScoreAdjust } from "./oom-score-adjust.ts";
import { outsidePodCgroup } from "./outside-pod-cgroup.ts";
import { pidNamespaceApp } from "./pid-namespace-app.ts";
import { pressure } from "./pressure.ts";
import { privilegedContainer } from "./privileged-container.ts";
import { qosMismatch } from "./qos-mismatch.ts";
import { sandboxDisagreement } from "./sandbox-disagreement.ts";
import { sharedBetweenPods } from "./shared-between-pods.ts";
import { splitHierarchies } from "./split-hierarchies.ts";
import { staleNamespacePath } from "./stale-namespace-path.ts";
import { stoppedSandbox } from "./stopped-sandbox.ts";
import { stuckProcess } from "./stuck-process.ts";
import { throttled } from "./throttled.ts";
import { twoWeightFormulas } from "./two-weight-formulas.ts";
import { type Rule, viewOf } from "./view.ts";
import { zombies } from "./zombies.ts";

const RULES: Rule[] = [
  staleNamespacePath,
  leftBehind,
  deadSandbox,
  stoppedSandbox,
  outsidePodCgroup,
  crashLoop,
  sandboxDisagreement,
  sharedBetweenPods,
  duplicateIp,
  danglingWire,
  leakedPin,
  leftovers,
  emptyPodCgroup,
  zombies,
  stuckProcess,
  pidNamespaceApp,
  hostNamespaces,
  hostListener,
  privilegedContainer,
  runtimeSocket,
  writableNodePath,
  limitAboveParent,
  nearMemoryLimit,
  throttled,
  nearPidsLimit,
  pressure,
  splitHierarchies,
  cgroupRules,
  frozen,
  qosMismatch,
  oomScoreAdjust,
  twoWeightFormulas,
  cgroupV1,
];

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };
/** A node can have thousands of leaked pins; a person reads a screenful. The rest is counted in a last finding. */
const MOST_PER_RULE = 100;

/**
 * Findings of a snapshot, worst first, then by rule and place. With the reading before (of the same boot) rules about
 * rates look at what happened in between; without it at what happened since each cgroup was made.
 */
export const findings = (snapshot: Snapshot, previous?: Snapshot): Finding[] => {
  const view = viewOf(snapshot, previous);
  // The second sort keeps the order within a rule, in which a count of the rest comes last.
  return RULES.flatMap((rule) => bounded(rule(view).sort(worstFirst))).sort(bySeverity);
};

const bySeverity = (a: Finding, b: Finding): number =>
  RANK[a.severity] - RANK[b.severity] || compareText(a.rule, b.rule);

const worstFirst = (a: Finding, b: Finding): number => bySeverity(a, b) || compareText(a.where, b.where);

const bounded = (found: Finding[]): Finding[] => {
  if (found.length <= MOST_PER_RULE) return found;
  const rest = found.slice(MOST_PER_RULE);
  const first = rest[0]!;
  return [
    ...found.slice(0, MOST_PER_RULE),
    {
      ...first,
      title: `${rest.length} more: ${first.title}`,
      where: "elsewhere on this node",
      evidence: rest.slice(0, 20).map((one) => one.where),
      at: undefined,
    },
  ];
};
