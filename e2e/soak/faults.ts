/**
 * Faults at every step of every action: the shell on the node is killed, the connection is cut, or the app itself is.
 * Afterwards the node is in the state before or after, or undo brings it back, and the journal tells the truth.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinsFolder } from "../../src-main/actions/folder.ts";
import { type Journal, openJournal } from "../../src-main/actions/journal.ts";
import { perform } from "../../src-main/actions/perform.ts";
import { makePlan } from "../../src-main/actions/plan.ts";
import { localShell } from "../../src-main/actions/testing/local.ts";
import { undo } from "../../src-main/actions/undo.ts";
import { labDown, labFind, labUp } from "../../src-main/lab/lab.ts";
import { readNode } from "../../src-main/probe/index.ts";
import type { Connection } from "../../src-main/transport/transport.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { ActionName, Outcome, Snapshot } from "../../src-shared/model.ts";

/** Where a script can be hit, in its order. */
export const STEPS: Record<ActionName, string[]> = {
  pin: ["identity", "manifest", "net", "ipc", "uts"],
  drop: ["checks", "manifest", "term"],
  restore: ["checks", "group", "stand-in", "manifest"],
  unpin: ["last-holder", "manifest", "net", "ipc", "uts"],
};
export const FAULTS = ["kill", "cut", "app"] as const;
type Fault = (typeof FAULTS)[number];

const here = localShell();
const node = "here";
const read = async (): Promise<Snapshot> => assemble(await readNode(here, { privilege: "plain" }));

const plan = async (action: ActionName, podKey: string) =>
  makePlan({
    snapshot: await read(),
    connection: here,
    privilege: "root",
    action,
    podKey,
    options: {},
    readOnly: false,
    nodeLabel: node,
  });
const act = async (action: ActionName, key: string, journal: Journal, connection: Connection = here) =>
  perform(await plan(action, key), { connection, reread: read, journal });

/** One letter a state: A bare, B pinned with pause, C dropped, D with a stand-in; small where it is only half so. */
async function stateOf(key: string): Promise<string> {
  const { pods, namespaces } = await read();
  const pod = pods.find((each) => each.key === key);
  const folder = pinsFolder(key);
  const pins = namespaces.flatMap((each) => each.pins).filter(({ path }) => path.startsWith(`${folder}/`)).length;
  const sandbox = pod?.sandbox.state === "process" ? (/stand-in/.test(pod.sandbox.why) ? "stand-in" : "pause") : "none";
  const whole = pins === 0 || pins === 3;
  const letter = sandbox === "none" ? "C" : sandbox === "stand-in" ? (pins > 0 ? "D" : "E") : pins > 0 ? "B" : "A";
  return whole ? letter : letter.toLowerCase();
}

/** State before and after each action, and what leads there. */
const PATHS: Record<ActionName, { setup: ActionName[]; before: string; after: string; undone: string[] }> = {
  pin: { setup: [], before: "A", after: "B", undone: ["A"] },
  unpin: { setup: ["pin"], before: "B", after: "A", undone: ["B"] },
  // Undoing a drop brings a stand-in, or nothing at all where pause still lived.
  drop: { setup: ["pin"], before: "B", after: "C", undone: ["B", "D"] },
  restore: { setup: ["pin", "drop"], before: "C", after: "D", undone: ["C"] },
};

/** Hits one action at one step by one fault. Throws with what is wrong afterwards. */
export async function hit(action: ActionName, step: string, fault: Fault, name: string): Promise<void> {
  const key = `lab/${name}`;
  const folder = mkdtempSync(join(tmpdir(), "podglass-faults-"));
  const journal = openJournal(join(folder, "journal.jsonl"));
  const path = PATHS[action];
  try {
    await labUp(here, { name, sandbox: "pause" });
    for (const first of path.setup) await act(first, key, openJournal(join(folder, "setup.jsonl")));
    if ((await stateOf(key)) !== path.before) throw new Error(`could not be set up to be ${path.before}`);
    const at = `step ${step}`;
    let outcome: Outcome | undefined;
    if (fault === "app") await dieAt(action, key, journal.path, at);
    else outcome = await act(action, key, journal, localShell({ at, fault }));
    await settled(key);
    const state = await stateOf(key);
    const entry = journal.entries(node).at(-1);
    if (!entry) throw new Error("the journal does not know the action");
    if (entry.state === "rolled-back" && state !== path.before) throw new Error(`rolled back, yet ${state}`);
    if (entry.state === "done" && state !== path.after) throw new Error(`done, yet ${state}`);
    if (fault === "app" && entry.state !== "started") throw new Error(`a killed app left ${entry.state}`);
    if (outcome?.done && entry.state !== "done") throw new Error(`outcome done, journal ${entry.state}`);
    if (entry.state === "rolled-back") return;
    const undone = await undo({
      connection: here,
      privilege: "root",
      journal,
      nodeLabel: node,
      readOnly: false,
      reread: read,
    });
    const end = await stateOf(key);
    if (!undone.done) throw new Error(`undo from ${state}: ${JSON.stringify(undone.steps.at(-1))}`);
    if (!path.undone.includes(end)) throw new Error(`undo led from ${state} to ${end}`);
    if (journal.entries(node).find(({ id }) => id === entry.id)?.state !== "undone")
      throw new Error("not told as undone");
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if ((await labFind(here)).names.includes(name)) await labDown(here, name);
  }
  const left = readFileSync("/proc/self/mountinfo", "utf8");
  if (left.includes(pinsFolder(key)) || left.includes(`/${name}/`)) throw new Error("mounts were left behind");
}

/** A shell that was cut off goes on for a moment: nobody holds the pod's lock once it is over. */
async function settled(key: string): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    const { question } = await plan("pin", key);
    if (!question.look.locked) return;
    await sleep(50);
  }
}

/** The app in a process of its own, ended by SIGKILL just when its script comes to that line. */
async function dieAt(action: ActionName, key: string, path: string, at: string): Promise<void> {
  const code = `import(${JSON.stringify(import.meta.url)}).then((m) => m.app(${JSON.stringify([action, key, path, at])}))`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await new Promise((resolve) => child.once("exit", resolve));
}

/** Runs in that process. */
export async function app([action, key, path, at]: [ActionName, string, string, string]): Promise<void> {
  const connection = localShell({ at, onLine: () => process.kill(process.pid, "SIGKILL") });
  await act(action, key, openJournal(path), connection);
}

export async function run(): Promise<{ passed: number; failures: string[] }> {
  let passed = 0;
  const failures: string[] = [];
  for (const action of Object.keys(STEPS) as ActionName[]) {
    for (const step of STEPS[action]) {
      for (const fault of FAULTS) {
        try {
          await hit(action, step, fault, `fault-${process.pid}-${passed + failures.length}`);
          passed += 1;
        } catch (error) {
          failures.push(`${action} at ${step} by ${fault}: ${(error as Error).message}`);
        }
      }
    }
  }
  return { passed, failures };
}
