import { describe, expect, it } from "vitest";
import { crowd } from "../../src-main/testing/crowd.ts";
import { diffPods } from "../diff/pods.ts";
import { assemble } from "./assemble.ts";
import { readiness } from "./readiness.ts";

const time = (work: () => unknown) => { const t = process.cpuUsage(); work(); const d = process.cpuUsage(t); return (d.user + d.system) / 1000; };
describe("x", () => {
  it.each(["v1", "v2"] as const)(
    "%s",
    (mode) => {
      for (const n of [500, 2000, 8000, 20000]) {
        const r = crowd(n, mode);
        const s = assemble(r);
        console.log(
          mode,
          n,
          s.processes.length,
          s.pods.length,
          [1, 2, 3].map(() => time(() => assemble(r)).toFixed(1)).join(),
          "readiness",
          time(() => readiness(s)).toFixed(1),
          "diff",
          time(() => diffPods(s, s.pods[0]!.key, s, s.pods[1]!.key)).toFixed(1),
        );
        expect(s.pods.length).toBe(n / 10);
      }
    },
    60000,
  );
});
