/**
 * The story of a real node, read over ssh: a pause is killed, a container runs out of memory, others are restarted, a
 * limit is changed, a pod is pinned and loses its pause. Each is an event at the right time by the node's clock, a mark on
 * the timeline, shows another node before it than after, and stands in the report; none twice, and none that nobody did.
 * Then a busy healthy node for PODGLASS_SOAK_MINUTES (30): 20 ends a second beside the pods, and as many in one of them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinsFolder } from "../../src-main/actions/folder.ts";
import { Churn } from "../nodes/churn.ts";
import { makeContainerd } from "../nodes/containerd.ts";
import { startSshd } from "../nodes/sshd.ts";
import { actors, type Deed, story } from "./story/deeds.ts";
import { judge, judgeReport } from "./story/judge.ts";
import { Watched } from "./story/watched.ts";

/** A reading a second, and a slow one where much is read. */
const SETTLED_MS = 5_000;
/** Groups that stand still are read in turns, the kernel log every 30 s; findings must stay. */
const ALL_READ_MS = 40_000;

export async function run(
  minutes = Number(process.env.PODGLASS_SOAK_MINUTES ?? 30),
): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  let passed = 0;
  const check = (wrong: readonly string[]) => {
    failures.push(...wrong);
    if (wrong.length === 0) passed += 1;
  };
  const folder = mkdtempSync(join(tmpdir(), "podglass-story-"));
  const undo: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    const sshd = await startSshd();
    undo.push(() => sshd.stop());
    const node = await makeContainerd();
    undo.push(() => node.close());
    const pods = await actors(node);
    undo.push(async () => {
      for (const { key } of pods) takeAway(pinsFolder(key));
    });
    const watched = await Watched.open(folder, sshd);
    undo.push(() => watched.close());
    await watched.seen(pods.map(({ key }) => key));
    await sleep(SETTLED_MS);
    const deeds: Deed[] = [];
    for (const { work, ...deed } of story(node, pods, watched)) {
      const fromMs = Date.now();
      await work();
      const done = { ...deed, fromMs, toMs: Date.now() };
      deeds.push(done);
      process.stderr.write(`  ${new Date(fromMs).toISOString()} ${done.what}, ${done.toMs - fromMs} ms\n`);
      await sleep(SETTLED_MS);
    }
    await sleep(ALL_READ_MS);
    const told = await watched.told(pods.map(({ key }) => key));
    for (const event of told) process.stderr.write(`  ${event.at} ${event.kind} ${event.text}\n`);
    check(judge(deeds, told));
    check(await watched.compared(told));
    check(await watched.marked(told));
    const kept = await watched.keep();
    const report = join(folder, "report.html");
    execFileSync(process.execPath, ["out/main/cli.js", "report", kept, "-o", report]);
    check(judgeReport(readFileSync(report, "utf8"), told));

    const inside = node.add(pods[1]!.pod, { name: "busy", command: ["/bin/sh", "-c", "while :; do sleep 0.05; done"] });
    await inside;
    const churn = new Churn();
    try {
      await sleep(2 * SETTLED_MS);
      const fromMs = Date.now();
      const before = (await watched.events()).length;
      await sleep(minutes * 60_000);
      const all = (await watched.events()).slice(before);
      const ours = all.filter((event) =>
        watched.isOurs(
          event,
          pods.map(({ key }) => key),
        ),
      );
      check(ours.map(({ at, text }) => `nothing happened, and it told at ${at}: ${text}`));
      const most = mostInASecond(all.map(({ at }) => at));
      check(
        most > 1 && all.length > 60 * minutes ? [`${all.length} events in ${minutes} min, ${most} in a second`] : [],
      );
      const seconds = Math.round((Date.now() - fromMs) / 1000);
      process.stderr.write(
        `  ${churn.started} processes in ${seconds} s, ${ours.length} events of ours, ${all.length} of all the node, at most ${most} in a second\n`,
      );
    } finally {
      await churn.stop();
    }
  } catch (error) {
    failures.push((error as Error).stack ?? String(error));
  } finally {
    for (const step of undo.reverse()) await step().catch((error: Error) => failures.push(error.message));
  }
  return { passed, failures };
}

/** Pins outlive the pod that was dropped here, as they are meant to. */
function takeAway(pins: string): void {
  for (const pin of existsSync(pins) ? readdirSync(pins) : []) spawnSync("umount", ["-l", join(pins, pin)]);
  rmSync(pins, { recursive: true, force: true });
}

function mostInASecond(times: readonly string[]): number {
  const seconds = new Map<string, number>();
  for (const time of times) seconds.set(time.slice(0, 19), (seconds.get(time.slice(0, 19)) ?? 0) + 1);
  return Math.max(0, ...seconds.values());
}
