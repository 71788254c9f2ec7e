/** drop: ends the pause process of a pod whose namespaces our pins hold. */
import type { Snapshot } from "../../../src-shared/model.ts";
import { configurationAdvice } from "../../../src-shared/questions/advice.ts";
import { isKubelets, kubeletOwns } from "../../../src-shared/questions/kubelet.ts";
import { networkAfterPause } from "../../../src-shared/questions/network.ts";
import { type Obstacle, obstacles, obstacleWords } from "../../../src-shared/questions/obstacles.ts";
import { runtimeOf } from "../../../src-shared/runtimes/table.ts";
import type { Action } from "../action.ts";
import { pin } from "../pin/pin.ts";
import { type Check, check, isStandIn, type Question, said } from "../question.ts";
import { caller, manifestOf, type ScriptCall, type Stamp } from "../scripts.ts";
import { identitySteps, type Step, writeManifest } from "../steps.ts";
import { groupArguments, identityArguments, namespaceArguments } from "../target.ts";
import { address, containers, pinned, same, type Verified } from "../verify.ts";
import script from "./drop.sh?raw";

/** Seconds between TERM and KILL. */
const GRACE_SECONDS = 3;
const call = caller("drop", script);

/** Where a plan says which obstacle of readiness it met; those of owner and place have checks of their own. */
const CHECK_OF: Record<Obstacle["code"], string> = {
  "not-known": "identity",
  dropped: "identity",
  dead: "identity",
  starting: "identity",
  never: "identity",
  machine: "identity",
  program: "identity",
  "program-unread": "identity",
  unread: "pinned",
  unpinnable: "pinned",
  "pid-namespace": "pid-namespace",
  "pid-namespace-below": "pid-namespace",
  kubelet: "kubelet",
  "kubelet-unread": "kubelet",
  static: "kubelet",
  network: "network-survives",
  outlived: "identity",
  within: "within",
  "user-made": "owner",
};

/** Refuses exactly where readiness does not say yes, in its words; --accept-restart and --as-user-made accept one each. */
function checks(question: Question): Check[] {
  const { target, snapshot, acceptRestart, look, pinFirst } = question;
  const { pod, sandbox } = target;
  const standIn = isStandIn(question);
  const against = obstacles(snapshot, pod).filter(
    ({ code }) => !(acceptRestart && (code === "kubelet" || code === "kubelet-unread")),
  );
  const met = (name: string) => {
    const words = against.filter(({ code }) => CHECK_OF[code] === name).map(obstacleWords);
    return words.length > 0 ? check(name, false, words.join("; ")) : undefined;
  };
  const checks: Check[] = [];
  if (!sandbox)
    checks.push(met("identity") ?? check("identity", false, `there is no sandbox process: ${pod.sandbox.why}`));
  else checks.push(met("identity") ?? said(question, "identity", "the process was not looked at"));

  const loose = target.pinned.filter(({ type, inode }) => !look.pins.has(`${type}:[${inode}]`));
  const pinned = loose.length === 0 || pinFirst;
  checks.push(
    met("pinned") ??
      check(
        "pinned",
        pinned,
        loose.length === 0
          ? `each namespace that the pod shares is held by a pin of ours in ${target.folder}`
          : pinFirst
            ? `${loose.map(({ type }) => type).join(", ")} will be pinned first`
            : `${loose.map(({ type }) => type).join(", ")} ${loose.length === 1 ? "is" : "are"} held by no pin of ours${otherPins(question)}: pin first, or drop with --pin`,
      ),
  );
  checks.push(
    sandbox
      ? (met("pid-namespace") ??
          said(question, "pid-namespace", "not looked at, because the process is not the plan's"))
      : check("pid-namespace", false, "there is no sandbox process"),
  );
  checks.push(met("kubelet") ?? check("kubelet", true, kubeletWords(question)));
  const network = standIn ? "no runtime watches our stand-in" : networkAfterPause(pod).detail;
  checks.push(met("network-survives") ?? check("network-survives", true, network));
  return checks;
}

/** A runtime's own pins are shown, never relied on. */
function otherPins({ snapshot, target }: Question): string {
  const paths = target.pinned.flatMap(({ type, inode }) =>
    (snapshot.namespaces.find((each) => each.type === type && each.inode === inode)?.pins ?? []).map(
      ({ path }) => path,
    ),
  );
  const others = paths.filter((path) => !path.startsWith(`${target.folder}/`));
  return others.length > 0 ? ` (${others.join(", ")} is its runtime's or another's, and may be taken away)` : "";
}

function kubeletWords({ snapshot, target, ...question }: Question): string {
  if (isStandIn({ target, look: question.look })) return "no kubelet watches our stand-in";
  if (isKubelets(snapshot, target.pod)) return "the kubelet will make this pod anew, which was accepted";
  const running = snapshot.node.kubelet;
  return running
    ? `a kubelet runs here (pid ${running.pid}), but this pod is not its`
    : "no kubelet owns this pod: none has left a word of it";
}

function effects(question: Question): string[] {
  const { target, acceptRestart, snapshot } = question;
  const { pod, sandbox } = target;
  if (!sandbox) return ["Nothing: there is no sandbox process to end.", ...advice(question)];
  const held = target.pinned.map(({ type }) => type).join(", ");
  const rest = pod.unread?.length ? "what it shares could not be read" : "nothing was shared";
  return [
    `Kernel: process ${sandbox.pid} (${sandbox.comm}) ends; ${held ? `${held} live on in our pins, and running containers keep their address` : rest}.`,
    ...(isStandIn(question)
      ? ["No runtime knows the stand-in: nothing but our manifest changes."]
      : runtimeOf(pod.runtime).afterPause.effects),
    snapshot.node.kubelet && acceptRestart
      ? "Kubelet: it sees the sandbox not ready, stops every container of this pod and makes it anew with another address (pkg/kubelet/kuberuntime, PodSandboxChanged). Our pins stay behind and are orphans then."
      : kubeletOwns(snapshot, pod) === "unknown"
        ? "Kubelet: whether one owns this pod is not known."
        : "Kubelet: none acts on this pod.",
    ...advice(question),
    "It cannot be taken back: restore starts a stand-in that holds the namespaces, not the process the runtime knew.",
  ];
}

/** In production dropping is configuration, not surgery. */
function advice({ snapshot, target }: Question): string[] {
  const found = configurationAdvice(snapshot).find(({ runtime: name }) => name === target.pod.runtime);
  if (!found) return [];
  const how = found.file
    ? ` Write ${JSON.stringify(found.file.content)} to ${found.file.path}, then ${found.commands.join("; ")}.`
    : found.commands.length > 0
      ? ` By command: ${found.commands.join(" — or ")}.`
      : "";
  return [`The configured way (${found.now}): ${found.means}${how} ${found.but}`];
}

function steps({ target }: Question): Step[] {
  if (!target.sandbox) return [];
  const { pid } = target.sandbox;
  return [
    ...identitySteps(target),
    {
      title: "Write into the manifest what is being dropped",
      command: writeManifest(target),
      undo: "the manifest as it was",
    },
    {
      title: `End process ${pid}: TERM, and KILL after ${GRACE_SECONDS} s`,
      command: `kill -TERM ${pid}; sleep ${GRACE_SECONDS}; cut -d' ' -f22 stat && kill -KILL ${pid}`,
      undo: "podglass restore: a stand-in holds the namespaces again",
    },
  ];
}

function calls(question: Question, stamp: Stamp): ScriptCall[] {
  const { folder, sandbox, groups, pinned: held } = question.target;
  if (!sandbox) throw new RangeError("a drop needs a sandbox process");
  const standIn = isStandIn(question);
  const manifest = manifestOf(question, "drop", stamp);
  if (standIn) manifest.restored = null;
  else manifest.dropped = { pid: sandbox.pid, startTicks: sandbox.startTicks, at: stamp.at };
  const args = [folder, ...identityArguments(sandbox), String(GRACE_SECONDS), JSON.stringify(manifest)];
  const leaves = standIn ? ["1", ...groupArguments(groups)] : ["0", ...groupArguments([])];
  return [call([...args, ...leaves, ...namespaceArguments(held)])];
}

function gone({ target }: Question, after: Snapshot): Verified {
  const { sandbox } = target;
  const still = sandbox && same(after, sandbox);
  return {
    name: "pause",
    ok: !still,
    detail: still ? `process ${sandbox.pid} is still there` : `process ${sandbox?.pid} is gone`,
  };
}

/** What pinning first adds before. */
const first = <T>(question: Question, of: (question: Question) => T[]): T[] => (question.pinFirst ? of(question) : []);

export const drop: Action = {
  checks,
  effects: (question) => [...first(question, pin.effects), ...effects(question)],
  steps: (question) => [...first(question, pin.steps), ...steps(question)],
  calls: (question, stamp) => [...first(question, (each) => pin.calls(each, stamp)), ...calls(question, stamp)],
  verify: (before, after) => [
    gone(before, after),
    ...pinned(before, after),
    ...containers(before, after),
    address(before, after),
  ],
  async undo(ways) {
    const restore = await ways.by("restore");
    const { target, look } = restore.question;
    if (!target.sandbox) return restore;
    // It did not come to its end: pause lives, and only the manifest has to say so again.
    return look.manifest?.dropped && look.pins.size > 0 ? ways.by("pin") : ways.nothing;
  },
  final: "term",
  titles: { term: "Ask pause to end (TERM)", kill: "End pause (KILL)" },
};
