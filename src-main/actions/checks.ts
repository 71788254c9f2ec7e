/** The named checks of each action, with their evidence. Every rule is contract.md's; docs/actions.md says why. */
import { count } from "../../src-shared/format.ts";
import type { ActionName, Plan, Snapshot } from "../../src-shared/model.ts";
import { normalPath } from "../../src-shared/namespace-paths.ts";
import { isKubelets } from "../../src-shared/questions/kubelet.ts";
import { networkAfterPause } from "../../src-shared/questions/network.ts";
import { type Obstacle, obstacles, obstacleWords } from "../../src-shared/questions/obstacles.ts";
import type { Look } from "./look.ts";
import type { Target } from "./target.ts";

export type Check = Plan["checks"][number];

export interface Question {
  action: ActionName;
  snapshot: Snapshot;
  target: Target;
  look: Look;
  privilege: "root" | "sudo" | "user";
  readOnly: boolean;
  acceptRestart: boolean;
  pinFirst: boolean;
  asUserMade: boolean;
}

const check = (name: string, ok: boolean, detail: string): Check => ({ name, ok, detail });

export function checksOf(question: Question): Check[] {
  const { action, look } = question;
  const own = { pin: pinChecks, unpin: unpinChecks, drop: dropChecks, restore: restoreChecks }[action](question);
  const all = [...own, mountNamespace(question), privilege(question), readOnly(question), ...whose(question)];
  if (look.missing.length > 0)
    all.push(check("tools", false, `this node has no ${look.missing.join(", ")}: util-linux and coreutils have them`));
  const group = look.said.get("cgroup");
  if (group && !group.ok && (action === "restore" || isStandIn(question)))
    all.push(check("cgroup", false, group.detail));
  if (look.locked) all.push(check("locked", false, "another action is being done on this pod just now: wait for it"));
  return all;
}

/** Said only where there is something to say: whose the pod is, and where it lives. */
function whose({ target: { pod }, asUserMade }: Question): Check[] {
  const { owner, within } = pod;
  const checks: Check[] = [];
  if (within !== undefined)
    checks.push(
      check(
        "within",
        false,
        `the pod lives in the container ${within.slice(0, 12)}, which is a node of its own: open that node, by docker:${within.slice(0, 12)} or podman:${within.slice(0, 12)}`,
      ),
    );
  if (owner?.kind === "user")
    checks.push(
      check(
        "owner",
        asUserMade,
        `the pod is made of processes of user ${owner.uid}, not of root's runtime: ${owner.evidence}${asUserMade ? "; that was accepted" : "; nothing is done to it unless that is accepted (--as-user-made on the terminal)"}`,
      ),
    );
  return checks;
}

const said = ({ look }: Question, name: string, otherwise: string): Check => {
  const found = look.said.get(name);
  if (found) return check(name, found.ok, found.detail);
  return check(name, false, look.looked ? otherwise : `could not be looked at: ${look.why}`);
};

/** Is our stand-in the process in question? The runtime does not know it, so its rules do not hold for it. */
export const isStandIn = ({ target, look }: Pick<Question, "target" | "look">): boolean => {
  const restored = look.manifest?.restored;
  const { sandbox } = target;
  return !!restored && restored.pid === sandbox?.pid && restored.startTicks === sandbox.startTicks;
};

function pinChecks(question: Question): Check[] {
  const { target } = question;
  const names = target.pinned.map(({ type, inode }) => `${type}:[${inode}]`).join(", ");
  const never = target.never.map(({ type, why }) => `${type} is not: ${why}`).join("; ");
  return [
    target.entry
      ? said(question, "identity", "the process was not looked at")
      : check("identity", false, "no live process of this pod is in all that it shares: there is nothing to pin from"),
    check(
      "pinned",
      target.pinned.length > 0,
      target.pinned.length > 0
        ? `${names} will be pinned${never && `; ${never}`}`
        : `the pod shares no net, ipc, uts or user namespace of its own: there is nothing to pin${never && `; ${never}`}`,
    ),
  ];
}

function unpinChecks(question: Question): Check[] {
  const { target, look, snapshot } = question;
  const types = Object.keys(look.manifest?.namespaces ?? {});
  const live = snapshot.containers.filter(({ id, pid }) => target.pod.containers.includes(id) && pid !== null);
  const records = snapshot.containers.some(({ id }) => target.pod.containers.includes(id));
  const orphan = !target.sandbox && !records;
  const held = target.sandbox !== undefined && look.said.get("identity")?.ok === true;
  const joined = othersPins(question);
  const runtimes = !held && joined !== undefined;
  const there = look.pins.size > 0 || (look.manifest !== undefined && types.length > 0);
  return [
    check("pinned", there, there ? `${types.join(", ") || "pins"} in ${target.folder}` : "no pin of ours is there"),
    check(
      "last-holder",
      orphan || held || runtimes,
      runtimes
        ? `new members join ${joined.map(({ path }) => path).join(", ")}, as their records name them, which hold the same namespaces`
        : orphan
          ? "the pod is gone: nobody needs them any more"
          : held
            ? `${isStandIn(question) ? "the stand-in" : "the sandbox process"} ${target.sandbox?.pid} holds the same namespaces`
            : `our pins are what new members of the pod would join: no sandbox process holds them${live.length > 0 ? `, only ${count(live.length, "container that may end", "containers that may end")}` : ""}; restore first`,
    ),
  ];
}

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
  within: "within",
  "user-made": "owner",
};

/** Refuses exactly where readiness does not say yes, in its words; --accept-restart and --as-user-made accept one each. */
function dropChecks(question: Question): Check[] {
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

/**
 * The runtime's own pins that a record of the pod names, one of each namespace that ours hold: what new members join
 * (CRI-O: config.json names /run/netns/<uuid>). Undefined where one of them has none.
 */
export function othersPins({ snapshot, target, look }: Pick<Question, "snapshot" | "target" | "look">) {
  const { pod, folder } = target;
  const ours = Object.entries(look.manifest?.namespaces ?? {});
  const named = new Set(
    snapshot.containers
      .filter(({ id, podKey }) => podKey === pod.key || pod.containers.includes(id))
      .flatMap(({ ociNamespaces }) => ociNamespaces?.flatMap(({ path }) => (path ? [normalPath(path)] : [])) ?? []),
  );
  const found = ours.flatMap(([type, inode]) => {
    const pins = snapshot.namespaces.find((each) => each.type === type && each.inode === inode)?.pins ?? [];
    const pin = pins.find(({ path }) => !path.startsWith(`${folder}/`) && named.has(normalPath(path)));
    return pin ? [{ type, inode: inode as number, path: pin.path }] : [];
  });
  return ours.length > 0 && found.length === ours.length ? found : undefined;
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

function restoreChecks(question: Question): Check[] {
  const { target, look } = question;
  const { manifest } = look;
  const dropped = manifest?.dropped;
  const wanted = target.pinned;
  const lost = wanted.filter(({ type, inode }) => !look.pins.has(`${type}:[${inode}]`));
  return [
    check(
      "identity",
      !target.sandbox,
      target.sandbox
        ? `the sandbox process ${target.sandbox.pid} lives: there is nothing to restore`
        : dropped
          ? `pause was process ${dropped.pid}, started at tick ${dropped.startTicks}; it is gone`
          : "no sandbox process lives",
    ),
    check(
      "pinned",
      !!dropped && lost.length === 0,
      !dropped
        ? "no manifest of ours shows that Podglass dropped this pod's pause"
        : lost.length === 0
          ? `the pins hold the same namespaces as then: ${wanted.map(({ type, inode }) => `${type}:[${inode}]`).join(", ")}`
          : `${lost.map(({ type }) => type).join(", ")} is not held by our pin any more`,
    ),
  ];
}

function mountNamespace(question: Question): Check {
  const { look, target, action } = question;
  const refused = look.said.get("mount-namespace");
  if (refused) return check("mount-namespace", refused.ok, refused.detail);
  if (!look.looked) return check("mount-namespace", false, `could not be looked at: ${look.why}`);
  const elsewhere = look.copies.filter(({ root }) => !look.pins.has(root));
  if ((action === "drop" || action === "restore") && !question.pinFirst && elsewhere.length > 0)
    return check(
      "mount-namespace",
      false,
      `${elsewhere.map(({ path }) => path).join(", ")} is mounted in mount namespace ${elsewhere[0]?.mountNamespace} only (process ${elsewhere[0]?.pid}), and goes with it`,
    );
  const copies = look.copies.length - elsewhere.length;
  return check(
    "mount-namespace",
    true,
    `${look.entered ? "our shell is elsewhere: mounts are made in pid 1's mount namespace through nsenter" : "our shell is in pid 1's mount namespace"}${copies > 0 ? `; ${count(copies, "copy of a pin", "copies of pins")} in ${target.folder} ${copies === 1 ? "is" : "are"} in other mount namespaces` : ""}`,
  );
}

function privilege({ privilege: who, look }: Question): Check {
  const refused = look.said.get("privilege");
  if (refused && !refused.ok) return check("privilege", false, refused.detail);
  if (look.unsafe.length > 0)
    return check(
      "privilege",
      false,
      `${look.unsafe.join(", ")} is not a folder of root's alone (0700): look at it and remove it`,
    );
  if (who === "user") return check("privilege", false, "an ordinary user cannot: log in as root, or allow sudo -n");
  return check("privilege", look.looked, look.looked ? `${who} on the node` : `could not become root: ${look.why}`);
}

const readOnly = ({ readOnly: yes }: Question): Check =>
  check("read-only", !yes, yes ? "read-only mode: this app does not change nodes" : "actions are allowed");
