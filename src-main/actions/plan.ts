/** Plan first, always: checks with their evidence, effects in words, the exact commands and how each is undone. */
import { randomUUID } from "node:crypto";
import type { ActionName, Plan } from "../../src-shared/actions.ts";
import type { PinsManifest } from "../../src-shared/manifests.ts";
import type { Pod, Privilege, Snapshot } from "../../src-shared/model.ts";
import type { PlanOptions } from "../../src-shared/requests.ts";
import { runtimeOfKey } from "../../src-shared/runtimes/names.ts";
import type { Connection } from "../transport/transport.ts";
import { checksOf } from "./checks.ts";
import { type Look, look } from "./look.ts";
import type { Question } from "./question.ts";
import { Refused } from "./remote.ts";
import { actionOf } from "./table.ts";
import { targetOf } from "./target.ts";

export interface PlanInput {
  snapshot: Snapshot;
  connection: Connection;
  privilege: Privilege;
  /** Run the scripts through sudo; left out: where the privilege says so. */
  sudo?: boolean;
  action: ActionName;
  podKey: string;
  options: PlanOptions;
  readOnly: boolean;
  nodeLabel: string;
  /** A pod that the snapshot does not know any more, as its manifest on the node tells of it. */
  orphan?: PinsManifest;
  signal?: AbortSignal;
}

export interface Planned {
  planId: string;
  plan: Plan;
  question: Question;
  input: PlanInput;
}

/** Throws Refused where there is no such pod, ConnectionError where the node cannot be asked. */
export async function makePlan(input: PlanInput): Promise<Planned> {
  const { snapshot, connection, action, options } = input;
  const pod = snapshot.pods.find(({ key }) => key === input.podKey) ?? (input.orphan && orphanPod(input.orphan));
  if (!pod) throw new Refused(`there is no pod ${input.podKey} on ${input.nodeLabel}`);
  const sudo = input.sudo ?? input.privilege === "sudo";
  let target = targetOf(snapshot, pod);
  let seen = await look(connection, target, { sudo, signal: input.signal });
  // What our manifest pinned counts where the snapshot no longer tells what the pod shares, and a stand-in has other rules.
  const again = needsSecondLook(seen, target.sandbox, pod, action);
  if (again) {
    target = targetOf(snapshot, pod, again.shared, seen.manifest?.cgroups);
    seen = await look(connection, target, { sudo, standIn: again.standIn, signal: input.signal });
  }
  const question: Question = {
    action,
    snapshot,
    target,
    look: seen,
    privilege: input.privilege,
    readOnly: input.readOnly,
    acceptRestart: options.acceptRestart ?? false,
    asUserMade: options.asUserMade ?? false,
    pinFirst: action === "drop" && (options.pinFirst ?? false),
  };
  return { planId: randomUUID(), plan: planOf(question, input.nodeLabel), question, input };
}

const planOf = (question: Question, node: string): Plan => ({
  schema: "podglass.plan/1",
  action: question.action,
  node,
  pod: question.target.pod.key,
  checks: checksOf(question),
  effects: actionOf(question.action).effects(question),
  steps: actionOf(question.action).steps(question),
});

export const refusals = (plan: Plan): string[] =>
  plan.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

function needsSecondLook(
  seen: Look,
  sandbox: { pid: number; startTicks: number } | undefined,
  pod: Pod,
  action: ActionName,
) {
  const { manifest } = seen;
  if (!manifest) return undefined;
  const standIn =
    !!sandbox && manifest.restored?.pid === sandbox.pid && manifest.restored.startTicks === sandbox.startTicks;
  const known = Object.keys(pod.namespaces).length > 0 && action !== "restore" && action !== "unpin";
  const pinned = Object.keys(manifest.namespaces).length > 0;
  if (!standIn && (known || !pinned)) return undefined;
  return { standIn, shared: pinned ? { ...pod.namespaces, ...manifest.namespaces } : pod.namespaces };
}

const orphanPod = (manifest: PinsManifest): Pod => ({
  key: manifest.key,
  name: manifest.pod,
  // One that this Podglass does not know watches nothing that it could tell: as the lab.
  runtime: runtimeOfKey(manifest.key) ?? "lab",
  sandbox: { state: "dead", why: "the pod is gone; only our pins are left" },
  containers: [],
  namespaces: manifest.namespaces,
  host: [],
  ips: [],
});
