/**
 * The main process with ten nodes of 2,000 processes open and live: does its memory stay small, and flat? A plain Node
 * process of its own runs the Inspector as the shells do; PODGLASS_BENCH_MINUTES says how long (10).
 */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startSshd, whyNoSshd } from "../e2e/nodes/sshd.ts";
import { Inspector } from "../src-main/inspector.ts";
import type { ShellPowers } from "../src-main/shells/shell.ts";
import type { ApiEvent } from "../src-shared/api.ts";
import { buildTools, startLoad } from "./load.ts";
import type { BenchTable } from "./table.ts";
import { tidied } from "./tidied.ts";

const MINUTES = Number(process.env.PODGLASS_BENCH_MINUTES ?? 10);
const NODES = 10;
const SAMPLE_MS = 2000;
const GOAL = 250e6;
/** Bytes by which the last third's middle may be above the first's and still be called flat: what GC leaves to chance. */
const SLACK = 25e6;

interface Sample {
  rss: number;
  heap: number;
  deltas: number;
}

/** What runs in the child: opens all nodes, prints "live", then a sample a line until its minutes are over. */
export async function watchNodes(configFile: string, stateDir: string, minutes: number): Promise<void> {
  const inspector = new Inspector({ stateDir, actions: "never", source: { configFile } });
  const shell: ShellPowers = {
    confirm: async () => false,
    saveFile: async () => false,
    openFile: async () => null,
    actions: "never",
  };
  let deltas = 0;
  inspector.subscribe((event: ApiEvent) => {
    // As a shell does with each event, before it goes to its window.
    JSON.stringify(event);
    if (event.type === "delta") deltas += 1;
  });
  // One after the other: on a busy machine ten that start at once do not answer in time.
  for (let node = 0; node < NODES; node++)
    await inspector.request("node.open", { target: `bench-${node}`, options: { wait: true } }, shell);
  console.log("live");
  for (const until = Date.now() + minutes * 60_000; Date.now() < until; ) {
    await sleep(SAMPLE_MS);
    const { rss, heapUsed } = process.memoryUsage();
    console.log(JSON.stringify({ rss, heap: heapUsed, deltas } satisfies Sample));
  }
  await inspector.close();
  process.exit(0);
}

/** Throws a sentence where the machine cannot run it. */
export async function run(): Promise<BenchTable> {
  const why = whyNoSshd();
  if (why !== null) throw new Error(`the memory bench needs an sshd of its own: ${why}`);
  return tidied(async (undo) => {
    const tools = buildTools();
    undo.push(() => tools.remove());
    const sshd = await startSshd({ config: ["MaxStartups 100"] });
    undo.push(() => sshd.stop());
    const load = await startLoad(tools, 200, 10);
    undo.push(() => load.stop());
    const configFile = join(tools.folder, "ssh_config");
    const hosts = Array.from({ length: NODES }, (_, node) => `bench-${node}`).join(" ");
    writeFileSync(
      configFile,
      `Host ${hosts}\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User root\n  IdentityAgent none\n  IdentityFile ${sshd.keyFile}\n  UserKnownHostsFile ${sshd.knownHosts}\n  StrictHostKeyChecking yes\n`,
    );
    const stateDir = join(tools.folder, "state");
    mkdirSync(stateDir);
    const code = "const [, file, ...rest] = process.argv; const m = await import(file); await m.watchNodes(...rest);";
    const child = spawn(
      process.execPath,
      ["--input-type=module", "-e", code, fileURLToPath(import.meta.url), configFile, stateDir, String(MINUTES)],
      { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, SSH_AUTH_SOCK: "" } },
    );
    undo.push(() => child.kill("SIGKILL"));
    const samples: Sample[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "live") process.stderr.write(`  ${NODES} nodes are live, for ${MINUTES} minutes\n`);
      else samples.push(JSON.parse(line) as Sample);
    }
    return report(samples);
  });
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

function report(samples: Sample[]): BenchTable {
  if (samples.length < 9) throw new Error("the main process ended early: see above");
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(2 * third)];
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const middles = (key: "rss" | "heap") => parts.map((part) => median(part.map((sample) => sample[key])));
  const [rss, heap] = [middles("rss"), middles("heap")];
  const most = Math.max(...samples.map((sample) => sample.rss));
  const grown = (rss[2] ?? 0) - (rss[0] ?? 0);
  const deltas = samples.at(-1)?.deltas ?? 0;
  const seconds = (samples.length * SAMPLE_MS) / 1000;
  return {
    title: `Main process memory: ${NODES} nodes of 2,000 processes live for ${MINUTES} minutes`,
    figures: [
      { what: "most resident at any time", figure: mb(most), goal: `≤ ${GOAL / 1e6} MB`, ok: most <= GOAL },
      {
        what: "resident: start, middle, end (medians of thirds)",
        figure: rss.map(mb).join(", "),
        goal: "flat",
        ok: grown <= SLACK,
      },
      { what: "JS heap: start, middle, end", figure: heap.map(mb).join(", ") },
      {
        what: "refreshes",
        figure: `${deltas} in ${seconds} s, ${(deltas / seconds / NODES).toFixed(2)} a second a node`,
      },
    ],
  };
}
