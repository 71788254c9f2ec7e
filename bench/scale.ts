/**
 * A node of 20,000 processes and 5,000 cgroups, read over ssh by each reader: no ARG_MAX, no exec string, no length of a
 * record is in the way, and nothing holds the thread for long. The machine needs room for the processes (about 5 GB).
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate as yieldToEventLoop } from "node:timers/promises";
import { type Sshd, startSshd, whyNoSshd } from "../e2e/nodes/sshd.ts";
import { openLive, type ReadOptions, readNode } from "../src-main/probe/index.ts";
import { bareNode } from "../src-main/probe/testing/bare.ts";
import { connectSsh } from "../src-main/ssh/connect.ts";
import type { Connection, Interaction } from "../src-main/transport/transport.ts";
import { assembleSliced } from "../src-shared/assemble/assemble.ts";
import type { Reading } from "../src-shared/reading.ts";
import { meterBlocks } from "./blocks.ts";
import { buildTools, hierarchies, startGawk, startLoad } from "./load.ts";
import type { BenchFigure, BenchTable } from "./table.ts";
import { tidied } from "./tidied.ts";

/** PODGLASS_BENCH_PODS for a quick look. */
const PODS = Number(process.env.PODGLASS_BENCH_PODS ?? 500);
const PER_POD = 40;
const GROUPS = PODS * 10;
const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

const connect = (sshd: Sshd): Promise<Connection> =>
  connectSsh(
    sshd.target(),
    { identityFiles: [sshd.keyFile], configFile: "none", userKnownHostsFiles: [sshd.knownHosts] },
    nobody,
  );

/** Groups below those of the load until there are enough of them. */
function moreGroups(): () => void {
  const tops = hierarchies().map((path) => join(path, `podglass-bench-${process.pid}`));
  const each = Math.ceil(GROUPS / tops.length / PODS) - 1;
  const made: string[] = [];
  for (const top of tops)
    for (const pod of readdirSync(top).filter((name) => name.startsWith("pod")))
      for (let at = 0; at < each; at++) {
        mkdirSync(join(top, pod, `c${at}`));
        made.push(join(top, pod, `c${at}`));
      }
  return () => {
    for (const folder of made) rmdirSync(folder);
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
/** What a whole reading of so much must not have: a gap that says that something was lost on the way, or did not fit. */
const lost = (reading: Reading): string[] =>
  reading.gaps
    .filter(({ why }) => /damaged|lost|cut off|more than/.test(why))
    .map(({ what, why }) => `${what}: ${why}`);

async function one(name: string, sshd: Sshd, options: ReadOptions): Promise<BenchFigure[]> {
  process.stderr.write(`  ${name}\n`);
  const connection = await connect(sshd);
  try {
    const blocks = meterBlocks();
    const since = performance.now();
    const reading = await readNode(connection, options);
    const wall = performance.now() - since;
    await assembleSliced(reading, () => yieldToEventLoop());
    const block = blocks.stop();
    const whole =
      reading.processes.length >= PODS * PER_POD && reading.cgroups.length >= GROUPS && lost(reading).length === 0;
    const found = `${reading.processes.length} processes, ${reading.cgroups.length} groups`;
    return [
      {
        what: `${name}: read`,
        figure: [found, seconds(wall), ...lost(reading)].join(", "),
        goal: `≥ ${PODS * PER_POD} and ≥ ${GROUPS}, nothing lost`,
        ok: whole,
      },
      { what: "  longest block of the thread", figure: `${block.toFixed(0)} ms`, goal: "≤ 50 ms", ok: block <= 50 },
    ];
  } finally {
    connection.close();
  }
}

async function live(name: string, sshd: Sshd): Promise<BenchFigure> {
  const connection = await connect(sshd);
  const session = await openLive(connection);
  try {
    const blocks = meterBlocks();
    await assembleSliced(await session.tick(), () => yieldToEventLoop());
    const [had, since] = [session.bytes, performance.now()];
    for (let turn = 0; turn < 5; turn++) await assembleSliced(await session.tick(), () => yieldToEventLoop());
    const wall = (performance.now() - since) / 5;
    const kb = ((session.bytes - had) / 5 / 1000).toFixed(0);
    return {
      what: `${name}: a live refresh`,
      figure: `${seconds(wall)}, ${kb} kB, block ${blocks.stop().toFixed(0)} ms`,
    };
  } finally {
    session.close();
    connection.close();
  }
}

/** Throws a sentence where the machine cannot run it. */
export async function run(): Promise<BenchTable> {
  const why = whyNoSshd();
  if (why !== null) throw new Error(`the scale bench needs an sshd of its own: ${why}`);
  const most = Number(readFileSync("/proc/sys/kernel/pid_max", "utf8"));
  if (most < PODS * PER_POD + 4000)
    throw new Error(`the scale bench needs more pids than kernel.pid_max=${most} gives`);
  if (freemem() < 6e9) throw new Error("the scale bench needs 6 GB of free memory");
  return tidied(async (undo) => {
    const tools = buildTools();
    undo.push(() => tools.remove());
    const sshd = await startSshd();
    undo.push(() => sshd.stop());
    const poor = bareNode();
    undo.push(() => poor.remove());
    const bare = await startSshd({ start: (args) => ["unshare", ...poor.args(`exec ${args.join(" ")}`)] });
    undo.push(() => bare.stop());
    const gawk = await startGawk();
    if (gawk) undo.push(() => gawk.stop());
    const load = await startLoad(tools, PODS, PER_POD);
    undo.push(() => load.stop());
    undo.push(moreGroups());
    return {
      title: `Scale: ${PODS * PER_POD} processes and ${GROUPS} groups over ssh`,
      figures: [
        ...(await one("perl", sshd, { reader: "perl" })),
        ...(await one("mawk", sshd, { reader: "awk" })),
        ...(gawk ? await one("gawk", gawk, { reader: "awk" }) : []),
        ...(await one("busybox alone", bare, {})),
        ...(await one("perl, deep", sshd, { reader: "perl", deep: true })),
        await live("perl", sshd),
        await live("busybox alone", bare),
      ],
    };
  });
}
