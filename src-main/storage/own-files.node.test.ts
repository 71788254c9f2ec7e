/** Root's state folder is an ordinary user's (sudo that keeps HOME): what he puts there leads root nowhere else. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../src-shared/actions.ts";
import { JournalError, openJournal } from "../actions/journal.ts";
import { openSettings } from "./settings.ts";

const NOBODY = 65_534;
const root = process.platform === "linux" && process.getuid?.() === 0;

describe.skipIf(!root)("a state folder that is another user's", () => {
  let room: string;
  let his: string;
  let secret: string;
  beforeEach(() => {
    room = mkdtempSync(join(tmpdir(), "podglass-own-"));
    chmodSync(room, 0o755);
    his = join(room, "podglass");
    secret = join(room, "root-only");
    mkdirSync(his);
    chownSync(his, NOBODY, NOBODY);
    writeFileSync(secret, "as it was\n", { mode: 0o600 });
  });
  afterEach(() => rmSync(room, { recursive: true, force: true }));
  const links = (name: string) =>
    execFileSync("setpriv", [
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      "--clear-groups",
      "ln",
      "-s",
      secret,
      join(his, name),
    ]);
  const plan: Plan = {
    schema: "podglass.plan/1",
    action: "pin",
    node: "n",
    pod: "p",
    checks: [],
    effects: [],
    steps: [],
  };
  const begun = { node: "n", bootId: "b", pod: "p", action: "pin" as const, manifest: null, plan };

  it("has settings written into it, and nothing where his links lead", () => {
    for (const name of ["settings.json.new", "settings.json"]) links(name);
    openSettings(his).set({ theme: "dark" });
    expect(readFileSync(secret, "utf8")).toBe("as it was\n");
    expect(JSON.parse(readFileSync(join(his, "settings.json"), "utf8"))).toEqual({ theme: "dark" });
  });

  it("gets no journal through his link: nothing is begun, and it is said why", () => {
    links("journal.jsonl");
    const journal = openJournal(join(his, "journal.jsonl"));
    expect(() => journal.begin(begun)).toThrow(JournalError);
    expect(() => journal.begin(begun)).toThrow(/is a link that user 65534 made/);
    expect(readFileSync(secret, "utf8")).toBe("as it was\n");
  });

  it("has a journal shortened in its place alone", () => {
    links("journal.jsonl.new");
    const path = join(his, "journal.jsonl");
    writeFileSync(
      path,
      `${JSON.stringify({ id: "old", at: "2020-01-01", phase: "before", ...begun })}\n${" ".repeat(9 * 1024 * 1024)}\n`,
    );
    const journal = openJournal(path);
    journal.end(journal.begin(begun), "done", "");
    expect(statSync(path).size).toBeLessThan(100_000);
    expect(readFileSync(secret, "utf8")).toBe("as it was\n");
  });

  it("may be one's own link to where one keeps it", () => {
    const elsewhere = join(room, "elsewhere.jsonl");
    symlinkSync(elsewhere, join(his, "journal.jsonl"));
    const journal = openJournal(join(his, "journal.jsonl"));
    journal.end(journal.begin(begun), "done", "");
    expect(readFileSync(elsewhere, "utf8")).toContain('"phase":"after"');
  });
});
