/**
 * A node of 2,000 processes that lives for an hour, one snapshot a second, always the same. Made here and not measured:
 * who measures writing takes the time around the writer only.
 */
import { itemOrder, LISTS } from "../src-shared/diff/delta.ts";
import type { Process, Snapshot } from "../src-shared/model.ts";
import { type Random, seeded } from "../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../src-shared/testing/synthetic.ts";

export const START = Date.parse("2026-11-21T12:00:00Z");
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
