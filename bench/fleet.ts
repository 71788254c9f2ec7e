/**
 * A hundred nodes behind one bastion (MaxStartups 10:30:100), in `podglass serve` and its window in Chromium: how soon
 * every row is there, what the main process takes while nobody looks at a node, what the window's frames are, and whether
 * nodes that are cut, frozen or refused hold up others. PODGLASS_BENCH_MINUTES says how long it rests (10),
 * PODGLASS_BENCH_NODES and PODGLASS_BENCH_PROCESSES how many there are (100; 500 on each). The nodes are aliases of a few
 * hosts with an sshd each; each alias is a login of its own. Client and nodes share this machine, which could not read a
 * hundred nodes every 30 s: eight are read, the others answer with a reading of one of these (replay.pl).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { type Hosts, startHosts, whyNoHosts } from "../e2e/nodes/hosts.ts";
import { partSizes, sessionParts, sessionScript } from "../src-main/probe/script.ts";
import { connectSsh } from "../src-main/ssh/connect.ts";
import { startScript } from "../src-main/transport/script.ts";
import type { ApiEvent, NodeState } from "../src-shared/api.ts";
import { openBrowser, quantile } from "./drawing/harness.ts";
import { buildTools, startLoad } from "./load.ts";
import replay from "./replay.pl?raw";
import type { BenchFigure, BenchTable } from "./table.ts";

const MINUTES = Number(process.env.PODGLASS_BENCH_MINUTES ?? 10);
const NODES = Number(process.env.PODGLASS_BENCH_NODES ?? 100);
/** Hosts that are read; then one that replays, one that is frozen from the start, one that is cut from it, one that is cut later. */
const WELL = 3;
const REPLAYS = WELL + 1;
const FROZEN = WELL + 2;
const CUT = WELL + 3;
const LATER = WELL + 4;
const READ = WELL;
/** Of ten nodes that cannot be reached. */
const TROUBLED = { frozen: 4, cut: 3, refused: 3 };
const CUT_LATER = 5;
const PER_POD = 10;
const PODS = Math.round(Number(process.env.PODGLASS_BENCH_PROCESSES ?? 500) / PER_POD);
/** What is made or taken away has this long (ms): what hangs is said by name, and the rest goes on. */
const PATIENCE_MS = 60_000;
const GOAL = { rowsS: 30, bytes: 400e6, core: 0.1, frameMs: 16.8 };
/** A node at rest is looked at every 30 s; then comes the reading itself, and every other node's turn. */
const LATE_MS = 45_000;
const CLOCK_TICKS = 100;

/** What the window is told of a node. */
interface Told {
  label: string;
  state: NodeState;
  /** When its summaries came, by our clock (ms). */
  summaries: number[];
  /** When it was first said that it cannot be reached, or has gone. */
  amissAt?: number;
}

/** Throws a sentence where the machine cannot run it. */
export async function run(): Promise<BenchTable> {
  const why = whyNoHosts();
  if (why !== undefined) throw new Error(`the fleet bench needs hosts of its own: ${why}`);
  if (NODES < 20)
    throw new Error(`PODGLASS_BENCH_NODES: 15 of the nodes get into trouble, so 20 at least, not ${NODES}`);
  const home = mkdtempSync(join(tmpdir(), "podglass-fleet-"));
  const replays = join(home, "replay.pl");
  writeFileSync(replays, replay);
  const undo: Undo[] = [{ what: "the home folder", act: () => rmSync(home, { recursive: true, force: true }) }];
  const tidyAll = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) {
      const { what, act } = step;
      await within(`tidying: ${what}`, PATIENCE_MS, (async () => act())()).catch((error: Error) => say(error.message));
    }
  };
  // Once: who is interrupted must not leave while the end of what was measured still takes something away.
  let tidying: Promise<void> | undefined;
  const tidy = () => {
    tidying ??= tidyAll();
    return tidying;
  };
  const interrupted = () => void tidy().then(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const tools = buildTools();
    undo.push({ what: "the tools", act: () => tools.remove() });
    const more = (name: string) =>
      name === `n${REPLAYS}` ? [`ForceCommand exec perl ${replays} ${join(home, "reading")}`] : [];
    const hosts = await within("starting the hosts", PATIENCE_MS, startHosts(LATER, more));
    undo.push({ what: "the hosts", act: () => hosts.stop() });
    const read = [...hosts.names.slice(0, WELL), `n${LATER}`];
    for (const name of read) {
      const made = startLoad(tools, PODS, PER_POD, { init: hosts.init(name), name });
      const load = await within(`making the processes of ${name}`, PATIENCE_MS, made);
      undo.push({ what: `the processes of ${name}`, act: () => load.stop() });
    }
    writeFileSync(join(home, "reading"), await within("a reading to replay", PATIENCE_MS, taken(hosts.config)));
    say(
      `${read.length} hosts with ${PODS * PER_POD} processes each are there, and one that replays a reading of theirs`,
    );
    configure(home, hosts);
    // What is frozen would not hear that it is to end.
    undo.push({ what: "waking the frozen host", act: () => hosts.heal(`n${FROZEN}`) });
    hosts.freeze(`n${FROZEN}`);
    hosts.drop(`n${CUT}`);
    const browser = await within("starting Chromium", PATIENCE_MS, openBrowser());
    undo.push({ what: "Chromium", act: () => browser.close() });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const told = hear(page);
    return await measure(page, told, home, hosts, undo);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await tidy();
  }
}

interface Undo {
  what: string;
  act(): unknown;
}

async function within<T>(what: string, ms: number, work: T | Promise<T>): Promise<T> {
  const late = new AbortController();
  const limit = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${what}: not done within ${ms / 1000} s`);
  });
  limit.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    late.abort();
  }
}

const say = (text: string): void => void process.stderr.write(`  ${text}\n`);

/** What the first host answers to a session's first look, slow places too. */
async function taken(configFile: string): Promise<string> {
  const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => undefined };
  const connection = await connectSsh("n1", { configFile }, nobody);
  try {
    const args = ["--session", "bench0", "live", "quick", "auto", ...partSizes];
    const channel = await startScript(connection, sessionScript, args);
    channel.stdin.write(`${sessionParts}tick 1 whole deep\n`);
    channel.stderr.resume();
    let text = "";
    for await (const chunk of channel.stdout.setEncoding("utf8")) {
      text += chunk;
      const found = /^bench0\.\d+ begin [\s\S]*^bench0\.\d+ end .*\n/m.exec(text);
      if (found) return found[0];
    }
    throw new Error("the reading to replay ended early");
  } finally {
    connection.close();
  }
}

/** Aliases: the troubled first, then those that are cut later, the rest dealt out over the hosts that are well. */
function configure(home: string, hosts: Hosts): void {
  mkdirSync(join(home, ".ssh"));
  const file = join(home, ".ssh", "config");
  cpSync(hosts.config, file);
  const places: [name: string, count: number, host: string, port: number][] = [
    ["frozen", TROUBLED.frozen, `n${FROZEN}`, 22],
    ["cut", TROUBLED.cut, `n${CUT}`, 22],
    ["refused", TROUBLED.refused, "n1", 1],
    ["later", CUT_LATER, `n${LATER}`, 22],
  ];
  for (let host = 0; host < WELL; host++) {
    const left = NODES - places.reduce((sum, [, count]) => sum + count, 0);
    places.push([`well${host}`, Math.min(READ / WELL, left), `n${host + 1}`, 22]);
  }
  const left = NODES - places.reduce((sum, [, count]) => sum + count, 0);
  places.push(["well-replay", left, `n${REPLAYS}`, 22]);
  for (const [name, count, host, port] of places)
    for (let at = 0; at < count; at++)
      appendFileSync(
        file,
        `Host fleet-${name}-${at}\n  HostName ${hosts.address(host)}\n  Port ${port}\n  ProxyJump bastion\n`,
      );
}

const started = (child: ChildProcess): Promise<string> =>
  new Promise((found, failed) => {
    let out = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString("utf8");
      const url = /(http:\/\/127\.0\.0\.1:\S+)\n/.exec(out)?.[1];
      if (url) found(url);
    });
    child.once("exit", (code) => failed(new Error(`podglass serve ended with ${code}`)));
  });

/** Hears what the window is told, by its own socket. */
function hear(page: Page): Map<string, Told> {
  const nodes = new Map<string, Told>();
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const { event } = JSON.parse(String(payload)) as { event?: ApiEvent };
      const now = performance.now();
      if (event?.type === "node") {
        const { state } = event;
        const known = nodes.get(state.nodeId) ?? { label: state.label, state, summaries: [] };
        nodes.set(state.nodeId, { ...known, state });
        const told = nodes.get(state.nodeId) as Told;
        if (state.failure !== undefined || state.phase === "stale") told.amissAt ??= now;
      } else if (event?.type === "summary") nodes.get(event.nodeId)?.summaries.push(now);
    }),
  );
  return nodes;
}

async function until(what: string, withinMs: number, lacking: () => string[]): Promise<number> {
  const since = performance.now();
  let told = since;
  for (let lacks = lacking(); lacks.length > 0; lacks = lacking()) {
    const words = `${what}: ${lacks.length} lacking after ${((performance.now() - since) / 1000).toFixed(0)} s, ${lacks.slice(0, 5).join("; ")}`;
    if (performance.now() - since > withinMs) throw new Error(words);
    if (performance.now() - told > 10_000) {
      told = performance.now();
      say(words);
    }
    await sleep(100);
  }
  return performance.now();
}

async function measure(
  page: Page,
  told: Map<string, Told>,
  home: string,
  hosts: Hosts,
  undo: Undo[],
): Promise<BenchTable> {
  const from = performance.now();
  const child = spawn(process.execPath, ["out/main/cli.js", "serve"], {
    env: { ...process.env, HOME: home, SSH_AUTH_SOCK: "", PODGLASS_STATE_DIR: join(home, "state") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  undo.push({ what: "podglass serve", act: () => child.kill("SIGKILL") });
  await page.goto(await within("podglass serve's address", PATIENCE_MS, started(child)));
  // The one-time address leads on to the window: before it is there, nobody hears a key.
  await page.getByPlaceholder(/root@/).waitFor();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Find" }).fill("fleet");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add nodes" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add nodes" });
  await dialog.getByLabel("Targets, one a line").fill("fleet-*");
  say(`the window is there after ${((performance.now() - from) / 1000).toFixed(1)} s`);
  const clicked = performance.now();
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  const named = (pattern: RegExp) => [...told.values()].filter(({ label }) => pattern.test(label));
  const well = () => named(/-(well|later)/);
  const troubled = () => named(/-(frozen|cut|refused)-/);
  const lines = (nodes: Told[]) =>
    nodes.map(({ label, state }) => `${label} is ${state.phase}: ${state.detail?.slice(0, 200) ?? ""}`);
  const readAt = await until("rows of nodes that are well", 240_000, () => [
    ...Array.from({ length: NODES - told.size }, () => "not opened"),
    ...lines(well().filter(({ summaries }) => summaries.length === 0)),
  ]);
  const amissAt = await until("rows of nodes that are not", 120_000, () =>
    lines(troubled().filter(({ amissAt: at }) => at === undefined)),
  );
  const load = () => `load ${(loadavg()[0] ?? 0).toFixed(1)}`;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const figures: BenchFigure[] = [
    {
      what: `${well().length} rows read, from the start of the app; from Open`,
      figure: `${seconds(readAt - from)}; ${seconds(readAt - clicked)} (${load()})`,
      goal: `≤ ${GOAL.rowsS} s`,
      ok: readAt - from <= GOAL.rowsS * 1000,
    },
    {
      what: "10 rows of nodes that are cut, frozen or refused say so",
      figure: `${seconds(amissAt - from)}: ${Object.keys(TROUBLED)
        .map((name) => `${name} ${seconds((named(new RegExp(`-${name}-`)).at(-1)?.amissAt ?? 0) - from)}`)
        .join(", ")}`,
      goal: `≤ ${GOAL.rowsS} s`,
      ok: amissAt - from <= GOAL.rowsS * 1000,
    },
  ];
  const rest = await atRest(page, child, () => hosts.drop(`n${LATER}`));
  const gaps = named(/-well/).map(({ summaries }) =>
    Math.max(
      ...summaries.slice(1).map((at, index) => at - (summaries[index] ?? 0)),
      performance.now() - (summaries.at(-1) ?? 0),
    ),
  );
  const later = named(/-later-/);
  const said = later.map(({ amissAt }) => (amissAt ?? Number.POSITIVE_INFINITY) - rest.cutAt);
  const sentence = (name: string) => named(new RegExp(`-${name}-0`))[0]?.state.failure?.sentence ?? "nothing";
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  figures.push(
    {
      what: `main process, resident: most in ${MINUTES} min; medians of thirds`,
      figure: `${mb(Math.max(...rest.bytes))}; ${rest.thirds.map(mb).join(", ")} (${load()})`,
      goal: `≤ ${mb(GOAL.bytes)}`,
      ok: Math.max(...rest.bytes) <= GOAL.bytes,
    },
    {
      what: "main process, processor time at rest, the fleet's page open",
      figure: `${(rest.core * 100).toFixed(1)} % of a core`,
      goal: `≤ ${GOAL.core * 100} %`,
      ok: rest.core <= GOAL.core,
    },
    {
      what: "frames of the window while they refresh, median / p95 / p99",
      figure: `${[0.5, 0.95, 0.99].map((q) => quantile(rest.frames, q).toFixed(1)).join(" / ")} ms`,
      goal: "≤ 16.7 ms (median)",
      ok: quantile(rest.frames, 0.5) <= GOAL.frameMs,
    },
    {
      what: `${CUT_LATER} live nodes lose their line: said in their rows after`,
      figure: seconds(Math.max(...said)),
      goal: "≤ 45 s",
      ok: Math.max(...said) <= LATE_MS,
    },
    {
      what: "longest time between two looks at a node that is well",
      figure: seconds(Math.max(...gaps)),
      goal: `≤ ${LATE_MS / 1000} s`,
      ok: Math.max(...gaps) <= LATE_MS,
    },
  );
  return {
    title: `${NODES} nodes of ${PODS * PER_POD} processes behind one bastion, at rest for ${MINUTES} minutes`,
    figures,
    notes: Object.keys({ ...TROUBLED, later: 0 }).map((name) => `${name}: ${sentence(name)}`),
  };
}

/** Watches the main process and the window; in the middle `cut` is called. */
async function atRest(page: Page, child: ChildProcess, cut: () => void) {
  const bytes: number[] = [];
  const frames: number[] = [];
  const of = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
  // utime and stime (proc_pid_stat(5)), behind the name, which may have blanks.
  const ticks = () =>
    of("stat")
      .replace(/^.*\) /s, "")
      .split(" ")
      .slice(11, 13)
      .map(Number)
      .reduce((sum, one) => sum + one, 0);
  const [since, cpu] = [performance.now(), ticks()];
  const until = since + MINUTES * 60_000;
  let cutAt = 0;
  while (performance.now() < until) {
    if (cutAt === 0 && performance.now() > (since + until) / 2) {
      cut();
      cutAt = performance.now();
    }
    bytes.push(Number(/^VmRSS:\s+(\d+) kB/m.exec(of("status"))?.[1] ?? 0) * 1024);
    frames.push(...(await within("frames of the window", PATIENCE_MS, page.evaluate(framesOf, 5_000))));
  }
  const third = Math.ceil(bytes.length / 3);
  const core = (ticks() - cpu) / CLOCK_TICKS / ((performance.now() - since) / 1000);
  const thirds = [0, 1, 2].map((at) =>
    quantile(
      bytes.slice(at * third, (at + 1) * third).sort((a, b) => a - b),
      0.5,
    ),
  );
  return { bytes, thirds, frames: frames.sort((a, b) => a - b), core, cutAt };
}

/** In the page: how long each frame took. */
function framesOf(ms: number): Promise<number[]> {
  return new Promise((done) => {
    const times: number[] = [];
    const since = performance.now();
    let before = since;
    const next = (): void => {
      const now = performance.now();
      times.push(now - before);
      before = now;
      if (now - since < ms) requestAnimationFrame(next);
      else done(times.slice(1));
    };
    requestAnimationFrame(next);
  });
}
