/**
 * Brings a node back to before an action: from the journal, and where there is none (another computer, an app that was
 * killed) from our manifest on the node alone. What was only half done is first looked at, then finished or taken back.
 */
import { type PinsManifest, parsePinsManifest } from "../../src-shared/manifests.ts";
import type { ActionName, Outcome, Privilege, Snapshot } from "../../src-shared/model.ts";
import { labFind } from "../lab/lab.ts";
import type { Connection } from "../transport/transport.ts";
import { isStandIn } from "./checks.ts";
import { type Journal, undoable } from "./journal.ts";
import { perform, type Step } from "./perform.ts";
import { makePlan, type Planned } from "./plan.ts";
import { Refused } from "./remote.ts";

export interface UndoInput {
  connection: Connection;
  privilege: Privilege;
  sudo?: boolean;
  journal: Journal;
  /** As the plans name the node. */
  nodeLabel: string;
  journalId?: string;
  /** Only what was done to this pod. */
  podKey?: string;
  readOnly: boolean;
  /** A fresh snapshot, read from the node. */
  reread: () => Promise<Snapshot>;
  onStep?: (step: Step) => void;
  signal?: AbortSignal;
}

type Undoing = UndoInput & { undoes: string };

interface Last {
  /** In our journal; absent when only the node told. */
  id?: string;
  pod: string;
  action: ActionName;
}

/** Throws Refused where there is nothing to undo, ConnectionError where the node cannot be reached. */
export async function undo(asked: UndoInput): Promise<Outcome> {
  const last = await lastAction(asked);
  const input = { ...asked, undoes: last.id ?? "told by the node" };
  const snapshot = await input.reread();
  const plan = (action: ActionName, from = snapshot) =>
    makePlan({ ...input, snapshot: from, action, podKey: last.pod, options: {}, orphan: manifests.get(last.pod) });
  const manifests = await manifestsOf(input);
  let outcome: Outcome | undefined;
  switch (last.action) {
    case "pin":
      outcome = manifests.has(last.pod) ? await doIt(await plan("unpin"), input) : undefined;
      break;
    case "unpin":
      outcome = await doIt(await plan("pin"), input);
      break;
    case "drop":
      outcome = await undoDrop(await plan("restore"), input, plan);
      break;
    case "restore":
      outcome = await undoRestore(await plan("drop"), input, plan);
      break;
  }
  if (last.id !== undefined && (outcome === undefined || outcome.done))
    input.journal.end(last.id, "undone", outcome ? `undone by ${outcome.journalId}` : "the node was as before already");
  return outcome ?? asBefore(last);
}

const doIt = (planned: Planned, input: Undoing) => perform(planned, input);

/** A drop that did not come to its end: pause lives, and only the manifest has to say so again. */
async function undoDrop(restore: Planned, input: Undoing, plan: (action: ActionName) => Promise<Planned>) {
  const { target, look } = restore.question;
  if (!target.sandbox) return doIt(restore, input);
  return look.manifest?.dropped && look.pins.size > 0 ? doIt(await plan("pin"), input) : undefined;
}

/** A stand-in that was started and not yet written down is written down first, then ended. */
async function undoRestore(
  drop: Planned,
  input: Undoing,
  plan: (action: ActionName, from?: Snapshot) => Promise<Planned>,
) {
  const { look } = drop.question;
  if (isStandIn(drop.question)) return doIt(drop, input);
  if (look.standIns.length === 0) return undefined;
  const finished = await doIt(await plan("restore"), input);
  return finished.done ? doIt(await plan("drop", await input.reread()), input) : finished;
}

async function lastAction(input: UndoInput): Promise<Last> {
  const { journal, journalId, nodeLabel, podKey } = input;
  const wanted = (key: string) => podKey === undefined || podKey === key;
  const entries = journal.entries(nodeLabel).filter(({ pod }) => wanted(pod));
  const found =
    journalId === undefined
      ? entries.findLast(({ state, undoes }) => undoes === undefined && undoable(state))
      : entries.find(({ id }) => id === journalId);
  if (found && !undoable(found.state))
    throw new Refused(`${found.id} (${found.action} of ${found.pod}) is ${found.state}: there is nothing to undo`);
  if (found) return found;
  if (journalId !== undefined) throw new Refused(`the journal knows no ${journalId} on ${nodeLabel}`);
  // What this journal knows was looked at above: only another's doing counts here.
  const known = new Set(journal.entries().map(({ id }) => id));
  const others = [...(await manifestsOf(input)).values()].filter(
    ({ key, last }) => wanted(key) && !known.has(last.journalId),
  );
  const told = others.sort((a, b) => (a.last.at < b.last.at ? -1 : 1)).at(-1);
  if (!told) throw new Refused(`nothing of Podglass is on ${nodeLabel}, and the journal knows no action there`);
  return { pod: told.key, action: told.last.action };
}

/** Our manifests on the node, by the key of their pod. */
async function manifestsOf({ connection, privilege, sudo, signal }: UndoInput): Promise<Map<string, PinsManifest>> {
  const { pins } = await labFind(connection, { sudo: sudo ?? privilege === "sudo", signal });
  const manifests = pins.flatMap((text) => parsePinsManifest(text) ?? []);
  return new Map(manifests.map((manifest) => [manifest.key, manifest]));
}

const asBefore = ({ action, pod, id }: Last): Outcome => ({
  schema: "podglass.outcome/1",
  journalId: id ?? "",
  done: true,
  rolledBack: false,
  steps: [
    { title: "Look at the node", ok: true, detail: `nothing of that ${action} of ${pod} is left: it is as before` },
  ],
  verified: [],
});
