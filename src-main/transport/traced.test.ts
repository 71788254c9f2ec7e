import { describe, expect, it } from "vitest";
import { sourceOf } from "../targets/targets.ts";
import { localConnection } from "./local.ts";
import { runScript } from "./testing/run-script.ts";
import { traced, traceLine } from "./traced.ts";
import type { Interaction } from "./transport.ts";

describe("what --verbose tells", () => {
  it("is which script of ours ran, how it ended and how long it took, and no word of its arguments, input or output", async () => {
    const lines: string[] = [];
    const connection = traced(localConnection(), (told) => lines.push(traceLine(told)));
    await runScript(connection, "#podglass:test/3\ncat; echo out-secret; exit 5\n", ["argument-secret"], {
      input: "input-secret",
    });
    connection.close();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/: test\/3 begins$/);
    expect(lines[1]).toMatch(/: test\/3 ended with 5 after \d+ ms$/);
    expect(lines.join()).not.toContain("secret");
  });

  it("is each reading and the assembling of it, over a way in", async () => {
    const lines: string[] = [];
    const source = await sourceOf("demo", { trace: (told) => lines.push(traceLine(told)) });
    const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => undefined };
    const opened = await source.open(nobody, new AbortController().signal);
    await opened.read({});
    await opened.read({ deep: true });
    opened.close();
    expect(lines.map((line) => line.replace(/^.*?: /, "").replace(/\d+ ms/, "N ms"))).toEqual(
      expect.arrayContaining(["a quick reading: N ms", "a deep reading: N ms", "assembling it: N ms"]),
    );
    expect(lines.some((line) => /: probe\S*\/\d+.* begins$/.test(line))).toBe(true);
  });
});
