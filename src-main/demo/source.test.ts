import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sweepLeft } from "./source.ts";

test("the key of a start that was killed is taken away by the next; what lives, or is no folder of ours, stays", async () => {
  const room = mkdtempSync(join(tmpdir(), "podglass-sweep-"));
  try {
    const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);
    const at = (name: string) => join(room, name);
    for (const name of [
      `podglass-demo-${ended}-left`,
      `podglass-demo-${process.pid}-lives`,
      "podglass-demo-x",
      "other",
    ]) {
      mkdirSync(at(name));
      writeFileSync(join(at(name), "key"), "secret");
    }
    symlinkSync(at("other"), at(`podglass-demo-${ended}-link`));
    await sweepLeft(room);
    expect(existsSync(at(`podglass-demo-${ended}-left`))).toBe(false);
    for (const name of [`podglass-demo-${process.pid}-lives`, "podglass-demo-x", "other"])
      expect(existsSync(join(at(name), "key")), name).toBe(true);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
});
