/**
 * Recordings: how large an hour of a busy node of 2,000 processes is, how long it takes to open one and to go to any
 * second of it. Usage moves in a quarter of all processes and groups each second, a pod comes or goes every minute.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecording } from "../src-main/recordings/reader.ts";
import { RecordingWriter } from "../src-main/recordings/writer.ts";
import { itemOrder, LISTS } from "../src-shared/delta.ts";
import type { Snapshot } from "../src-shared/model.ts";
import { seeded } from "../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../src-shared/testing/synthetic.ts";
import type { BenchTable } from "./table.ts";

const START = Date.parse("2026-11-21T12:00:00Z");
const SECONDS = 3600;

export async function run(): Promise<BenchTable> {
  const folder = await mkdtemp(join(tmpdir(), "podglass-bench-"));
  try {
    const path = join(folder, "hour.podglass");
    const { snapshot, writeMs } = await record(path);
    const { bytes, openMs, frames, seeks, cpuMs } = await read(path);
    const cut = await openTime(path, false);
    const median = seeks[Math.floor(seeks.length / 2)] ?? 0;
    const worst = seeks.at(-1) ?? 0;
    const mb = bytes / 1e6;
    return {
      title: `Recordings: ${snapshot.processes.length} processes, ${snapshot.cgroups.length} groups, ${frames} frames`,
      figures: [
        { what: "an hour at one frame a second", figure: `${mb.toFixed(1)} MB`, goal: "≤ 30 MB", ok: mb <= 30 },
        { what: "writing a frame", figure: `${(writeMs / SECONDS).toFixed(1)} ms` },
        { what: "opening it", figure: `${openMs.toFixed(0)} ms`, goal: "≤ 1000 ms", ok: openMs <= 1000 },
        {
          what: "opening it after a crash (no index)",
          figure: `${cut.toFixed(0)} ms`,
          goal: "≤ 1000 ms",
          ok: cut <= 1000,
        },
        { what: "going to any second, median", figure: `${median.toFixed(0)} ms`, goal: "≤ 100 ms", ok: median <= 100 },
        {
          what: "going to any second, worst of 60",
          figure: `${worst.toFixed(0)} ms`,
          goal: "≤ 100 ms",
          ok: worst <= 100,
        },
        { what: "processor time of going to one", figure: `${cpuMs.toFixed(0)} ms` },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function record(path: string): Promise<{ snapshot: Snapshot; writeMs: number }> {
  const random = seeded(5);
  let snapshot = sorted(syntheticSnapshot({ pods: 200, takenAt: new Date(START).toISOString() }));
  const per = Math.ceil(1800 / snapshot.pods.length);
  snapshot = { ...snapshot, processes: filled(snapshot, per) };
  const writer = await RecordingWriter.create(path, { label: "bench" });
  let writeMs = 0;
  for (let second = 0; second < SECONDS; second++) {
    snapshot = step(snapshot, second, random);
    const began = performance.now();
    await writer.write(snapshot);
    writeMs += performance.now() - began;
  }
  await writer.close();
  return { snapshot, writeMs };
}

/** Up to 2,000 processes: each pod's first process has children. */
function filled(snapshot: Snapshot, per: number): Snapshot["processes"] {
  const all = [...snapshot.processes];
  let pid = 100_000;
  for (const pod of snapshot.pods) {
    const model = snapshot.processes.find((one) => one.pid === (pod.sandbox.pid ?? one.pid));
    for (let i = 0; model && i < per && all.length < 2000; i++)
      all.push({
        ...model,
        pid: pid++,
        startTicks: pid,
        comm: `worker-${i}`,
        cmdline: ["/usr/bin/worker", `--id=${pid}`],
      });
  }
  return all;
}

function step(before: Snapshot, second: number, random: ReturnType<typeof seeded>): Snapshot {
  const digits = (text: string | undefined, by: number) => (text ?? "0").replace(/\d+/, (n) => String(Number(n) + by));
  return {
    ...before,
    takenAt: new Date(START + second * 1000).toISOString(),
    processes: before.processes.map((one) =>
      random.below(4) === 0 ? { ...one, rssBytes: one.rssBytes + 4096 * (random.below(65) - 32) } : one,
    ),
    cgroups: before.cgroups.map((one) => {
      if (random.below(4) !== 0) return one;
      const files = { ...one.files };
      if (files["cpu.stat"]) files["cpu.stat"] = digits(files["cpu.stat"], random.below(40_000));
      if (files["memory.current"]) files["memory.current"] = String(4096 * random.below(65_536));
      return { ...one, files };
    }),
    pods: second % 60 === 59 ? before.pods.slice(0, -1) : before.pods,
  };
}

function sorted(snapshot: Snapshot): Snapshot {
  for (const name of LISTS) (snapshot[name] as unknown[]).sort(itemOrder[name] as (a: unknown, b: unknown) => number);
  return snapshot;
}

async function openTime(path: string, whole: boolean): Promise<number> {
  const { truncate, stat } = await import("node:fs/promises");
  if (!whole) await truncate(path, (await stat(path)).size - 40);
  const began = performance.now();
  const recording = await openRecording(path);
  await recording.at(0);
  await recording.close();
  return performance.now() - began;
}

async function read(
  path: string,
): Promise<{ bytes: number; openMs: number; frames: number; seeks: number[]; cpuMs: number }> {
  const openMs = await openTime(path, true);
  const recording = await openRecording(path);
  const random = seeded(9);
  const seeks: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < 60; i++) {
    const began = performance.now();
    await recording.at(random.below(SECONDS) * 1000);
    seeks.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  const { bytes, frames } = recording.info;
  await recording.close();
  return { bytes, openMs, frames, seeks: seeks.sort((a, b) => a - b), cpuMs: (user + system) / 1000 / seeks.length };
}
