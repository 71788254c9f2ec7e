/**
 * Every door that bytes come in by, with bytes that were made to harm: nothing crashes, nothing is done, memory and time
 * stay bounded, and the node beside is told on. FUZZ_INPUTS says how many inputs (default 200,000), or FUZZ_SECONDS how
 * long; FUZZ_SEED repeats a run.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Watch } from "../nodes/watch.ts";
import { doors } from "./fuzz/doors.ts";
import { pick, seed } from "./fuzz/random.ts";
import { serveNode } from "./fuzz/server.ts";

/** The node beside is read every second, and may be so much late. */
const EVERY_MS = 1000;
const LATE_MS = 2000;
const MOST_MIB = 1024;

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "podglass-fuzz-"));
  const seconds = process.env.FUZZ_SECONDS === undefined ? Number.POSITIVE_INFINITY : Number(process.env.FUZZ_SECONDS);
  const most = Number(process.env.FUZZ_INPUTS ?? (Number.isFinite(seconds) ? Number.MAX_SAFE_INTEGER : 200_000));
  const failures: string[] = [];
  const failed = (what: string, error: unknown) =>
    failures.push(`${what}: ${error instanceof Error ? error.stack?.slice(0, 500) : String(error)}`);
  const escaped = (error: unknown) => failed(`escaped, seed ${seed}`, error);
  process.on("uncaughtException", escaped).on("unhandledRejection", escaped);

  const beside = new Watch(join(folder, "beside"), "none", EVERY_MS);
  const nodeId = await beside.open("demo");
  await beside.until(nodeId, ({ phase }) => phase === "live", 20_000);
  const served = await serveNode(folder);
  const all: Record<string, { share: number; run: (folder: string) => Promise<void> }> = {
    ...doors,
    "requests and upgrades": { share: 20, run: () => served.request() },
    "messages of a page": { share: 20, run: () => served.message() },
    "bytes of a page": { share: 10, run: () => served.bytes() },
  };
  const bag = Object.entries(all).flatMap(([name, { share }]) => Array<string>(share).fill(name));
  const started: unknown[] = [];
  const starts = (message: unknown) => started.push(message);
  subscribe("child_process", starts);

  const counts: Record<string, number> = {};
  let done = 0;
  let held = 0;
  let memory = 0;
  /** The wall may be others' on a busy machine; the processor's time is ours. */
  let slowest = { name: "none", ms: 0, cpuMs: 0 };
  let last = performance.now();
  const pulse = setInterval(() => {
    held = Math.max(held, performance.now() - last - 50);
    last = performance.now();
    memory = Math.max(memory, process.memoryUsage.rss() / 1024 / 1024);
  }, 50);
  const began = performance.now();
  const beganAt = Date.now();
  const elapsed = () => (performance.now() - began) / 1000;
  for (; done < most && elapsed() < seconds && failures.length < 20; done++) {
    const name = pick(bag);
    counts[name] = (counts[name] ?? 0) + 1;
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    await all[name]?.run(folder).catch((error: unknown) => failed(`${name}, input ${done}, seed ${seed}`, error));
    const ms = performance.now() - from;
    if (ms > slowest.ms) {
      const { user, system } = process.cpuUsage(cpu);
      slowest = { name: `${name}, input ${done}`, ms, cpuMs: (user + system) / 1000 };
    }
    if (done % 100 === 0) await new Promise(setImmediate);
  }
  const took = elapsed();
  clearInterval(pulse);
  unsubscribe("child_process", starts);
  const pause = beside.longestPause(nodeId, beganAt);
  if (started.length > 0) failures.push(`${started.length} programs were started`);
  if (pause > EVERY_MS + LATE_MS) failures.push(`the node beside was not told for ${pause} ms`);
  if (held > LATE_MS) failures.push(`the thread was held for ${Math.round(held)} ms`);
  if (memory > MOST_MIB) failures.push(`${Math.round(memory)} MiB of memory`);
  failures.push(...(await served.wrong()));
  await served.close();
  await beside.close();
  process.off("uncaughtException", escaped).off("unhandledRejection", escaped);
  rmSync(folder, { recursive: true });
  const each = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  console.log(`  ${done} inputs in ${Math.round(took)} s, seed ${seed}: ${each.join(", ")}`);
  console.log(
    `  thread held for at most ${Math.round(held)} ms; longest wait of the node beside ${pause} ms, read every ${EVERY_MS} ms; at most ${Math.round(memory)} MiB; ${started.length} programs started; slowest: ${slowest.name}, ${Math.round(slowest.ms)} ms, of which ${Math.round(slowest.cpuMs)} ms of processor`,
  );
  return { passed: done - failures.length, failures };
}
