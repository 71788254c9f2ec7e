/**
 * From raw facts to a snapshot, for nodes of 500 to 20,000 processes in pods of ten, with a config.json for each
 * container. Figures are processor time, so that what else runs here does not count.
 */
import { setImmediate as yieldToEventLoop } from "node:timers/promises";
import { encodeReading } from "../src-main/probe/encode.ts";
import { parseProbeText } from "../src-main/probe/parse.ts";
import { crowd } from "../src-main/testing/crowd.ts";
import { assemble, assembleSliced } from "../src-shared/assemble/assemble.ts";
import { Memory } from "../src-shared/assemble/memory.ts";
import { readiness } from "../src-shared/questions/readiness.ts";
import type { Reading } from "../src-shared/reading.ts";
import { meterBlocks } from "./blocks.ts";
import type { BenchFigure, BenchTable } from "./table.ts";

const ROUNDS = 9;
const ms = (value: number) => `${value.toFixed(1)} ms`;
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds for a reading that nobody has seen before: the objects are new, as after a connection. */
const firstMs = (processes: number, mode: "v1" | "v2"): number =>
  median(
    Array.from({ length: ROUNDS }, () => {
      const reading = crowd(processes, mode);
      return cpuMs(() => assemble(reading));
    }),
  );

/**
 * A process of a large node beside one of a small: as many processes at once, so that either is as much work and garbage,
 * in turns.
 */
function growthOf(small: number, large: number): number {
  const costs = (size: number, nodes: number): number => {
    const readings = Array.from({ length: nodes }, () => crowd(size));
    return cpuMs(() => {
      for (const reading of readings) assemble(reading);
    });
  };
  const rounds = Array.from({ length: ROUNDS }, () => [costs(small, large / small), costs(large, 1)] as const);
  return median(rounds.map(([, large]) => large)) / median(rounds.map(([small]) => small));
}

/** Milliseconds for the next reading of a quiet node: the same objects again. */
function nextMs(reading: Reading): number {
  const memory = new Memory();
  assemble(reading, memory);
  return median(Array.from({ length: ROUNDS }, () => cpuMs(() => assemble(reading, memory))));
}

/** Milliseconds between two breaths; processor time, for a busy machine takes the thread away in between. */
async function longestStretch(reading: Reading): Promise<number> {
  let before = process.cpuUsage();
  let longest = 0;
  const stretched = () => {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
  };
  await assembleSliced(reading, async () => {
    stretched();
    await yieldToEventLoop();
    before = process.cpuUsage();
  });
  stretched();
  return longest;
}

/** The same from a probe's output on: parsed as it comes in from a channel, then assembled, the thread given back. */
async function fromText(text: Buffer): Promise<{ cpu: number; block: number }> {
  const before = process.cpuUsage();
  const blocks = meterBlocks();
  const chunks = (async function* () {
    // A channel's window comes in chunks of this size (ssh2), each in a turn of its own.
    for (let at = 0; at < text.length; at += 32_768) {
      await yieldToEventLoop();
      yield text.subarray(at, at + 32_768);
    }
  })();
  await assembleSliced(await parseProbeText(chunks), () => yieldToEventLoop());
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, block: blocks.stop() };
}

/** Parse and assemble together, as performance goals count them. */
export async function parseAndAssemble(): Promise<BenchFigure[]> {
  const figures: BenchFigure[] = [];
  for (const [processes, goal] of [
    [2000, 50],
    [20_000, 450],
  ] as const) {
    const text = Buffer.from(encodeReading(crowd(processes)), "latin1");
    const rounds: { cpu: number; block: number }[] = [];
    for (let round = 0; round < 3; round++) await fromText(text); // the first rounds are the compiler's
    for (let round = 0; round < ROUNDS; round++) rounds.push(await fromText(text));
    const cpu = median(rounds.map((round) => round.cpu));
    const block = median(rounds.map((round) => round.block));
    const count = processes.toLocaleString("en");
    const size = `${(text.length / 1e6).toFixed(1)} MB`;
    figures.push(
      { what: `parse + assemble ${count} processes (${size})`, figure: ms(cpu), goal: `≤ ${goal} ms`, ok: cpu <= goal },
      { what: "  its longest block of the thread", figure: ms(block), goal: "≤ 50 ms", ok: block <= 50 },
    );
  }
  return figures;
}

export async function run(): Promise<BenchTable> {
  firstMs(2000, "v2"); // the first rounds are the compiler's
  const first = firstMs(2000, "v2");
  const growth = growthOf(500, 8000);
  const huge = firstMs(20_000, "v2");
  const old = firstMs(2000, "v1");
  const quiet = crowd(2000);
  const next = nextMs(quiet);
  const stretches: number[] = [];
  for (let round = 0; round < ROUNDS; round++) stretches.push(await longestStretch(crowd(20_000)));
  const stretch = median(stretches);
  const snapshot = assemble(crowd(20_000));
  const ready = cpuMs(() => readiness(snapshot));
  return {
    title: "Assembling a snapshot (2,000 processes: 200 pods, 600 config.json)",
    figures: [
      { what: "2,000 processes, cgroup v2, first", figure: ms(first), goal: "≤ 50 ms with parsing", ok: first <= 50 },
      {
        what: "2,000 processes, cgroup v1 (nine hierarchies), first",
        figure: ms(old),
        goal: "≤ 50 ms with parsing",
        ok: old <= 50,
      },
      { what: "2,000 processes, the next time, nothing changed", figure: ms(next) },
      { what: "20,000 processes, first", figure: ms(huge), goal: "≤ 450 ms with parsing", ok: huge <= 450 },
      {
        what: "longest stretch on the thread, 20,000 processes",
        figure: ms(stretch),
        goal: "≤ 50 ms",
        ok: stretch <= 50,
      },
      {
        what: "a process at 8,000 beside one at 500",
        figure: `${growth.toFixed(2)} ×`,
        goal: "≤ 1.1 ×",
        ok: growth <= 1.1,
      },
      { what: "readiness of 2,000 pods", figure: ms(ready) },
      ...(await parseAndAssemble()),
    ],
    notes: [`Processor time, median of ${ROUNDS}; Node ${process.version}`],
  };
}
