/** unpin: takes our pins away, where another holds what they held or nobody needs it any more. */
import { count } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { Action } from "../action.ts";
import { type Check, check, isStandIn, othersPins, type Question } from "../question.ts";
import { caller, manifestOf, type ScriptCall, type Stamp } from "../scripts.ts";
import { firstMounts, identitySteps, type Step, writeManifest } from "../steps.ts";
import { identityArguments, namespaceArguments } from "../target.ts";
import { containers, firstMountNamespace, type Verified } from "../verify.ts";
import script from "./unpin.sh?raw";

const call = caller("unpin", script);

function checks(question: Question): Check[] {
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

function effects(question: Question): string[] {
  const { target } = question;
  return [
    target.sandbox
      ? `Kernel: the pod's namespaces are held by process ${target.sandbox.pid} and the containers alone again.`
      : "Kernel: namespaces that nobody else holds are freed, and their addresses with them.",
    "A mount namespace that was made while the pins were there has copies of them: removing a mount point takes them away there too, and any that stay are told.",
    ...(isStandIn(question)
      ? ["The stand-in goes on; our manifest stays beside it, so that it is known for what it is."]
      : []),
  ];
}

function steps(question: Question): Step[] {
  const { target, look } = question;
  const inside = firstMounts(question);
  const process = target.sandbox?.pid;
  const held = Object.keys(look.manifest?.namespaces ?? {});
  return [
    ...identitySteps(target),
    ...held.map((type) => ({
      title: `Let go of ${type}`,
      command: `${inside}umount ${target.folder}/${type} && rm ${target.folder}/${type}`,
      ...(process === undefined
        ? {}
        : { undo: `${inside}mount --bind /proc/${process}/ns/${type} ${target.folder}/${type}` }),
    })),
    isStandIn(question)
      ? { title: "Say in the manifest that only the stand-in is left", command: writeManifest(target) }
      : { title: "Remove the manifest", command: `rm ${target.folder}/manifest.json && rmdir ${target.folder}` },
    {
      title: "Look for copies in other mount namespaces",
      command: `grep -l ' ${target.folder}/' /proc/[0-9]*/mountinfo`,
    },
  ];
}

/** For one that does nothing with a process. */
const NOBODY = ["0", "0", "", ""];

function calls(question: Question, stamp: Stamp): ScriptCall[] {
  const { folder, sandbox, pinned } = question.target;
  const keep = isStandIn(question);
  const manifest = manifestOf(question, "unpin", stamp);
  if (keep) manifest.namespaces = {};
  // Without a process of the pod, the runtime's own pins hold what new members join, or the pod is gone.
  const others = sandbox ? [] : (othersPins(question) ?? []);
  return [
    call([
      folder,
      ...(sandbox ? identityArguments(sandbox) : NOBODY),
      keep ? "1" : "0",
      JSON.stringify(manifest),
      String(others.length),
      ...others.flatMap(({ type, inode, path }) => [path, `${type}=${inode}`]),
      ...(sandbox ? namespaceArguments(pinned) : []),
    ]),
  ];
}

function unpinned({ target }: Question, after: Snapshot): Verified {
  const first = firstMountNamespace(after);
  const left = after.namespaces.flatMap(({ pins }) => pins.filter(({ path }) => path.startsWith(`${target.folder}/`)));
  const here = left.filter(({ mountNamespace }) => first === undefined || mountNamespace === first);
  const copies = left.length - here.length;
  return {
    name: "unpinned",
    ok: here.length === 0,
    detail:
      here.length > 0
        ? `${here.map(({ path }) => path).join(", ")} is still mounted`
        : `nothing is mounted in ${target.folder}${copies > 0 ? `; ${count(copies, "copy lives", "copies live")} on in other mount namespaces` : ""}`,
  };
}

export const unpin: Action = {
  checks,
  effects,
  steps,
  calls,
  verify: (before, after) => [unpinned(before, after), ...containers(before, after)],
  undo: (ways) => ways.by("pin"),
  titles: { "last-holder": "Make sure that another holds them" },
  verb: "Let go of",
};
