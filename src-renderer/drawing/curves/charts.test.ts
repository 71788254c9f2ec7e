import { describe, expect, it } from "vitest";
import { type Block, BlockWriter, packBlock } from "../../../src-shared/curves/block.ts";
import { type GroupNow, METRIC_NAMES, type MetricName } from "../../../src-shared/curves/metrics.ts";
import { withAnswer } from "../../state/curves.ts";
import { chartsOf, valueAt } from "./charts.ts";
import { ticksOf, topOf } from "./scale.ts";

const START = Date.parse("2026-11-28T03:00:00Z");
const group = (path: string, some: Partial<Record<MetricName, number>>, container?: string): GroupNow => ({
  path,
  ...(container === undefined ? {} : { container }),
  values: METRIC_NAMES.map((name) => some[name] ?? Number.NaN),
});
function blockOf(seconds: readonly number[], at: (second: number) => GroupNow[]): Block {
  const writer = new BlockWriter();
  for (const second of seconds) writer.add(START + second * 1000, at(second));
  return writer.block;
}
const main = { name: "the pod", wanted: ({ path }: { path: string }) => path === "/p" };
const app = { name: "app", wanted: ({ container }: { container?: string }) => container === "app" };
const MiB = 1024 * 1024;

describe("charts", () => {
  const block = blockOf([0, 1, 2, 3, 30, 31, 32, 33], (second) => [
    group("/p", {
      memory: (100 + second) * MiB,
      memoryMax: 256 * MiB,
      memoryHolds: 128 * MiB,
      cpuUsec: second * 250_000,
      throttledUsec: 0,
      memorySome: second * 10_000,
      memoryFull: 0,
      oomKills: second >= 32 ? 2 : 0,
    }),
    group(second < 32 ? "/p/1" : "/p/2", { memory: second * MiB, restarts: second < 32 ? 0 : 1 }, "app"),
  ]);
  const { charts, away, steps, span } = chartsOf([block], main, [app]);
  const named = (title: string) => charts.find((one) => one.title === title);

  it("show what was felt, tell both limits where they differ, and say each value in words", () => {
    expect(charts.map(({ title }) => title)).toEqual(["Memory", "CPU", "Stalled"]);
    expect(named("Memory")?.curves.map(({ name }) => name)).toEqual([
      "the pod",
      "app",
      "limit set here",
      "limit that holds",
    ]);
    expect(named("Stalled")?.curves.map(({ name }) => name)).toEqual(["memory, some"]);
    const cpu = named("CPU")!;
    expect(cpu.curves.map((one) => valueAt(cpu, one, START + 2000))).toEqual(["0.25 cores"]);
  });

  it("say that the node was away, count kills, and bridge neither the gap nor a restart", () => {
    expect(span).toEqual({ fromMs: START, toMs: START + 33_000 });
    expect(away).toEqual([{ fromMs: START + 3000, toMs: START + 30_000 }]);
    expect(steps).toEqual([{ atMs: START + 32_000, text: "2 OOM kills" }]);
    const memory = named("Memory")!;
    expect(memory.curves.map((one) => valueAt(memory, one, START + 15_000))).toEqual(["–", "–", "–", "–"]);
    expect([...memory.curves[1]!.line.breaks]).toEqual([4, 6]);
  });

  it("have an upper edge above all that is drawn, with the limit where it is near", () => {
    const memory = named("Memory")!;
    expect(topOf(memory, START, START + 33_000)).toBeGreaterThan(256 * MiB);
    const far = {
      ...memory,
      curves: memory.curves.map((one) =>
        one.role === "limit" ? { ...one, line: { ...one.line, values: one.line.values.map(() => 1e12) } } : one,
      ),
    };
    expect(topOf(far, START, START + 33_000)).toBeLessThan(150 * MiB);
  });

  it("have round moments on their axis, and not too many", () => {
    for (const seconds of [4, 59, 600, 3600, 86_400]) {
      const ticks = ticksOf(START + 123, START + 123 + seconds * 1000, 6);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.every(({ atMs }) => atMs % 1000 === 0)).toBe(true);
    }
  });
});

describe("blocks that come", () => {
  const packed = (number: number, seconds: number[]) => ({
    number,
    base64: Buffer.from(packBlock(blockOf(seconds, (second) => [group("/p", { memory: second })]))).toString("base64"),
  });
  it("take the place of what grew, and old ones go", () => {
    const first = withAnswer([], { first: 0, blocks: [packed(0, [0, 1]), packed(1, [2])], more: false });
    const next = withAnswer(first, { first: 1, blocks: [packed(1, [2, 3]), packed(2, [4])], more: false });
    expect(next.map(({ number, block }) => [number, block.times.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(withAnswer(next, { first: 1, blocks: [], more: false })).toEqual(next);
  });
});
