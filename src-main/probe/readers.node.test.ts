/** Two readers, one truth: perl, awk, and awk where nothing but busybox is there say the same of one node. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reading } from "../../src-shared/reading.ts";
import { localConnection } from "../transport/local.ts";
import { readNode } from "./read.ts";
import { type BareNode, BUSYBOX, bareNode, spawned } from "./testing/bare.ts";
import { disagree, type StillFacts } from "./testing/compare.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
describe.runIf(asRoot)("readers", { timeout: 60_000 }, () => {
  let bare: BareNode;
  beforeAll(() => {
    bare = bareNode();
  });
  afterAll(() => bare.remove());

  const perl = () => readNode(localConnection(), { reader: "perl" });
  const disagreements = async (read: () => Promise<Reading>, drop: (keyof StillFacts)[]) =>
    disagree(await perl(), await read(), await perl(), drop);

  it("awk says what perl says", async () => {
    expect(await disagreements(() => readNode(localConnection(), { reader: "awk" }), [])).toEqual([]);
  });

  it.runIf(existsSync(BUSYBOX))("busybox alone says what perl says", async () => {
    expect(await disagreements(() => readNode(bare.connection()), ["mounts", "relations"])).toEqual([]);
  });

  it.for(["/bin/dash", "/bin/bash", BUSYBOX].filter((path) => existsSync(path)))("under %s as sh", async (shell) => {
    const connection = spawned(shell, (command) => [...(shell === BUSYBOX ? ["sh"] : []), "-c", command]);
    const read = () => readNode(connection, { reader: "awk" });
    expect((await read()).processes.length).toBeGreaterThan(20);
  });
});
