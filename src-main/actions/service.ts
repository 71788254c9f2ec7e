/** Actions as a shell asks for them: a plan is kept until it is done once, and done only after the shell said yes. */
import { join } from "node:path";
import type { ActionName, Outcome, Plan } from "../../src-shared/actions.ts";
import type { ApiEvent, JournalEntry } from "../../src-shared/api.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { PlanOptions } from "../../src-shared/requests.ts";
import { assertConfirmed, assertWritable, requireConnection } from "../session/access.ts";
import type { Session } from "../session/session.ts";
import type { ShellPowers } from "../shells/shell.ts";
import { type Journal, openJournal } from "./journal.ts";
import { perform } from "./perform.ts";
import { makePlan, type Planned, refusals } from "./plan.ts";
import { type UndoInput, undo } from "./undo.ts";

/** Plans kept at once; the oldest goes first. */
const MOST_PLANS = 50;

interface Kept {
  nodeId: string;
  planned: Planned;
}

export class ActionService {
  readonly #emit: (event: ApiEvent) => void;
  readonly #journal: Journal;
  readonly #plans = new Map<string, Kept>();

  constructor(stateDir: string, emit: (event: ApiEvent) => void) {
    this.#emit = emit;
    this.#journal = openJournal(join(stateDir, "journal.jsonl"));
  }

  async plan(
    session: Session,
    action: ActionName,
    podKey: string,
    options: PlanOptions,
  ): Promise<{ planId: string; plan: Plan }> {
    const planned = await makePlan({ ...this.#way(session), action, podKey, options });
    this.#plans.set(planned.planId, { nodeId: session.nodeId, planned });
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(oldest);
    }
    return { planId: planned.planId, plan: planned.plan };
  }

  /** Throws where the plan is not known any more, a check said no, or the person did. `done`: told what it was of. */
  async perform(
    session: Session,
    planId: string,
    shell: ShellPowers,
    done: (plan: Plan, outcome: Outcome) => void,
  ): Promise<Outcome> {
    assertWritable(session, shell);
    const kept = this.#plans.get(planId);
    if (kept === undefined || kept.nodeId !== session.nodeId) {
      throw new Error("That plan is not known any more: it was done already, or is too old. Make it again.");
    }
    const no = refusals(kept.planned.plan);
    if (no.length > 0) throw new Error(`The plan is refused: ${no.join("; ")}.`);
    await assertConfirmed(session, shell, kept.planned.plan);
    this.#plans.delete(planId);
    const { connection } = requireConnection(session);
    const reread = () => freshly(session);
    const way = { connection, reread, journal: this.#journal, onStep: this.#steps(session) };
    const outcome = await perform(kept.planned, way);
    done(kept.planned.plan, outcome);
    return outcome;
  }

  /** `label`: as the plans name the node; left out: of every node. */
  journalOf(label: string | undefined): JournalEntry[] {
    return this.#journal.list(label);
  }

  /** Throws as perform does, and where there is nothing to undo. `done`: told what was done for it. */
  async undo(
    session: Session,
    input: Pick<UndoInput, "journalId" | "options">,
    shell: ShellPowers,
    done: (plan: Plan, outcome: Outcome) => void,
  ): Promise<Outcome> {
    assertWritable(session, shell);
    const { snapshot: _, ...way } = this.#way(session);
    let confirmed: Plan | undefined;
    const outcome = await undo({
      ...way,
      ...input,
      journal: this.#journal,
      confirm: async (plan) => {
        await assertConfirmed(session, shell, plan);
        confirmed = plan;
        return true;
      },
      reread: () => freshly(session),
      onStep: this.#steps(session),
    });
    if (confirmed !== undefined) done(confirmed, outcome);
    return outcome;
  }

  #way(session: Session) {
    const { connection, sudo } = requireConnection(session);
    const snapshot = session.snapshot?.snapshot;
    if (snapshot === undefined) throw new Error(`${session.source.label} has not been read yet.`);
    return {
      snapshot,
      connection,
      sudo,
      privilege: snapshot.node.privilege,
      readOnly: session.readOnly,
      nodeLabel: session.source.label,
    };
  }

  #steps(session: Session) {
    return (step: { title: string; ok: boolean | null; detail: string }): void =>
      this.#emit({ type: "step", nodeId: session.nodeId, ...step });
  }
}

/** Reads the node again, now; what the window shows is brought up to date by the same reading. */
async function freshly(session: Session): Promise<Snapshot> {
  await session.refresh(true);
  const latest = session.snapshot?.snapshot;
  if (latest === undefined) throw new Error(`${session.source.label} could not be read again.`);
  return latest;
}
