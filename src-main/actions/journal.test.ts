import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../src-shared/actions.ts";
import { openJournal } from "./journal.ts";

const plan: Plan = {
  schema: "podglass.plan/1",
  action: "pin",
  node: "n",
  pod: "lab/web",
  checks: [],
  effects: [],
  steps: [],
};
const begun = { node: "n", bootId: "b", pod: "lab/web", action: "pin" as const, manifest: null, plan };

describe("journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podglass-journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = () => join(folder, "deeper", "journal.jsonl");

  it("tells what was begun, done and undone, newest first, and keeps it to itself", () => {
    const journal = openJournal(path());
    const first = journal.begin(begun);
    expect(journal.list()).toMatchObject([{ id: first, state: "started", undoable: true }]);
    journal.end(first, "done", "5 steps");
    const second = journal.begin({ ...begun, action: "drop", node: "other" });
    journal.end(second, "rolled-back", "refused: pinned");
    expect(journal.list().map(({ id, state, undoable }) => [id, state, undoable])).toEqual([
      [second, "rolled-back", false],
      [first, "done", true],
    ]);
    expect(journal.list("n").map(({ id }) => id)).toEqual([first]);
    journal.end(first, "undone", "undone by x");
    expect(openJournal(path()).list("n")[0]).toMatchObject({ state: "undone", undoable: false });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readFileSync(path(), "utf8").split("\n")).toHaveLength(6);
  });

  it("loses neither what came before nor what comes after a line that a crash cut short", () => {
    const journal = openJournal(path());
    const first = journal.begin(begun);
    appendFileSync(path(), '{"id":"x","phase":"bef');
    journal.end(first, "done", "");
    appendFileSync(path(), "not json\n[1]\nnull\n");
    expect(journal.list()).toMatchObject([{ id: first, state: "done" }]);
  });
});
