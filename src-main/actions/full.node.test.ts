/** No room: on this machine for the journal, on the node for a manifest. Nothing is begun then, and what was begun is told. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../src-shared/actions.ts";
import { labDown, labFind, labUp } from "../lab/lab.ts";
import { pinsFolder } from "./folder.ts";
import { JournalError, openJournal } from "./journal.ts";
import { perform } from "./perform.ts";
import { type Actor, actor, sh } from "./testing/actor.ts";
import { localShell } from "./testing/local.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;
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
/** Writes until there is no room for a byte more. */
const fill = (folder: string) => sh(`cat /dev/zero >${folder}/filler 2>/dev/null || true`);

describe.skipIf(!root)("our disk is full", () => {
  let disk: string;
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), "podglass-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "podglass-test", disk]);
  });
  afterEach(() => {
    execFileSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true });
  });
  const path = () => join(disk, "journal.jsonl");

  it("before: nothing is begun, and the journal is as it was", () => {
    const journal = openJournal(path());
    const first = journal.begin(begun);
    journal.end(first, "done", "5 steps");
    fill(disk);
    const before = readFileSync(path(), "utf8");
    for (let i = 0; i < 20; i += 1) expect(() => journal.begin(begun)).toThrow(JournalError);
    expect(() => journal.begin(begun)).toThrow(/could not be written whole .*ENOSPC.*nothing is done/);
    expect(readFileSync(path(), "utf8")).toBe(before);
    expect(journal.list()).toMatchObject([{ id: first, state: "done" }]);
  });

  it("meanwhile: what was begun is told whole all the same", () => {
    const journal = openJournal(path());
    const id = journal.begin(begun);
    fill(disk);
    journal.end(id, "failed", "the connection was lost");
    expect(openJournal(path()).list()).toMatchObject([{ id, state: "failed", detail: "the connection was lost" }]);
  });

  it("an outcome that is longer than its room goes without its steps, and is told", () => {
    const journal = openJournal(path());
    const id = journal.begin(begun);
    fill(disk);
    const steps = [{ title: "x".repeat(60_000), ok: true, detail: "" }];
    const outcome = {
      schema: "podglass.outcome/1" as const,
      journalId: id,
      done: true,
      rolledBack: false,
      steps,
      verified: [],
    };
    journal.end(id, "done", "y".repeat(40_000), outcome);
    expect(journal.list()).toMatchObject([{ id, state: "done" }]);
  });
});

describe("a journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podglass-journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = () => join(folder, "journal.jsonl");

  it("of two apps keeps the lines of both, and gives back the room that it kept", () => {
    const [one, other] = [openJournal(path()), openJournal(path())];
    const first = one.begin(begun);
    const second = other.begin({ ...begun, node: "m" });
    one.end(first, "done", "one");
    other.end(second, "failed", "other");
    expect(one.list().map(({ id, state, detail }) => [id, state, detail])).toEqual([
      [second, "failed", "other"],
      [first, "done", "one"],
    ]);
    const alone = one.begin(begun);
    const before = statSync(path()).size;
    one.end(alone, "done", "");
    expect(statSync(path()).size).toBeLessThan(before);
  });

  it("that has grown long is shortened to its newest, never under an action that has not ended", () => {
    const journal = openJournal(path());
    const line = (id: number, phase: object) =>
      `${JSON.stringify({ id: `old-${id}`, at: "2020-01-01T00:00:00Z", ...phase })}\n`;
    const many = Array.from({ length: 700 }, (_, id) =>
      [
        line(id, { phase: "before", ...begun, manifest: "x".repeat(12_000) }),
        line(id, { phase: "after", state: "done", detail: "d", outcome: {} }),
      ].join(""),
    );
    writeFileSync(path(), many.join(""));
    const open = { id: "open", at: new Date().toISOString(), phase: "before", ...begun };
    appendFileSync(path(), `${JSON.stringify(open)}\n`);
    const kept = journal.begin(begun);
    expect(journal.entries()).toHaveLength(702);
    journal.end(kept, "done", "");
    journal.end("open", "done", "");
    const id = journal.begin(begun);
    journal.end(id, "done", "");
    expect(journal.entries()).toHaveLength(501);
    expect(journal.entries().at(-1)).toMatchObject({ id, state: "done" });
    expect(journal.entries().at(-2)).toMatchObject({ id: kept, state: "done" });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });
});

describe.skipIf(!root)("/run is full on the node", { timeout: 120_000 }, () => {
  const name = `full-${process.pid}`;
  const key = `lab/${name}`;
  const folder = pinsFolder(key);
  const here = localShell();
  let me: Actor;
  beforeEach(async () => {
    me = actor();
    await labUp(here, { name, sandbox: "pause" });
    sh(`mkdir -p -m 700 /run/podglass/pins && mkdir -m 700 ${folder}`);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "podglass-test", folder]);
  });
  afterEach(async () => {
    sh(`umount -l ${folder}/* 2>/dev/null; umount -l ${folder}; true`);
    if ((await labFind(here)).names.includes(name)) await labDown(here, name);
    me.close();
    expect(existsSync(folder)).toBe(false);
  });

  it("no action is begun, and the manifest stays whole", async () => {
    fill(folder);
    const tools = () => ({ connection: here, reread: me.read, journal: me.journal });
    const unpinned = await perform(await me.plan("pin", key), tools());
    expect(unpinned).toMatchObject({ done: false, rolledBack: true });
    expect(JSON.stringify(unpinned.steps)).toContain("could not be written whole");
    expect(sh(`ls ${folder}`)).toBe("filler");
    rmSync(join(folder, "filler"));
    await me.act("pin", key);
    const manifest = readFileSync(join(folder, "manifest.json"), "utf8");
    fill(folder);
    for (const action of ["drop", "unpin", "pin"] as const) {
      const outcome = await perform(await me.plan(action, key), tools());
      expect(outcome, action).toMatchObject({ done: false, rolledBack: true });
      expect(readFileSync(join(folder, "manifest.json"), "utf8")).toBe(manifest);
      expect((await me.pod(key)).sandbox.state).toBe("process");
      expect(sh(`ls ${folder} | tr '\\n' ' '`)).toBe("filler ipc manifest.json net uts");
    }
    expect(me.journal.list().map(({ state }) => state)).toEqual([
      "rolled-back",
      "rolled-back",
      "rolled-back",
      "done",
      "rolled-back",
    ]);
  });
});
