/**
 * What was done to nodes: one line of JSON before an action and one after, synced, so that it tells the truth also when
 * this computer loses its power in between. With the line before an action goes the room for the one after it, as blanks:
 * a disk that fills up meanwhile cannot keep what was done from being told.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ActionName, Outcome, Plan } from "../../src-shared/actions.ts";
import type { JournalEntry } from "../../src-shared/api.ts";
import { refuseStrangersLink, writeNew } from "../storage/own-files.ts";
import { stateDir } from "../storage/places.ts";

export type JournalState = JournalEntry["state"];

/** What is written down although there is nothing to undo: who was in a pod. */
export type Visit = "enter" | "capture";

/** Written before: enough to undo, with the node's manifest or without. */
export interface Begun {
  id: string;
  at: string;
  phase: "before";
  node: string;
  bootId: string;
  pod: string;
  action: ActionName | Visit;
  /** Whether the node had a manifest of ours before, whole. */
  manifest: unknown;
  /** Of an action. */
  plan?: Plan;
  /** Of a visit: who, and by what. */
  what?: string;
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

/** Bytes kept for a line after; blank until it is written. One that is longer goes without its outcome. */
const ROOM = 16 * 1024;
/** From this size on the journal is shortened to its newest actions, without what only a person reads. */
const MAX_BYTES = 8 * 1024 * 1024;
const KEPT_ENTRIES = 500;

/** Where the room for the end of an action is; another may have shortened the file since. */
interface Room {
  file: number;
  at: number;
}

/** Nothing may be begun whose record could not be written whole. */
export class JournalError extends Error {
  override name = "JournalError";
}

/** Throws JournalError where a line cannot be written whole: then no action may be begun. */
export function openJournal(path = join(stateDir(), "journal.jsonl")): Journal {
  const rooms = new Map<string, Room>();
  /** Appends all of it or nothing. */
  const append = (text: string, room: number): Room => {
    let file: number | undefined;
    let size = 0;
    let bytes: Buffer = Buffer.alloc(0);
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      refuseStrangersLink(path);
      file = openSync(path, "a+", 0o600);
      const before = fstatSync(file);
      size = before.size;
      // A line that a crash cut short must not take this one with it.
      const start = endsWhole(file, size) ? "" : "\n";
      bytes = Buffer.from(`${start}${text}\n${room > 0 ? `${" ".repeat(room - 1)}\n` : ""}`);
      writeAll(file, bytes);
      fsyncSync(file);
      return { file: before.ino, at: size + start.length + Buffer.byteLength(text) + 1 };
    } catch (error) {
      if (file !== undefined) takeBack(file, size, bytes);
      const why = error instanceof Error ? error.message : String(error);
      throw new JournalError(
        `the journal ${path} could not be written whole (${why}): nothing is done to a node whose record cannot be kept`,
      );
    } finally {
      if (file !== undefined) closeSync(file);
    }
  };
  /** Into the room that was kept for it; false where there is none any more. */
  const fill = (line: Ended): boolean => {
    const room = rooms.get(line.id);
    rooms.delete(line.id);
    if (!room) return false;
    const file = openSync(path, "r+");
    try {
      if (fstatSync(file).ino !== room.file) return false;
      let text = JSON.stringify(line);
      if (Buffer.byteLength(text) >= ROOM) text = JSON.stringify({ ...line, outcome: undefined });
      if (Buffer.byteLength(text) >= ROOM)
        text = JSON.stringify({ ...line, outcome: undefined, detail: line.detail.slice(0, 2000) });
      writeAll(file, Buffer.from(`${text}\n`), room.at);
      // What is left of the room is given back where nobody wrote behind it.
      const end = room.at + Buffer.byteLength(text) + 1;
      if (fstatSync(file).size === room.at + ROOM) ftruncateSync(file, end);
      fsyncSync(file);
      return true;
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
      shorten(path);
      rooms.set(id, append(JSON.stringify({ id, at, phase: "before", ...entry } satisfies Begun), ROOM));
      return id;
    },
    end(id, state, detail, outcome) {
      const line: Ended = { id, at: new Date().toISOString(), phase: "after", state, detail, outcome };
      if (!fill(line)) append(JSON.stringify(line), 0);
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
          undoable: undoes === undefined && isAction(action) && undoable(state),
        })),
  };
}

const VISITS: readonly string[] = ["enter", "capture"] satisfies Visit[];
export const isAction = (action: ActionName | Visit): action is ActionName => !VISITS.includes(action);

/** An action that was begun and never ended may have been done: looking at the node tells. */
export const undoable = (state: JournalState): boolean => state === "done" || state === "started" || state === "failed";

function writeAll(file: number, bytes: Buffer, position?: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position === undefined ? null : position + done);
}

/** What was cut off half way goes again, unless another has written behind it meanwhile. */
function takeBack(file: number, size: number, wanted: Buffer): void {
  try {
    const there = Buffer.alloc(Math.max(0, fstatSync(file).size - size));
    readSync(file, there, 0, there.length, size);
    if (there.equals(wanted.subarray(0, there.length))) ftruncateSync(file, size);
  } catch {
    // It stays a line that is no JSON, which reading passes over.
  }
}

function endsWhole(file: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** Keeps the newest actions of a journal that has grown long; not while one of the last day has not ended. */
function shorten(path: string): void {
  try {
    const before = statSync(path);
    if (before.size < MAX_BYTES) return;
    const entries = [...read(path).values()];
    const day = Date.now() - 86_400_000;
    if (entries.some(({ state, at }) => state === "started" && Date.parse(at) > day)) return;
    const lines = entries
      .slice(-KEPT_ENTRIES)
      .flatMap(({ state, detail, ...begun }): (Begun | Ended)[] => [
        { ...begun, phase: "before" },
        ...(state === "started" ? [] : [{ id: begun.id, at: begun.at, phase: "after" as const, state, detail }]),
      ]);
    writeNew(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const now = statSync(path);
    // Another app has written meanwhile: the next action shortens it.
    if (now.size === before.size && now.mtimeMs === before.mtimeMs) renameSync(`${path}.new`, path);
    else rmSync(`${path}.new`, { force: true });
  } catch {
    // A journal that is long is whole all the same.
    rmSync(`${path}.new`, { force: true });
  }
}

function read(path: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  if (!existsSync(path)) return found;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const entry = parse(line);
    if (entry?.phase === "before") {
      const { phase: _, ...rest } = entry;
      found.set(entry.id, {
        ...rest,
        state: "started",
        detail: `${rest.what ? `${rest.what}; ` : ""}begun, and not ended by this app`,
      });
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
