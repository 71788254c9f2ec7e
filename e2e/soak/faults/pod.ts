/** A lab pod that an action is done to while something goes wrong, and what must hold of it afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinsFolder } from "../../../src-main/actions/folder.ts";
import { type Journal, openJournal } from "../../../src-main/actions/journal.ts";
import { perform } from "../../../src-main/actions/perform.ts";
import { makePlan, type Planned } from "../../../src-main/actions/plan.ts";
import { undo } from "../../../src-main/actions/undo.ts";
import { labDown, labFind, labUp } from "../../../src-main/lab/lab.ts";
import { readNode } from "../../../src-main/probe/index.ts";
import type { Connection } from "../../../src-main/transport/transport.ts";
import type { ActionName, Outcome } from "../../../src-shared/actions.ts";
import { assemble } from "../../../src-shared/assemble/assemble.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { said } from "../../nodes/elsewhere.ts";

const NODE = "here";

/** State before and after each action, and what leads there. */
const PATHS: Record<ActionName, { setup: ActionName[]; before: string; after: string; undone: string[] }> = {
  pin: { setup: [], before: "A", after: "B", undone: ["A"] },
  unpin: { setup: ["pin"], before: "B", after: "A", undone: ["B"] },
  // Undoing a drop brings a stand-in, or nothing at all where pause still lived.
  drop: { setup: ["pin"], before: "B", after: "C", undone: ["B", "D"] },
  restore: { setup: ["pin", "drop"], before: "C", after: "D", undone: ["C"] },
};

export class FaultyPod {
  /** A way to the node that nothing happens to. */
  readonly node: Connection;
  readonly action: ActionName;
  readonly key: string;
  /** On this machine, for the journals. */
  readonly folder = mkdtempSync(join(tmpdir(), "podglass-faults-"));
  journal: Journal = openJournal(join(this.folder, "journal.jsonl"));
  private readonly name: string;

  constructor(node: Connection, action: ActionName, name: string) {
    this.node = node;
    this.action = action;
    this.name = name;
    this.key = `lab/${name}`;
  }

  async setUp(): Promise<void> {
    await labUp(this.node, { name: this.name, sandbox: "pause" });
    const journal = openJournal(join(this.folder, "setup.jsonl"));
    for (const action of PATHS[this.action].setup) await this.act(this.node, { action, journal });
    const state = await this.state();
    if (state !== PATHS[this.action].before) throw new Error(`could not be set up: it is ${state}`);
  }

  async tearDown(whole?: () => void): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    if ((await labFind(this.node)).names.includes(this.name)) await labDown(this.node, this.name);
    whole?.();
    const mounts = await said(this.node, "cat /proc/self/mountinfo");
    if (mounts.includes(pinsFolder(this.key)) || mounts.includes(`/${this.name}/`))
      throw new Error("mounts were left behind");
  }

  read = async (): Promise<Snapshot> => assemble(await readNode(this.node, { privilege: "plain" }));

  async plan(action = this.action, connection = this.node): Promise<Planned> {
    return makePlan({
      snapshot: await this.read(),
      connection,
      privilege: "root",
      action,
      podKey: this.key,
      options: {},
      readOnly: false,
      nodeLabel: NODE,
    });
  }

  /** Plans and does it, over a way that something may happen to. */
  async act(connection: Connection, { action = this.action, journal = this.journal } = {}): Promise<Outcome> {
    return perform(await this.plan(action), { connection, reread: this.read, journal });
  }

  undo = (): Promise<Outcome> =>
    undo({
      connection: this.node,
      privilege: "root",
      journal: this.journal,
      nodeLabel: NODE,
      readOnly: false,
      reread: this.read,
    });

  /** One letter a state: A bare, B pinned with pause, C dropped, D with a stand-in; small where it is only half so. */
  async state(): Promise<string> {
    const { pods, namespaces } = await this.read();
    const pod = pods.find((each) => each.key === this.key);
    const folder = pinsFolder(this.key);
    const pins = namespaces.flatMap((each) => each.pins).filter(({ path }) => path.startsWith(`${folder}/`)).length;
    const sandbox =
      pod?.sandbox.state === "process" ? (/stand-in/.test(pod.sandbox.why) ? "stand-in" : "pause") : "none";
    const whole = pins === 0 || pins === 3;
    const letter = sandbox === "none" ? "C" : sandbox === "stand-in" ? (pins > 0 ? "D" : "E") : pins > 0 ? "B" : "A";
    return whole ? letter : letter.toLowerCase();
  }

  /** A shell that was cut off goes on for a moment: nobody holds the pod's lock once it is over. */
  async settled(): Promise<void> {
    for (let i = 0; i < 100; i += 1) {
      const { question } = await this.plan("pin");
      if (!question.look.locked) return;
      await sleep(50);
    }
    throw new Error("the pod's lock is still held");
  }

  /** The journal tells the truth of it, and undo brings it back. */
  async judge(outcome: Outcome | undefined): Promise<void> {
    const path = PATHS[this.action];
    const state = await this.state();
    const entry = this.journal.entries(NODE).at(-1);
    if (!entry) throw new Error("the journal does not know the action");
    if (entry.state === "rolled-back" && state !== path.before) throw new Error(`rolled back, yet ${state}`);
    if (entry.state === "done" && state !== path.after) throw new Error(`done, yet ${state}`);
    if (!outcome && entry.state !== "started") throw new Error(`a killed app left ${entry.state}`);
    if (outcome?.done && entry.state !== "done") throw new Error(`outcome done, journal ${entry.state}`);
    if (entry.state === "rolled-back") return;
    const undone = await this.undo();
    const end = await this.state();
    if (!undone.done) throw new Error(`undo from ${state}: ${JSON.stringify(undone.steps.at(-1))}`);
    if (!path.undone.includes(end)) throw new Error(`undo led from ${state} to ${end}`);
    if (this.journal.entries(NODE).find(({ id }) => id === entry.id)?.state !== "undone")
      throw new Error("not told as undone");
  }
}
