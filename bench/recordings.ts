/**
 * Recordings: how large an hour of a node of 2,000 processes is at one frame a second, how long it takes to open one,
 * and to go to any second of it. Twice: with as much change as a live node shows, and with a quarter of everything
 * changing each second. Seeks are to random seconds, each of them to another part of the file.
 */
import { copyFile, rm, truncate } from "node:fs/promises";
import { openRecording } from "../src-main/recordings/reader.ts";
import { seeded } from "../src-shared/testing/random.ts";
import { BUSY, CALM, type RecordedHour, recordedHour } from "./hour.ts";
import type { BenchFigure, BenchTable } from "./table.ts";

const SEEKS = 200;

export async function run(): Promise<BenchTable[]> {
  const tables: BenchTable[] = [];
  for (const life of [CALM, BUSY]) tables.push(await measured(await recordedHour(life), life.name));
  return tables;
}

async function measured({ path, bytes, processes, groups, writeMs }: RecordedHour, life: string): Promise<BenchTable> {
  const openMs = await openTime(path);
  const { frames, seeks, cpuMs, playMs } = await seek(path);
  const cut = `${path}.${process.pid}`;
  await copyFile(path, cut);
  await truncate(cut, bytes - 40);
  const cutMs = await openTime(cut).finally(() => rm(cut));
  const megabytes = bytes / 1e6;
  const at = (part: number) => seeks[Math.min(seeks.length - 1, Math.floor(seeks.length * part))] ?? 0;
  const within = (what: string, ms: number, most: number): BenchFigure => ({
    what,
    figure: `${ms.toFixed(0)} ms`,
    goal: `≤ ${most} ms`,
    ok: ms <= most,
  });
  return {
    title: `Recordings, an hour ${life}: ${processes} processes, ${groups} groups, ${frames} frames`,
    figures: [
      {
        what: "an hour at one frame a second",
        figure: `${megabytes.toFixed(1)} MB`,
        goal: "≤ 30 MB",
        ok: megabytes <= 30,
      },
      { what: "writing a frame", figure: `${writeMs.toFixed(1)} ms` },
      within("opening it", openMs, 1000),
      within("opening it after a crash (no index)", cutMs, 1000),
      within("going to any second, median", at(0.5), 100),
      within("going to any second, 95th percentile", at(0.95), 100),
      within(`going to any second, worst of ${SEEKS}`, at(1), 100),
      { what: "processor time of going to one", figure: `${cpuMs.toFixed(0)} ms` },
      { what: "the next frame while playing", figure: `${playMs.toFixed(1)} ms` },
    ],
  };
}

/** From the path to the first picture. */
async function openTime(path: string): Promise<number> {
  const began = performance.now();
  const recording = await openRecording(path);
  await recording.at(recording.info.endMs - recording.info.startMs);
  const took = performance.now() - began;
  await recording.close();
  return took;
}

/** Milliseconds of each seek, ascending. */
async function seek(path: string): Promise<{ frames: number; seeks: number[]; cpuMs: number; playMs: number }> {
  const recording = await openRecording(path);
  const { frames } = recording.info;
  const random = seeded(9);
  const seeks: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < SEEKS; i++) {
    const second = random.below(frames);
    const began = performance.now();
    await recording.at(second * 1000);
    seeks.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  const began = performance.now();
  for (let second = 0; second < SEEKS; second++) await recording.at(second * 1000);
  const playMs = (performance.now() - began) / SEEKS;
  await recording.close();
  return { frames, seeks: seeks.sort((a, b) => a - b), cpuMs: (user + system) / 1000 / SEEKS, playMs };
}
