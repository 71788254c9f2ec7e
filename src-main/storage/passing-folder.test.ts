import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { passingFolder } from "./passing-folder.ts";

test("what a process left that was killed goes with the next; what lives, was made among other pids or is no folder of ours stays", async () => {
  const room = mkdtempSync(join(tmpdir(), "podglass-sweep-"));
  try {
    const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);
    const at = (name: string) => join(room, name);
    const lives = await passingFolder("pg-", room);
    const name = basename(lives);
    const left = name.replace(`-${process.pid}-`, `-${ended}-`);
    renameSync(await passingFolder("pg-", room), at(left));
    const elsewhere = left.replace(/^pg-\d+/, "pg-1");
    for (const stays of [elsewhere, "pg-x", "other", `other-${left}`]) mkdirSync(at(stays));
    for (const one of [left, name, elsewhere, "pg-x", "other", `other-${left}`])
      writeFileSync(join(at(one), "key"), "secret");
    symlinkSync(at("other"), at(`${left}-link`));
    await passingFolder("pg-", room);
    expect(existsSync(at(left))).toBe(false);
    for (const stays of [name, elsewhere, "pg-x", "other", `other-${left}`])
      expect(existsSync(join(at(stays), "key")), stays).toBe(true);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
});
