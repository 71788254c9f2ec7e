/** The exact commands of a plan, as an operator would type them, and how each is undone. */
import type { Plan } from "../../src-shared/model.ts";
import { shellQuote } from "../../src-shared/shell-quote.ts";
import { isStandIn, type Question } from "./checks.ts";
import { identityArguments, type Target } from "./target.ts";

type Step = Plan["steps"][number];
/** Seconds between TERM and KILL. */
export const GRACE_SECONDS = 3;

export function stepsOf(question: Question): Step[] {
  const { action, target, look } = question;
  const inside = look.entered ? "nsenter -t 1 -m -- " : "";
  switch (action) {
    case "pin":
      return target.entry && target.pinned.length > 0 ? pin(target, inside) : [];
    case "unpin":
      return unpin(question, inside);
    case "drop":
      return [...(question.pinFirst ? pin(target, inside) : []), ...drop(question)];
    case "restore":
      return restore(target);
  }
}

const identity = (target: Target): Step[] => {
  const process = target.sandbox ?? target.entry;
  if (!process) return [];
  const [pid, start, , cgroup] = identityArguments(process);
  return [
    {
      title: "Enter the process and make sure that it is the one of this plan",
      command: `cd /proc/${pid} && cut -d' ' -f22 stat && cat cgroup && ls -Li ns   # start ${start}, group ${shellQuote(cgroup)}`,
    },
  ];
};

/** "$manifest" is the new text, one line of JSON (docs/actions.md). */
const writeManifest = ({ folder }: Target): string =>
  `printf '%s\\n' "$manifest" >${folder}/manifest.json.new && sync && mv ${folder}/manifest.json.new ${folder}/manifest.json`;

const pin = (target: Target, inside: string): Step[] => [
  ...identity(target),
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

function unpin(question: Question, inside: string): Step[] {
  const { target, look } = question;
  const process = target.sandbox?.pid;
  const held = Object.keys(look.manifest?.namespaces ?? {});
  return [
    ...identity(target),
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

function drop({ target }: Question): Step[] {
  if (!target.sandbox) return [];
  const { pid } = target.sandbox;
  return [
    ...identity(target),
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

function restore(target: Target): Step[] {
  const leaves = target.groups.map((group) => shellQuote(`${group}/podglass-pause`));
  const join = target.groups.map((group) => `echo 0 >${shellQuote(`${group}/podglass-pause/cgroup.procs`)}; `).join("");
  const spaces = target.pinned.map(({ type }) => `--${type}=${target.folder}/${type}`).join(" ");
  return [
    {
      title: "Make a leaf group under the pod's",
      command: leaves.length > 0 ? `mkdir ${leaves.join(" ")}` : "true",
      undo: leaves.length > 0 ? `rmdir ${leaves.join(" ")}` : "true",
    },
    {
      title: "Start the stand-in in the pinned namespaces",
      command: `sh -c ${shellQuote(`${join}exec nsenter ${spaces} setsid sleep 2147483647 8<${target.folder}/stand-in`)} &`,
      undo: "kill -KILL the stand-in",
    },
    { title: "Write it into the manifest", command: writeManifest(target), undo: "the manifest as it was" },
  ];
}
