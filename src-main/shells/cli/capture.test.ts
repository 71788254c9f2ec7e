import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { spawned } from "../../probe/testing/bare.ts";
import { runCapture } from "./run-capture.ts";
import { isThere, wholeFile } from "./whole-file.ts";

const folder = mkdtempSync(join(tmpdir(), "podglass-capture-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the file of a capture", () => {
  it("is put in the place of a plain file alone: never of a device, a pipe or a folder", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of ["/dev/null", pipe, folder]) expect(() => isThere(path)).toThrow(/is no plain file/);
    expect(() => isThere("")).toThrow(/empty/);
    expect(isThere(join(folder, "new.pcap"))).toBe(false);
    writeFileSync(join(folder, "old.pcap"), "");
    expect(isThere(join(folder, "old.pcap"))).toBe(true);
  });

  it("is whole or not there, and never over what another made meanwhile", async () => {
    const path = join(folder, "whole.pcap");
    const left = await wholeFile(path, false);
    await left.close();
    expect(existsSync(path)).toBe(false);
    const kept = await wholeFile(path, false);
    await kept.handle.appendFile("packets");
    kept.done();
    await kept.close();
    expect(readFileSync(path, "utf8")).toBe("packets");
    const late = await wholeFile(path, false);
    late.done();
    await expect(late.close()).rejects.toThrow(/made by another meanwhile/);
    expect(readFileSync(path, "utf8")).toBe("packets");
  });
});

it("a node that does not end its capture is left, with what it gave", { timeout: 20_000 }, async () => {
  // The header of an empty pcap file (pcap-savefile(5)), and then it does not hear the end of stdin.
  const header = String.raw`\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\001\000\000\000`;
  const connection = spawned("sh", () => ["-c", `printf '${header}'; exec sleep 100`]);
  const limits = { ms: 100, graceMs: 300, snap: 65_535, bytes: 1_000_000, filter: "" };
  const start = Date.now();
  const { bytes, why } = await runCapture({ connection, sudo: false }, ["net", "1", "1", "1"], limits, {
    handle: { appendFile: async () => {} },
  });
  expect({ bytes, why }).toEqual({ bytes: 24, why: "0.1 s are over" });
  expect(Date.now() - start).toBeLessThan(10_000);
});
