/** The named checks of each action, with their evidence. Every rule is contract.md's; docs/actions.md says why. */
import type { ActionName, Plan, Snapshot } from "../../src-shared/model.ts";
import { networkAfterPause } from "../../src-shared/questions/network.ts";
import { runtimeOf } from "../../src-shared/runtimes/table.ts";
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
}

const check = (name: string, ok: boolean, detail: string): Check => ({ name, ok, detail });

export function checksOf(question: Question): Check[] {
  const { action, look } = question;
  const own = { pin: pinChecks, unpin: unpinChecks, drop: dropChecks, restore: restoreChecks }[action](question);
  const all = [...own, mountNamespace(question), privilege(question), readOnly(question)];
  if (look.missing.length > 0)
    all.push(check("tools", false, `this node has no ${look.missing.join(", ")}: util-linux and coreutils have them`));
  const group = look.said.get("cgroup");
  if (group && !group.ok && (action === "restore" || isStandIn(question)))
    all.push(check("cgroup", false, group.detail));
  if (look.locked) all.push(check("locked", false, "another action is being done on this pod just now: wait for it"));
  return all;
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
  const there = look.pins.size > 0 || (look.manifest !== undefined && types.length > 0);
  return [
    check("pinned", there, there ? `${types.join(", ") || "pins"} in ${target.folder}` : "no pin of ours is there"),
    check(
      "last-holder",
      orphan || held,
      orphan
        ? "the pod is gone: nobody needs them any more"
        : held
          ? `${isStandIn(question) ? "the stand-in" : "the sandbox process"} ${target.sandbox?.pid} holds the same namespaces`
          : `our pins are what new members of the pod would join: no sandbox process holds them${live.length > 0 ? `, only ${live.length} containers that may end` : ""}; restore first`,
    ),
  ];
}

/** Programs that do nothing but wait. A hand-made Docker pod's first container may be anybody's application. */
const PAUSES = new Set(["pause", "podman-pause", "catatonit", "sleep"]);

function dropChecks(question: Question): Check[] {
  const { target, snapshot, acceptRestart, look, pinFirst } = question;
  const { pod, sandbox } = target;
  const standIn = isStandIn(question);
  const checks: Check[] = [];
  if (!sandbox) checks.push(check("identity", false, `there is no sandbox process to end: ${pod.sandbox.why}`));
  else if (pod.runtime === "docker" && !PAUSES.has(sandbox.comm))
    checks.push(check("identity", false, `${sandbox.comm} (${sandbox.pid}) is an application, not a pause process`));
  else checks.push(said(question, "identity", "the process was not looked at"));

  const loose = target.pinned.filter(({ type, inode }) => !look.pins.has(`${type}:[${inode}]`));
  const unpinnable = target.never.filter(({ type }) => type !== "pid").map(({ type }) => type);
  const pinned = loose.length === 0 || pinFirst;
  checks.push(
    check(
      "pinned",
      pinned && unpinnable.length === 0,
      unpinnable.length > 0
        ? `the pod shares its ${unpinnable.join(" and ")} namespace, which is never pinned`
        : loose.length === 0
          ? `each namespace that the pod shares is held by a pin of ours in ${target.folder}`
          : pinFirst
            ? `${loose.map(({ type }) => type).join(", ")} will be pinned first`
            : `${loose.map(({ type }) => type).join(", ")} ${loose.length === 1 ? "is" : "are"} held by no pin of ours${otherPins(question)}: pin first, or drop with --pin`,
    ),
  );
  checks.push(
    sandbox
      ? said(question, "pid-namespace", "not looked at, because the process is not the plan's")
      : check("pid-namespace", false, "there is no sandbox process"),
  );
  checks.push(kubelet(snapshot, target, acceptRestart, standIn));
  const network = standIn ? { survives: "yes", detail: "no runtime watches our stand-in" } : networkAfterPause(pod);
  checks.push(check("network-survives", network.survives === "yes", network.detail));
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

function kubelet(snapshot: Snapshot, { pod }: Target, acceptRestart: boolean, standIn: boolean): Check {
  const { kubelet: running } = snapshot.node;
  if (standIn) return check("kubelet", true, "no kubelet watches our stand-in");
  if (!running) return check("kubelet", true, "no kubelet runs on this node");
  const its = runtimeOf(pod.runtime).kubelets && pod.uid !== undefined;
  if (!its) return check("kubelet", true, `a kubelet runs here (pid ${running.pid}), but this pod is not its`);
  // A static pod's uid is a hash without dashes (kubernetes pkg/kubelet/config/common.go).
  if (pod.staticPod || /^[0-9a-f]{32}$/.test(pod.uid ?? ""))
    return check(
      "kubelet",
      false,
      "a static pod: the kubelet would stop and remake it, perhaps the control plane with it",
    );
  if (!acceptRestart)
    return check(
      "kubelet",
      false,
      `a kubelet (pid ${running.pid}) runs this pod: it will see the sandbox not ready, stop every container and make the pod anew with another address; --accept-restart if that is wanted`,
    );
  return check("kubelet", true, "the kubelet will make this pod anew, which was accepted");
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
    `${look.entered ? "our shell is elsewhere: mounts are made in pid 1's mount namespace through nsenter" : "our shell is in pid 1's mount namespace"}${copies > 0 ? `; ${copies} copies of pins in ${target.folder} are in other mount namespaces` : ""}`,
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
