/**
 * Curves of an hour of a node with 600 groups and more, a reading a second, of which a quarter change in each: how long a
 * pod's curves take from the question to the lines, and those of all groups at once; and, of two minutes of it, what a
 * reading costs with and without what is kept.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { History } from "../src-main/recordings/history.ts";
import { openRecording } from "../src-main/recordings/reader.ts";
import type { WantedGroups } from "../src-main/recordings/sections.ts";
import { Happened } from "../src-main/session/happened.ts";
import { chartsOf } from "../src-renderer/drawing/curves/charts.ts";
import { type Block, packBlock, unpackBlock } from "../src-shared/curves/block.ts";
import { lineOf, seriesOf } from "../src-shared/curves/series.ts";
import { piecesOf } from "../src-shared/curves/thin.ts";
import { BUSY, hour, recordedHour } from "./hour.ts";
import type { BenchTable } from "./table.ts";

const LIVE_SECONDS = 120;
const WIDTH = 800;

export async function run(): Promise<BenchTable[]> {
  return [await live(), await drawn()];
}

async function live(): Promise<BenchTable> {
  const root = await mkdtemp(join(tmpdir(), "podglass-bench-"));
  let own = 0;
  const history = new History(root, "bench", { spanMs: 3_600_000, bytes: 256 * 1024 * 1024 }, () => own);
  const happened = new Happened("bench");
  try {
    const without: number[] = [];
    const held: number[] = [];
    let writing = 0;
    for (const snapshot of hour(BUSY, LIVE_SECONDS)) {
      own += 1000;
      const began = performance.now();
      const told = happened.read(snapshot).map(({ text }) => text);
      const read = performance.now();
      const cpu = process.cpuUsage();
      history.take(snapshot, told);
      held.push(performance.now() - read);
      await history.curves(() => false, Number.MAX_SAFE_INTEGER);
      const { user, system } = process.cpuUsage(cpu);
      writing += (user + system) / 1000;
      without.push(read - began);
    }
    const perReading = writing / LIVE_SECONDS;
    return {
      title: `A reading with what is kept, ${LIVE_SECONDS} readings`,
      figures: [
        { what: "a reading's events, without what is kept (95th percentile)", figure: ms(p95(without)) },
        {
          what: "what keeping adds before the reading goes on (95th percentile)",
          figure: ms(p95(held)),
          goal: "≤ 1 ms",
          ok: p95(held) <= 1,
        },
        {
          what: "keeping it, behind: processor time a reading, one a second",
          figure: ms(perReading),
          goal: "≤ 50 ms",
          ok: perReading <= 50,
        },
      ],
    };
  } finally {
    await history.close();
    await rm(root, { recursive: true, force: true });
  }
}

const p95 = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length * 0.95)] ?? 0;
const ms = (value: number) => `${value.toFixed(1)} ms`;

async function drawn(): Promise<BenchTable> {
  const { path } = await recordedHour(BUSY);
  const recording = await openRecording(path);
  try {
    const last = await recording.at(Number.MAX_SAFE_INTEGER);
    const pod = last.pods[0];
    const paths = new Set(last.cgroups.map(({ path }) => path));
    // As they go to a window.
    const blocks = async (wanted: WantedGroups): Promise<Block[]> => {
      const got: Block[] = [];
      for (let at = 0; at < recording.blocks; at++)
        got.push(unpackBlock(packBlock(await recording.curves(at, wanted), wanted)));
      return got;
    };
    const began = performance.now();
    const own1 = await blocks((group) => group.pod === pod?.key);
    const asked = performance.now();
    const { charts, span } = chartsOf(own1, { name: "pod", wanted: ({ path }) => path === pod?.cgroupPath });
    const { fromMs = 0, toMs = 0 } = span ?? {};
    const draw = (from: number, to: number) =>
      charts.flatMap(({ curves }) => curves.map(({ line }) => piecesOf(line, from, to, WIDTH)));
    draw(fromMs, toMs);
    const opened = performance.now();
    const moves = Array.from({ length: 200 }, (_, i) => {
      const start = performance.now();
      draw(fromMs + i * 5000, toMs - i * 5000);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    const allBegan = performance.now();
    const all = await blocks(() => true);
    const allAsked = performance.now();
    let lines = 0;
    for (const path of [...paths].slice(0, 600)) {
      piecesOf(
        lineOf(
          seriesOf(all, (group) => group.path === path),
          "memory",
        ),
        fromMs,
        toMs,
        36,
      );
      lines += 1;
    }
    const allDrawn = performance.now();
    return {
      title: `Curves: ${paths.size} groups, ${recording.info.frames} readings`,
      figures: [
        {
          what: `a pod's curves of an hour: asked ${ms(asked - began)}, drawn ${ms(opened - asked)}`,
          figure: ms(opened - began),
          goal: "≤ 200 ms",
          ok: opened - began <= 200,
        },
        { what: "enlarging them, 95th percentile", figure: ms(p95(moves)), goal: "≤ 16.7 ms", ok: p95(moves) <= 16.7 },
        { what: `${lines} groups at once: asked`, figure: ms(allAsked - allBegan) },
        { what: `${lines} groups at once: a small line of each`, figure: ms(allDrawn - allAsked) },
      ],
    };
  } finally {
    await recording.close();
  }
}
