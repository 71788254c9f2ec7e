import { describe, expect, it } from "vitest";
import { cgroupOf, snapshotOf } from "../testing/snapshot.ts";
import { findings } from "./findings.ts";
import { baselines } from "./over-time.ts";

/** A node at a second, with so many kills so far. */
const at = (second: number, kills: number, bootId = "a") =>
  snapshotOf({
    takenAt: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(),
    node: { bootId },
    cgroups: [cgroupOf("/a", { "memory.max": "1000", "memory.current": "10", "memory.events": `oom_kill ${kills}` })],
  });
const severity = (before: ReturnType<typeof baselines>, ...args: Parameters<typeof at>) => {
  const snapshot = at(...args);
  return findings(snapshot, before(snapshot))[0]?.severity;
};

describe("baselines", () => {
  it("is loud about what is new for ten to twenty seconds, then calms down", () => {
    const watch = baselines();
    expect(severity(watch, 0, 1)).toBe("info");
    for (let second = 1; second <= 30; second++) severity(watch, second, 1);
    expect(severity(watch, 31, 2)).toBe("critical");
    expect(severity(watch, 40, 2)).toBe("critical");
    for (let second = 41; second <= 55; second++) severity(watch, second, 2);
    expect(severity(watch, 56, 2)).toBe("info");
  });

  it("keeps nodes apart, and starts afresh when time goes back", () => {
    const watch = baselines();
    severity(watch, 0, 1, "a");
    expect(severity(watch, 5, 9, "b")).toBe("info");
    expect(severity(watch, 5, 2, "a")).toBe("critical");
    expect(severity(watch, -1, 9, "a")).toBe("info");
  });

  it("forgets nodes that nobody looks at", () => {
    const watch = baselines();
    severity(watch, 0, 1, "first");
    for (let i = 0; i < 20; i++) severity(watch, 0, 1, `other ${i}`);
    expect(severity(watch, 5, 2, "first")).toBe("info");
  });
});
