/** restore: starts a stand-in that holds a dropped pod's namespaces again, as pause did. */
import type { Snapshot } from "../../../src-shared/model.ts";
import { runtimeOf } from "../../../src-shared/runtimes/table.ts";
import { shellQuote } from "../../../src-shared/shell-quote.ts";
import type { Action } from "../action.ts";
import { type Check, check, isStandIn, type Question } from "../question.ts";
import { caller, manifestOf, type ScriptCall, type Stamp } from "../scripts.ts";
import { type Step, writeManifest } from "../steps.ts";
import { groupArguments, namespaceArguments } from "../target.ts";
import { address, containers, pinned, type Verified } from "../verify.ts";
import script from "./restore.sh?raw";

const call = caller("restore", script);

function checks(question: Question): Check[] {
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

function effects(question: Question): string[] {
  const { pod } = question.target;
  const back = runtimeOf(pod.runtime).afterPause.wayBack;
  return [
    `Kernel: a process that sleeps joins ${question.target.pinned.map(({ type }) => type).join(", ") || "nothing"} through our pins and holds them as pause did, in a leaf group podglass-pause under the pod's.`,
    ...(back
      ? [`${pod.runtime}: its record is not mended: it still counts the sandbox as stopped. Its own way back: ${back}.`]
      : []),
    "With it the pins can be taken away again (unpin).",
  ];
}

function steps({ target }: Question): Step[] {
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

function calls(question: Question, stamp: Stamp): ScriptCall[] {
  const { folder, groups, pinned: held } = question.target;
  const dropped = question.look.manifest?.dropped;
  if (!dropped) throw new RangeError("a restore needs a drop");
  const identity = [String(dropped.pid), String(dropped.startTicks)];
  return [
    {
      ...call([folder, ...identity, ...groupArguments(groups), ...namespaceArguments(held)]),
      manifest: (restored) => ({ ...manifestOf(question, "restore", stamp), restored }),
    },
  ];
}

function standIn(question: Question, after: Snapshot): Verified {
  const sandbox = after.pods.find(({ key }) => key === question.target.pod.key)?.sandbox;
  const process = after.processes.find(({ pid }) => pid === sandbox?.pid);
  const ok =
    sandbox?.state === "process" &&
    process !== undefined &&
    question.target.pinned.every(({ type, inode }) => process.namespaces[type] === inode);
  return {
    name: isStandIn(question) ? "sandbox" : "stand-in",
    ok,
    detail: ok ? `process ${process.pid} holds the namespaces` : "no sandbox process holds the namespaces",
  };
}

export const restore: Action = {
  checks,
  effects,
  steps,
  calls,
  verify: (before, after) => [
    standIn(before, after),
    ...pinned(before, after),
    ...containers(before, after),
    address(before, after),
  ],
  async undo(ways) {
    const drop = await ways.by("drop");
    if (isStandIn(drop.question)) return drop;
    if (drop.question.look.standIns.length === 0) return ways.nothing;
    // A stand-in that was started and not yet written down is written down first, then ended.
    return ways.after(await ways.by("restore"), "drop", "Then that stand-in is ended, as a drop does.");
  },
  titles: { group: "Make the leaf group", "stand-in": "Start the stand-in" },
};
