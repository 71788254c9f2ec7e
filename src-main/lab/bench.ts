/**
 * What a pause costs: N pods with a pause and without, made and taken away in turns in one run, repeated; and the same
 * with podman and containerd where the node has them. The node's own clock and processor time, so that the way to it does not count.
 */
import { randomBytes } from "node:crypto";
import type { BenchRow } from "../../src-shared/api.ts";
import { compose } from "../actions/compose.ts";
import { type Line, Refused, type RunOptions, runOnNode } from "../actions/remote.ts";
import { type Connection, ConnectionError } from "../transport/transport.ts";
import benchScript from "./bench.sh?raw";
import base from "./bench-base.sh?raw";
import containerdScript from "./bench-containerd.sh?raw";
import podmanScript from "./bench-podman.sh?raw";
import sweepScript from "./bench-sweep.sh?raw";
import { done, LAB_SILENCE_MS, pauseArguments, shared } from "./lab.ts";
import startScript from "./start.sh?raw";
import upScript from "./up.sh?raw";

export interface BenchProgress {
  /** Rounds of one kind, done and in all. */
  done: number;
  total: number;
  rows: BenchRow[];
  /** What is being done just now. */
  now?: { kind: string; step: "create" | "remove"; pod: number; pods: number };
}

export interface BenchInput extends Omit<RunOptions, "onLine" | "hold"> {
  /** Pods a round; a runtime's take longer, so at most 20 of them. */
  pods?: number;
  rounds?: number;
  /** Tells this bench from others on the node; left out: one that nobody else has. */
  prefix?: string;
  onProgress?: (progress: BenchProgress) => void;
}

interface Kind {
  name: string;
  script: string;
  args: string[];
  most: number;
}

const makePod = `make_pod() (\n${upScript}\n)\n`;
const lab = compose(benchScript, ...shared, startScript, base, makePod);
const podman = compose(podmanScript, ...shared, base);
const containerd = compose(containerdScript, ...shared, base);
const sweep = compose(sweepScript, ...shared);
/** Seconds that a round which was called off may take to end the pod it is at and to take all away. */
const PATIENCE = 120;
/** Measures of the whole node's share that are told per pod; the unit of each. */
const UNITS: Record<string, string> = {
  createMs: "ms",
  removeMs: "ms",
  nodeCpuMs: "ms",
  processes: "",
  rssBytes: "B",
  pssBytes: "B",
  chargedBytes: "B",
  cgroups: "",
  mounts: "",
};

const kinds = (): Kind[] => [
  { name: "lab pause", script: lab, args: ["pause", ...pauseArguments], most: 500 },
  { name: "lab pinned", script: lab, args: ["pinned", ...pauseArguments], most: 500 },
  { name: "podman infra", script: podman, args: ["true"], most: 20 },
  { name: "podman without infra", script: podman, args: ["false"], most: 20 },
  { name: "podman pinned", script: podman, args: ["pinned"], most: 20 },
  { name: "containerd pause", script: containerd, args: ["pause"], most: 20 },
  { name: "containerd pinned", script: containerd, args: ["pinned"], most: 20 },
];

/**
 * All measures are per pod. A kind that the node cannot make is left out. What a bench before it left when its shell was
 * killed goes first. Throws Refused, ReadingError, ConnectionError; "cancelled" by the signal, when all is taken away.
 */
export async function labBench(connection: Connection, input: BenchInput = {}): Promise<BenchRow[]> {
  const { pods = 100, rounds = 3, prefix = `bench-${randomBytes(3).toString("hex")}`, onProgress, ...run } = input;
  const samples = new Map<string, { pods: number; values: Record<string, number[]> }>();
  let left = kinds();
  const rows = () => [...samples].map(([kind, { pods: each, values }]) => row(kind, each, values));
  let ended = 0;
  const tell = (now?: BenchProgress["now"]) =>
    onProgress?.({ done: ended, total: Math.max(ended, rounds * left.length), rows: rows(), ...(now && { now }) });
  done(
    await runOnNode(connection, sweep, ["", "0"], { silenceMs: LAB_SILENCE_MS, ...run }),
    "looking for what an older bench left",
    connection,
  );
  try {
    for (let round = 0; round < rounds; round += 1) {
      // In turns, and each round the other way round: what else the node does hits all kinds alike.
      for (const kind of round % 2 === 0 ? left : [...left].reverse()) {
        const count = Math.min(pods, kind.most);
        const found = await measureOnce(connection, kind, `${prefix}-${round}`, count, run, tell);
        if (found === undefined) left = left.filter((each) => each !== kind);
        else {
          const known = samples.get(kind.name) ?? { pods: count, values: {} };
          samples.set(kind.name, known);
          for (const [name, value] of found) known.values[name] = [...(known.values[name] ?? []), value / count];
          ended += 1;
        }
        tell();
      }
    }
  } catch (error) {
    await clearUp(connection, prefix, run, error as Error);
    throw error;
  }
  return rows();
}

/** Waits until the round that failed or was called off has taken its pods away, and takes what it could not. */
async function clearUp(connection: Connection, prefix: string, run: RunOptions, cause: Error): Promise<void> {
  const { signal: _, ...rest } = run;
  try {
    done(
      await runOnNode(connection, sweep, [`${prefix}-`, String(PATIENCE)], { silenceMs: LAB_SILENCE_MS, ...rest }),
      "taking the pods away",
      connection,
    );
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    cause.message += `; the node takes the pods away by itself, and podglass lab list ${connection.label} shows what is left`;
  }
}

/** One kind, one round: measure to total over all pods. undefined: the node has no such runtime, or no image for it. */
async function measureOnce(
  connection: Connection,
  kind: Kind,
  prefix: string,
  pods: number,
  run: RunOptions,
  tell: (now: BenchProgress["now"]) => void,
) {
  const args = [prefix, String(pods), ...kind.args];
  let step: "create" | "remove" = "create";
  const onLine = ({ word, name }: Line) => {
    if (word === "step") step = name === "remove" ? "remove" : "create";
    else if (word === "at") tell({ kind: kind.name, step, pod: Number(name), pods });
  };
  const result = await runOnNode(connection, kind.script, args, {
    silenceMs: LAB_SILENCE_MS,
    ...run,
    onLine,
    hold: true,
  });
  if (result.lines.some(({ word, name }) => word === "no" && name === "tools")) return undefined;
  try {
    done(result, `measuring ${kind.name}`, connection);
  } catch (error) {
    // A runtime may be there and broken: that is its own matter, and no reason to lose the lab's figures.
    if (kind.script !== lab && result.code !== null && !(error instanceof Refused)) return undefined;
    throw error;
  }
  return result.lines.flatMap(({ word, name, rest }): [string, number][] =>
    word === "fact" && name in UNITS ? [[name, Number(rest)]] : [],
  );
}

function row(kind: string, pods: number, values: Record<string, number[]>): BenchRow {
  const measures: BenchRow["measures"] = {};
  let rounds = 0;
  for (const [name, all] of Object.entries(values)) {
    const sorted = [...all].sort((a, b) => a - b);
    rounds = Math.max(rounds, sorted.length);
    const middle = sorted.length >> 1;
    const median =
      sorted.length % 2 === 1
        ? (sorted[middle] as number)
        : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
    measures[name] = {
      median,
      low: sorted[0] as number,
      high: sorted.at(-1) as number,
      unit: UNITS[name] ?? "",
    };
  }
  return { kind, pods, rounds, measures };
}
