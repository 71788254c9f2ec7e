/** The scripts that do an action, with their arguments, and the manifest they leave. */
import type { PinsManifest } from "../../src-shared/manifests.ts";
import type { ActionName } from "../../src-shared/model.ts";
import { isStandIn, othersPins, type Question } from "./checks.ts";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import dropScript from "./drop.sh?raw";
import pinScript from "./pin.sh?raw";
import type { ProcessIdentity } from "./remote.ts";
import restoreScript from "./restore.sh?raw";
import { GRACE_SECONDS } from "./steps.ts";
import { groupArguments, identityArguments, namespaceArguments } from "./target.ts";
import unpinScript from "./unpin.sh?raw";

const scripts: Record<ActionName, string> = {
  pin: compose(pinScript, common),
  unpin: compose(unpinScript, common),
  drop: compose(dropScript, common),
  restore: compose(restoreScript, common),
};

export interface ScriptCall {
  action: ActionName;
  script: string;
  args: string[];
  /** The manifest of a script that asks for it, by the process that it started. */
  manifest?: (started: ProcessIdentity) => PinsManifest;
}

const process = ({ target }: Question) => target.sandbox ?? target.entry;
const nobody = ["0", "0", "", ""];

function manifestOf(question: Question, action: ActionName, journalId: string, at: string): PinsManifest {
  const { target, look, snapshot } = question;
  const old = look.manifest;
  const { sandbox } = target;
  const identity = sandbox ? { pid: sandbox.pid, startTicks: sandbox.startTicks } : null;
  return {
    schema: "podglass.pins/1",
    key: target.pod.key,
    pod: target.pod.name,
    bootId: snapshot.node.bootId,
    namespaces: Object.fromEntries(target.pinned.map(({ type, inode }) => [type, inode])),
    cgroups: target.groups,
    sandbox: isStandIn(question) ? (old?.sandbox ?? null) : (identity ?? old?.sandbox ?? null),
    dropped: old?.dropped ?? null,
    restored: old?.restored ?? null,
    last: { journalId, action, at },
  };
}

/** What does the action, in order. Throws RangeError where a plan's checks cannot have held. */
export function callsOf(question: Question, journalId: string, at: string): ScriptCall[] {
  const { action, target } = question;
  const pair = namespaceArguments(target.pinned);
  const entered = process(question);
  const call = (name: ActionName, args: string[]): ScriptCall => ({ action: name, script: scripts[name], args });
  const pin = (): ScriptCall => {
    if (!entered) throw new RangeError("a pin needs a process");
    const { sandbox } = target;
    // Pinning a pod whose pause lives ends whatever an older manifest says of a drop.
    const manifest = manifestOf(question, "pin", journalId, at);
    if (sandbox && !isStandIn(question)) Object.assign(manifest, { dropped: null, restored: null });
    return call("pin", [target.folder, ...identityArguments(entered), JSON.stringify(manifest), ...pair]);
  };
  switch (action) {
    case "pin":
      return [pin()];
    case "unpin": {
      const keep = isStandIn(question);
      const manifest = manifestOf(question, "unpin", journalId, at);
      if (keep) manifest.namespaces = {};
      // Without a process of the pod, the runtime's own pins hold what new members join, or the pod is gone.
      const others = target.sandbox ? [] : (othersPins(question) ?? []);
      const identity = target.sandbox ? identityArguments(target.sandbox) : nobody;
      return [
        call("unpin", [
          target.folder,
          ...identity,
          keep ? "1" : "0",
          JSON.stringify(manifest),
          String(others.length),
          ...others.flatMap(({ type, inode, path: at }) => [at, `${type}=${inode}`]),
          ...(target.sandbox ? pair : []),
        ]),
      ];
    }
    case "drop": {
      const { sandbox } = target;
      if (!sandbox) throw new RangeError("a drop needs a sandbox process");
      const standIn = isStandIn(question);
      const manifest = manifestOf(question, "drop", journalId, at);
      if (standIn) manifest.restored = null;
      else manifest.dropped = { pid: sandbox.pid, startTicks: sandbox.startTicks, at };
      const args = [target.folder, ...identityArguments(sandbox), String(GRACE_SECONDS), JSON.stringify(manifest)];
      const leaves = standIn ? ["1", ...groupArguments(target.groups)] : ["0", ...groupArguments([])];
      const drop = call("drop", [...args, ...leaves, ...pair]);
      return question.pinFirst ? [pin(), drop] : [drop];
    }
    case "restore": {
      const dropped = question.look.manifest?.dropped;
      if (!dropped) throw new RangeError("a restore needs a drop");
      const identity = [String(dropped.pid), String(dropped.startTicks)];
      return [
        {
          ...call("restore", [target.folder, ...identity, ...groupArguments(target.groups), ...pair]),
          manifest: (restored) => ({ ...manifestOf(question, "restore", journalId, at), restored }),
        },
      ];
    }
  }
}

/** Takes back a pin that was made for a drop which then did not happen. */
export function takeBackPin(question: Question, journalId: string, at: string): ScriptCall {
  return callsOf({ ...question, action: "unpin", pinFirst: false }, journalId, at)[0] as ScriptCall;
}
