/**
 * A node of 2,000 processes that lives for an hour, one snapshot a second, always the same. Made here and not measured:
 * who measures writing takes the time around the writer only.
 */
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingWriter } from "../src-main/recordings/writer.ts";
import { itemOrder, LISTS } from "../src-shared/diff/delta.ts";
import type { Process, Snapshot } from "../src-shared/model.ts";
import { type Random, seeded } from "../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../src-shared/testing/synthetic.ts";

const START = Date.parse("2026-11-21T12:00:00Z");
const PROCESSES = 2000;

/** How much changes from one second to the next. */
export interface Life {
  name: string;
  /** Of 1,000 processes, how many have another size. */
  processes: number;
  /** Of 1,000 groups, how many used something. */
  groups: number;
  /** Processes that start in a second and live for ten. */
  born: number;
  /** Seconds between a pod that comes and one that goes. */
  podEvery: number;
}

/** As counted on a live node of 2,400 processes with 60 pods on which others worked: 2 in 1,000 and 15 in 1,000, rounded up. */
export const CALM: Life = { name: "as on a live node", processes: 10, groups: 30, born: 5, podEvery: 60 };
/** Every pod serves someone, all the time. */
export const BUSY: Life = {
  name: "every fourth of all busy each second",
  processes: 250,
  groups: 250,
  born: 5,
  podEvery: 60,
};

const SECONDS = 3600;

/** An hour as a recording, and how long each of its frames took to be written (ms, the mean). */
export interface RecordedHour {
  path: string;
  bytes: number;
  processes: number;
  groups: number;
  writeMs: number;
}

/**
 * That hour in a file, which is made once (in minutes) and kept in the folder for temporary files: whoever wants it written
 * anew, by a writer that was changed, removes it.
 */
export async function recordedHour(life: Life): Promise<RecordedHour> {
  const path = join(tmpdir(), `podglass-bench-hour-${life.name.replaceAll(" ", "-")}.podglass`);
  const about = `${path}.json`;
  try {
    const known = JSON.parse(await readFile(about, "utf8")) as RecordedHour;
    if ((await stat(path)).size === known.bytes) return known;
  } catch {
    // It is made now.
  }
  const unfinished = `${path}.${process.pid}`;
  try {
    const writer = await RecordingWriter.create(unfinished, { label: "bench" });
    let writing = 0;
    let [processes, groups] = [0, 0];
    for (const snapshot of hour(life, SECONDS)) {
      const began = performance.now();
      await writer.write(snapshot);
      writing += performance.now() - began;
      [processes, groups] = [snapshot.processes.length, snapshot.cgroups.length];
    }
    const { bytes } = await writer.close();
    const made = { path, bytes, processes, groups, writeMs: writing / SECONDS };
    await rename(unfinished, path);
    await writeFile(about, JSON.stringify(made));
    return made;
  } finally {
    await rm(unfinished, { force: true });
  }
}

export function* hour(life: Life, seconds: number): Generator<Snapshot> {
  const random = seeded(5);
  const base = sorted(syntheticSnapshot({ pods: 200, takenAt: new Date(START).toISOString() }));
  let snapshot: Snapshot = { ...base, processes: filled(base) };
  for (let second = 0; second < seconds; second++) {
    snapshot = next(snapshot, base, second, life, random);
    yield snapshot;
  }
}

/** Up to 2,000 processes: each pod's first process has children. */
function filled(snapshot: Snapshot): Process[] {
  const all = [...snapshot.processes];
  const models = snapshot.pods.flatMap((pod) => all.find((one) => one.pid === pod.sandbox.pid) ?? []);
  for (let i = 0; all.length < PROCESSES; i++) {
    const model = models[i % models.length];
    if (!model) break;
    all.push(child(model, 100_000 + i));
  }
  return all;
}

const child = (model: Process, pid: number): Process => ({
  ...model,
  pid,
  ppid: model.pid,
  startTicks: pid,
  comm: `worker-${pid % 40}`,
  cmdline: ["/usr/bin/worker", `--id=${pid}`],
});

function next(before: Snapshot, base: Snapshot, second: number, life: Life, random: Random): Snapshot {
  const chance = (of: number) => random.below(1000) < of;
  const counted = (text: string | undefined, by: number) =>
    (text ?? "0").replace(/\d+/, (digits) => String(Number(digits) + by));
  const processes = before.processes
    // Those born ten seconds ago end.
    .filter((one) => one.pid < 1_000_000 || one.pid >= 1_000_000 + (second - 10) * life.born)
    .map((one) =>
      chance(life.processes)
        ? { ...one, rssBytes: Math.max(4096, one.rssBytes + 4096 * (random.below(65) - 32)) }
        : one,
    );
  const parent = processes[processes.length >> 1];
  for (let i = 0; parent && i < life.born; i++) processes.push(child(parent, 1_000_000 + second * life.born + i));
  const pods = second % life.podEvery === life.podEvery - 1 ? before.pods.slice(0, -1) : base.pods;
  return {
    ...before,
    takenAt: new Date(START + second * 1000).toISOString(),
    processes,
    cgroups: before.cgroups.map((one) => {
      if (!chance(life.groups)) return one;
      const files = { ...one.files };
      if (files["cpu.stat"]) files["cpu.stat"] = counted(files["cpu.stat"], random.below(40_000));
      if (files["memory.current"]) files["memory.current"] = String(4096 * random.below(65_536));
      return { ...one, files };
    }),
    pods,
  };
}

function sorted(snapshot: Snapshot): Snapshot {
  for (const name of LISTS) (snapshot[name] as unknown[]).sort(itemOrder[name] as (a: unknown, b: unknown) => number);
  return snapshot;
}
