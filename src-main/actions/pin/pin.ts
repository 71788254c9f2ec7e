/** pin: one more holder for each namespace that a pod shares, a bind mount. */
import type { Action } from "../action.ts";
import { type Check, check, isStandIn, type Question, said } from "../question.ts";
import { caller, manifestOf, type ScriptCall, type Stamp } from "../scripts.ts";
import { firstMounts, identitySteps, type Step } from "../steps.ts";
import { identityArguments, namespaceArguments } from "../target.ts";
import { unpin } from "../unpin/unpin.ts";
import { containers, pinned } from "../verify.ts";
import script from "./pin.sh?raw";

const call = caller("pin", script);

function checks(question: Question): Check[] {
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

function effects(question: Question): string[] {
  const { target, look } = question;
  return [
    `Kernel: ${question.target.pinned.map(({ type }) => type).join(", ") || "nothing"}: one more holder each, a bind mount in ${target.folder}. They live on when every process of the pod has ended, until they are unpinned or the node restarts.`,
    "Containers, their addresses and their sockets do not notice.",
    ...target.never.map(({ type, why }) => `Not pinned: ${type}. ${why[0]?.toUpperCase()}${why.slice(1)}.`),
    ...(look.entered ? ["Our shell is in a mount namespace of its own, so the mounts are made in pid 1's."] : []),
    "Removing the pod later does not remove our pins: unpin first, or find them as orphans in Findings and Lab.",
  ];
}

const steps = (question: Question, { target } = question, inside = firstMounts(question)): Step[] => [
  ...identitySteps(target),
  {
    title: "Make the folder of the pins, root's alone, with its manifest",
    command: `install -d -m 0700 /run/podglass /run/podglass/pins ${target.folder}   # and manifest.json in it`,
    undo: `rm ${target.folder}/manifest.json && rmdir ${target.folder}`,
  },
  ...target.pinned.map(({ type, inode }) => ({
    title: `Pin ${type}`,
    command: `: >${target.folder}/${type} && ${inside}mount --no-canonicalize --bind ns/${type} ${target.folder}/${type} && stat -L -c %i ${target.folder}/${type}   # ${inode}`,
    undo: `${inside}umount ${target.folder}/${type} && rm ${target.folder}/${type}`,
  })),
];

function calls(question: Question, stamp: Stamp): ScriptCall[] {
  const { folder, pinned: wanted, sandbox, entry } = question.target;
  const entered = sandbox ?? entry;
  if (!entered) throw new RangeError("a pin needs a process");
  // Pinning a pod whose pause lives ends whatever an older manifest says of a drop.
  const manifest = manifestOf(question, "pin", stamp);
  if (sandbox && !isStandIn(question)) Object.assign(manifest, { dropped: null, restored: null });
  return [call([folder, ...identityArguments(entered), JSON.stringify(manifest), ...namespaceArguments(wanted)])];
}

export const pin: Action = {
  checks,
  effects,
  steps,
  calls,
  verify: (before, after) => [...pinned(before, after), ...containers(before, after)],
  undo: async (ways) => (ways.manifest ? ways.by("unpin") : ways.nothing),
  /** Only what was pinned by nobody before, and while pause holds it too. */
  takeBack: (question, stamp) =>
    question.target.sandbox && question.look.pins.size === 0
      ? unpin.calls({ ...question, action: "unpin", pinFirst: false }, stamp)[0]
      : undefined,
  verb: "Pin",
};
