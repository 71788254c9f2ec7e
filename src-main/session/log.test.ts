import { describe, expect, it } from "vitest";
import type { NodeState } from "../../src-shared/api.ts";
import { Log } from "./log.ts";

const clock = () => {
  let now = 1000;
  return () => ++now;
};

describe("the log", () => {
  it("counts on one line what comes back every second, with the longest of it", () => {
    const log = new Log(clock());
    for (const ms of [61, 92, 55]) {
      log.add("a", { what: "a quick reading", state: "done", ms });
      log.add("a", { what: "assembling it", state: "done", ms: 5 });
    }
    expect(log.lines).toMatchObject([
      { what: "a quick reading", times: 3, ms: 55, longestMs: 92, atMs: 1001, lastMs: 1005 },
      { what: "assembling it", times: 3 },
    ]);
  });

  it("keeps a failure apart from what went well, and one node from another", () => {
    const log = new Log(clock());
    log.add("a", { what: "a quick reading", state: "done", ms: 1 });
    log.add("a", { what: "a quick reading", state: "failed", ms: 60_000 });
    log.add("b", { what: "a quick reading", state: "done", ms: 1 });
    expect(log.lines.map(({ target, state }) => `${target} ${state}`)).toEqual(["a done", "a failed", "b done"]);
  });

  it("shows a script as running until it has ended, and then how", () => {
    const log = new Log(clock());
    log.add("a", { what: "drop/3", state: "begins" });
    expect(log.lines).toMatchObject([{ state: "begins" }]);
    log.add("a", { what: "drop/3", state: "failed", ms: 9, status: 4 });
    expect(log.lines).toMatchObject([{ state: "failed", status: 4, times: 1 }]);
    expect(log.lines).toHaveLength(1);
  });

  it("says once why a node is away, and keeps no more than it has room for", () => {
    const log = new Log(clock());
    const away = { target: "a", phase: "stale", detail: "a closed the connection.\u0007" } as NodeState;
    log.heed(away);
    log.heed(away);
    log.heed({ ...away, phase: "live" });
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]?.what).not.toContain("\u0007");
    for (let i = 0; i < 3000; i += 1) log.add("a", { what: `script/${i} ${"x".repeat(2000)}`, state: "done" });
    expect(log.lines).toHaveLength(1000);
    expect(log.lines.at(-1)?.what).toMatch(/^script\/2999 /);
    expect(Math.max(...log.lines.map(({ what }) => what.length))).toBeLessThanOrEqual(500);
  });
});
