/**
 * Reading a node: ours beside what people use today, over the same connection, in one run. Every goal for reading but the
 * memory of ten live nodes, which takes its minutes: bench/memory.ts.
 */
import { performance } from "node:perf_hooks";
import { type Sshd, startSshd, whyNoSshd } from "../e2e/nodes/sshd.ts";
import { openLive, readNode } from "../src-main/probe/index.ts";
import { type BareNode, bareNode } from "../src-main/probe/testing/bare.ts";
import { connectSsh } from "../src-main/ssh/connect.ts";
import type { Connection, Interaction } from "../src-main/transport/transport.ts";
import { assemble } from "../src-shared/assemble/assemble.ts";
import { parseAndAssemble } from "./assemble.ts";
import { slowWay } from "./delay.ts";
import { buildTools, hierarchies, type Load, meter, startGawk, startLoad, type Tools } from "./load.ts";
import type { BenchFigure, BenchTable } from "./table.ts";
import { tidied } from "./tidied.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => {} };
/** Turns of each way; PODGLASS_BENCH_ROUNDS for a quick look. */
const ROUNDS = Number(process.env.PODGLASS_BENCH_ROUNDS ?? 9);

export const connect = (sshd: Sshd, port = sshd.port): Promise<Connection> =>
  connectSsh(
    `root@127.0.0.1:${port}`,
    {
      identityFiles: [sshd.keyFile],
      configFile: "none",
      userKnownHostsFiles: [sshd.knownHosts],
      strictHostKeyChecking: port === sshd.port ? "yes" : "accept-new",
    },
    nobody,
  );

/** gawk: where it is installed. */
interface Nodes {
  sshd: Sshd;
  bare: Sshd;
  gawk: Sshd | undefined;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Runs ways in turn, so that whatever else the machine does meets all of them; gives medians of wall and node CPU. */
export async function sideBySide(ways: Record<string, () => Promise<unknown>>, cpuMs: () => number, rounds = ROUNDS) {
  const wall: Record<string, number[]> = {};
  const cpu: Record<string, number[]> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const [since, spent] = [performance.now(), cpuMs()];
      await way();
      if (round === 0) continue;
      wall[name] = [...(wall[name] ?? []), performance.now() - since];
      cpu[name] = [...(cpu[name] ?? []), cpuMs() - spent];
    }
  }
  const medians = (of: Record<string, number[]>) =>
    Object.fromEntries(Object.entries(of).map(([name, values]) => [name, median(values)]));
  return { wall: medians(wall), cpu: medians(cpu) };
}

async function command(connection: Connection, text: string): Promise<number> {
  const channel = await connection.exec(text);
  channel.stdin.end();
  channel.stderr.resume();
  let bytes = 0;
  for await (const chunk of channel.stdout) bytes += (chunk as Buffer).length;
  return bytes;
}

/** The connection with what came over it counted. */
function counted(connection: Connection): { connection: Connection; bytes: () => number } {
  let bytes = 0;
  const exec = async (text: string) => {
    const channel = await connection.exec(text);
    const { stdout } = channel;
    const push = stdout.push.bind(stdout);
    stdout.push = (chunk: Uint8Array | null, ...rest: []) => {
      bytes += chunk?.length ?? 0;
      return push(chunk, ...rest);
    };
    return channel;
  };
  return { connection: { ...connection, label: connection.label, exec }, bytes: () => bytes };
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)} ×  (${ms(a)} / ${ms(b)})`;
const kb = (bytes: number): string => `${(bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)} kB`;
export const goal = (what: string, figure: string, goal: string, ok: boolean): BenchFigure => ({
  what,
  figure,
  goal,
  ok,
});

async function snapshots({ sshd, bare, gawk }: Nodes, tools: Tools): Promise<BenchFigure[]> {
  // Before the logins: a session belongs to the group that its sshd was in when it began.
  const spent = [sshd, bare, ...(gawk ? [gawk] : [])].map(({ pid }) => meter(pid));
  const node = await connect(sshd);
  const poor = await connect(bare);
  const gnu = gawk && (await connect(gawk));
  const count = counted(node);
  const limit = `${tools.limit} ${hierarchies().join(" ")}`;
  const { wall, cpu } = await sideBySide(
    {
      ours: () => readNode(node),
      lsns: () => command(node, "lsns -J"),
      limit: () => command(node, limit),
      awk: () => readNode(node, { reader: "awk" }),
      ...(gnu ? { gawk: () => readNode(gnu, { reader: "awk" }) } : {}),
      busybox: () => readNode(poor),
    },
    () => spent.reduce((sum, one) => sum + one.cpuMs(), 0),
  );
  const before = count.bytes();
  const reading = await readNode(count.connection);
  const bytes = count.bytes() - before;
  const [ours = 0, lsns = 1, c = 1] = [wall.ours, wall.lsns, wall.limit];
  node.close();
  poor.close();
  gnu?.close();
  for (const one of spent) one.remove();
  const without = { awk: "without perl (mawk)", gawk: "without perl (gawk)", busybox: "busybox only" };
  const poorOnes = (Object.keys(without) as (keyof typeof without)[]).filter((name) => wall[name] !== undefined);
  const measured = ["ours", "lsns", "limit", ...poorOnes];
  return [
    { what: "read", figure: `${reading.processes.length} processes, ${reading.cgroups.length} groups, ${kb(bytes)}` },
    goal("snapshot / lsns -J, wall", ratio(ours, lsns), "≤ 0.6 ×", ours <= 0.6 * lsns),
    goal("snapshot / C limit, wall", ratio(ours, c), "≤ 2 ×", ours <= 2 * c),
    ...poorOnes.map((name) => {
      const most = name === "busybox" ? 1 : 0.7;
      const own = wall[name] ?? 0;
      return goal(
        `snapshot ${without[name]} / lsns -J`,
        ratio(own, lsns),
        `≤ ${most.toFixed(1)} ×`,
        own <= most * lsns,
      );
    }),
    ...poorOnes.map((name) => {
      const [own = 0, theirs = 0] = [cpu[name], cpu.lsns];
      return goal(`node CPU of it, ${without[name]} / lsns -J`, ratio(own, theirs), "≤ 1.0 ×", own <= theirs);
    }),
    {
      what: `node CPU: ${measured.join(", ")}`,
      figure: measured.map((key) => ms(cpu[key] ?? 0)).join(", "),
    },
  ];
}

async function firstLook({ sshd, bare }: Nodes): Promise<BenchFigure[]> {
  const look = async (where: Sshd, port?: number) => {
    const connection = await connect(where, port);
    assemble(await readNode(connection));
    connection.close();
  };
  const { wall } = await sideBySide({ gnu: () => look(sshd), busybox: () => look(bare) }, () => 0, 5);
  const [gnu = 0, busybox = 0] = [wall.gnu, wall.busybox];
  // 10 Mbit/s and a round trip of 50 ms.
  const [way, poorWay] = [await slowWay(sshd.port, 25, 1_250_000), await slowWay(bare.port, 25, 1_250_000)];
  const slow = await sideBySide(
    { gnu: () => look(sshd, way.port), busybox: () => look(bare, poorWay.port) },
    () => 0,
    3,
  );
  way.close();
  poorWay.close();
  const [far = 0, poorFar = 0] = [slow.wall.gnu, slow.wall.busybox];
  return [
    goal("connect + first snapshot, assembled", ms(gnu), "≤ 350 ms", gnu <= 350),
    goal("the same, busybox only", ms(busybox), "≤ 600 ms", busybox <= 600),
    goal("the same over 10 Mbit/s and 50 ms", ms(far), "≤ 1500 ms", far <= 1500),
    goal("the same, busybox only", ms(poorFar), "≤ 1500 ms", poorFar <= 1500),
  ];
}

async function refreshes(sshd: Sshd, whose: string, reader: "auto" | "awk" = "auto"): Promise<BenchFigure[]> {
  const spent = meter(sshd.pid);
  const node = await connect(sshd);
  const live = await openLive(node, { reader });
  await live.tick();
  // The first ticks settle what was warm after the whole frame.
  for (let turn = 0; turn < 8; turn++) await live.tick();
  const wall: number[] = [];
  const bytes: number[] = [];
  const cpuBefore = spent.cpuMs();
  for (let turn = 0; turn < 24; turn++) {
    const [since, had] = [performance.now(), live.bytes];
    await live.tick();
    wall.push(performance.now() - since);
    bytes.push(live.bytes - had);
  }
  const cpu = (spent.cpuMs() - cpuBefore) / wall.length;
  live.close();
  node.close();
  spent.remove();
  const [w, b] = [median(wall), median(bytes)];
  return [
    goal(`one live refresh${whose}, wall`, ms(w), "≤ 60 ms + 1 round trip", w <= 61),
    goal("its bytes, little changed", kb(b), "≤ 20 kB", b <= 20_000),
    goal("node CPU at one a second", `${(cpu / 10).toFixed(1)} % of a core`, "≤ 6 %", cpu <= 60),
  ];
}

/** Round trips, from how much longer a longer way makes it. */
async function trips(sshd: Sshd): Promise<BenchFigure[]> {
  const oneWay = 40;
  const way = await slowWay(sshd.port, oneWay);
  const measure = async (port: number) => {
    const start = performance.now();
    const node = await connect(sshd, port);
    const connected = performance.now();
    await readNode(node);
    const read = performance.now();
    const live = await openLive(node);
    await live.tick();
    const ticks: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const since = performance.now();
      await live.tick();
      ticks.push(performance.now() - since);
    }
    live.close();
    node.close();
    return [connected - start, read - connected, median(ticks)];
  };
  const [near, far] = [await measure(sshd.port), await measure(way.port)];
  way.close();
  const said = ["to connect", "a snapshot", "a refresh"].map(
    (what, at) => `${what} ${(((far[at] ?? 0) - (near[at] ?? 0)) / (2 * oneWay)).toFixed(1)}`,
  );
  return [{ what: "round trips", figure: said.join(", ") }];
}

const say = (text: string): void => {
  process.stderr.write(`  ${text}\n`);
};

async function perProcess(sshd: Sshd): Promise<{ us: number; processes: number }> {
  const node = await connect(sshd);
  const wall: number[] = [];
  let processes = 1;
  for (let turn = 0; turn < 6; turn++) {
    const since = performance.now();
    processes = (await readNode(node)).processes.length;
    if (turn > 0) wall.push(performance.now() - since);
  }
  node.close();
  return { us: (median(wall) * 1000) / processes, processes };
}

/** Throws a sentence when the machine cannot run it: it needs root on Linux, sshd, lsns, cc and busybox. */
export async function run(): Promise<BenchTable> {
  const why = whyNoSshd();
  if (why !== null) throw new Error(`the reading bench needs an sshd of its own: ${why}`);
  const figures: BenchFigure[] = [];
  await tidied(async (undo) => {
    const tools = buildTools();
    undo.push(() => tools.remove());
    const sshd = await startSshd();
    undo.push(() => sshd.stop());
    const poor: BareNode = bareNode();
    undo.push(() => poor.remove());
    const bare = await startSshd({ start: (args) => ["unshare", ...poor.args(`exec ${args.join(" ")}`)] });
    undo.push(() => bare.stop());
    const gawk = await startGawk();
    if (gawk) undo.push(() => gawk.stop());
    const withLoad = async <T>(pods: number, work: () => Promise<T>): Promise<T> => {
      say(`${pods} pods with ${pods * 10} processes`);
      const load: Load = await startLoad(tools, pods, 10);
      undo.push(() => load.stop());
      const result = await work();
      undo.pop();
      await load.stop();
      return result;
    };
    const small = await withLoad(50, () => perProcess(sshd));
    await withLoad(200, async () => {
      say("snapshots");
      const nodes: Nodes = { sshd, bare, gawk };
      figures.push(...(await snapshots(nodes, tools)));
      say("first look, refreshes, round trips");
      figures.push(...(await firstLook(nodes)));
      figures.push(...(await refreshes(sshd, "")));
      figures.push(...(await refreshes(sshd, " without perl (mawk)", "awk")));
      figures.push(...(await refreshes(bare, ", busybox only")));
      figures.push(...(await trips(sshd)));
    });
    const large = await withLoad(800, () => perProcess(sshd));
    const growth = large.us / small.us;
    figures.push(
      goal(
        "growth, per process",
        `${growth.toFixed(2)} ×  (${small.us.toFixed(0)} µs at ${small.processes}, ${large.us.toFixed(0)} µs at ${large.processes})`,
        "≤ 1.2 ×",
        growth <= 1.2,
      ),
    );
  });
  say("parse and assemble");
  figures.push(...(await parseAndAssemble()));
  return { title: "Reading a node: 2,000 processes in 200 hand-made pods", figures };
}
