/**
 * What was done to nodes: one line of JSON before an action and one after, appended and synced, so that it tells the
 * truth also when this computer loses its power in between. Only ever appended to.
 */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JournalEntry } from "../../src-shared/api.ts";
import type { ActionName, Outcome, Plan } from "../../src-shared/model.ts";
import { stateDir } from "../storage/places.ts";

export type JournalState = JournalEntry["state"];

/** Written before: enough to undo, with the node's manifest or without. */
export interface Begun {
  id: string;
  at: string;
  phase: "before";
  node: string;
  bootId: string;
  pod: string;
  action: ActionName;
  /** Whether the node had a manifest of ours before, whole. */
  manifest: unknown;
  plan: Plan;
  /** Id of the action that this one takes back; undoing again goes on to the one before. */
  undoes?: string;
}

interface Ended {
  id: string;
  at: string;
  phase: "after";
  state: JournalState;
  detail: string;
  outcome?: Outcome;
}

export interface Entry extends Omit<Begun, "phase"> {
  state: JournalState;
  detail: string;
}

export interface Journal {
  readonly path: string;
  begin(entry: Omit<Begun, "id" | "at" | "phase">): string;
  end(id: string, state: JournalState, detail: string, outcome?: Outcome): void;
  /** Oldest first. */
  entries(node?: string): Entry[];
  /** As the api shows it, newest first. */
  list(node?: string): JournalEntry[];
}

/** Throws the file system's error where the journal cannot be written: then no action may be begun. */
export function openJournal(path = join(stateDir(), "journal.jsonl")): Journal {
  const append = (line: Begun | Ended) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, "a", 0o600);
    try {
      // A line that a crash cut short must not take this one with it.
      const text = `${JSON.stringify(line)}\n`;
      writeSync(file, endsWhole(path) ? text : `\n${text}`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  };
  const entries = (node?: string) =>
    [...read(path).values()].filter((entry) => node === undefined || entry.node === node);
  return {
    path,
    begin(entry) {
      const at = new Date().toISOString();
      const id = `${at.replace(/\D/g, "").slice(0, 14)}-${randomBytes(3).toString("hex")}`;
      append({ id, at, phase: "before", ...entry });
      return id;
    },
    end(id, state, detail, outcome) {
      append({ id, at: new Date().toISOString(), phase: "after", state, detail, outcome });
    },
    entries,
    list: (node) =>
      entries(node)
        .reverse()
        .map(({ id, at, node: where, pod, action, state, detail, undoes }) => ({
          id,
          at,
          node: where,
          pod,
          action,
          state,
          detail,
          undoable: undoes === undefined && undoable(state),
        })),
  };
}

/** An action that was begun and never ended may have been done: looking at the node tells. */
export const undoable = (state: JournalState): boolean => state === "done" || state === "started" || state === "failed";

function endsWhole(path: string): boolean {
  const text = readFileSync(path, "utf8");
  return text === "" || text.endsWith("\n");
}

function read(path: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  if (!existsSync(path)) return found;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const entry = parse(line);
    if (entry?.phase === "before") {
      const { phase: _, ...rest } = entry;
      found.set(entry.id, { ...rest, state: "started", detail: "begun, and not ended by this app" });
    } else if (entry) {
      const known = found.get(entry.id);
      if (known) Object.assign(known, { state: entry.state, detail: entry.detail });
    }
  }
  return found;
}

function parse(line: string): Begun | Ended | undefined {
  try {
    const value = JSON.parse(line) as { id?: unknown; phase?: unknown };
    return typeof value.id === "string" && (value.phase === "before" || value.phase === "after")
      ? (value as unknown as Begun | Ended)
      : undefined;
  } catch {
    return undefined;
  }
}
