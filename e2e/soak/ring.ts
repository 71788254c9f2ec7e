/**
 * What is kept of a live node, against all that can happen to it: its app is killed at random moments, two windows keep at
 * once, the node's clock is set back and forward, the disk is full. Whatever happens, each file opens and every frame in it
 * can be read, and all files together are never more than their bound. PODGLASS_SOAK_KILLS says how often (40).
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { History, removeForsaken } from "../../src-main/recordings/history.ts";
import { openRecording } from "../../src-main/recordings/reader.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";

const KILLS = Number(process.env.PODGLASS_SOAK_KILLS ?? 40);
const BOUND = 1024 * 1024;
const LOOK_EVERY_MS = 5;
/** A keeper takes a moment to start; then it has written a few segments, or is in its first. */
const LONGEST_LIFE_MS = 2_500;

/** A node on which much changes, at a time that may be set by a day either way. */
function* moments(pods: number): Generator<Snapshot> {
  const base = syntheticSnapshot({ pods });
  for (let ms = Date.now(); ; ms += 1000) {
    if (Math.random() < 0.02) ms += (Math.random() - 0.6) * 86_400_000;
    const processes = base.processes.map((one) => ({ ...one, comm: `${Math.random()}` }));
    yield { ...base, takenAt: new Date(ms).toISOString(), processes };
  }
}

/** The app: keeps as fast as it can, until it is killed. */
export async function keeper(root: string): Promise<void> {
  await removeForsaken(root);
  const history = new History(root, "ring", { spanMs: 3_600_000, bytes: BOUND });
  for (const snapshot of moments(20)) {
    history.take(snapshot, ["something happened"]);
    await history.curves(() => false, Number.MAX_SAFE_INTEGER);
    if (history.info.trouble !== undefined) throw new Error(history.info.trouble);
  }
}

function startKeeper(root: string): ChildProcess {
  const code = `import(${JSON.stringify(import.meta.url)}).then((m) => m.keeper(${JSON.stringify(root)}))`;
  return spawn(process.execPath, ["-e", code], { stdio: ["ignore", "ignore", "inherit"] });
}

const foldersOf = (root: string, pid?: number): string[] =>
  readdirSync(root)
    .filter((name) => pid === undefined || name.startsWith(`${pid}-`))
    .map((name) => join(root, name));

/** What files may vanish meanwhile: they are counted as far as they are there. */
function bytesOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}

/** Reads all that a folder has; how many frames, or what is wrong. */
async function wholly(folder: string): Promise<{ frames: number; wrong: string[] }> {
  const wrong: string[] = [];
  let frames = 0;
  for (const name of readdirSync(folder)) {
    try {
      const recording = await openRecording(join(folder, name));
      let read = 0;
      for await (const _ of recording.frames()) read += 1;
      if (read !== recording.info.frames)
        wrong.push(`${name} has ${recording.info.frames} frames, ${read} can be read`);
      for (let block = 0; block < recording.blocks; block++) await recording.curves(block, () => true);
      frames += read;
      await recording.close();
    } catch (error) {
      // Killed between the making of a file and its first frame: nothing was in it yet, and it says so.
      if (
        !/holds no frame|does not begin|header is missing/.test(String(error)) ||
        statSync(join(folder, name)).size > 4096
      )
        wrong.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { frames, wrong };
}

interface Told {
  failures: string[];
  frames: number;
  most: number;
  looks: number;
}

/** One life: another keeper goes on beside it, whose files nobody takes. */
async function killed(root: string, round: number, other: ChildProcess, told: Told): Promise<void> {
  const child = startKeeper(root);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const untilMs = Date.now() + 300 + Math.random() * LONGEST_LIFE_MS;
  const wrong: string[] = [];
  while (Date.now() < untilMs) {
    for (const folder of foldersOf(root)) {
      const bytes = bytesOf(folder);
      told.looks += 1;
      told.most = Math.max(told.most, bytes);
      if (bytes > BOUND) wrong.push(`round ${round}: ${bytes} bytes in ${folder}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  child.kill("SIGKILL");
  await ended;
  for (const folder of foldersOf(root, child.pid)) {
    const found = await wholly(folder);
    told.frames += found.frames;
    wrong.push(...found.wrong.map((one) => `round ${round}: ${one}`));
  }
  if (other.exitCode !== null || foldersOf(root, other.pid).length !== 1)
    wrong.push(`round ${round}: what the other window keeps is gone`);
  told.failures.push(...wrong.slice(0, 3));
}

/** A file system of 512 KiB: it ends with a sentence, what is kept can be shown, and its end makes room again. */
async function fullDisk(root: string): Promise<string[]> {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", root]);
  try {
    const history = new History(root, "ring", { spanMs: 3_600_000, bytes: 64 * BOUND });
    const source = moments(20);
    for (let turn = 0; turn < 5000 && history.info.trouble === undefined; turn++) {
      history.take(source.next().value, []);
      await history.curves(() => false, Number.MAX_SAFE_INTEGER).catch(() => {});
    }
    const { trouble, endMs = 0 } = history.info;
    const wrong = /^The history of ring ended: .*ENOSPC/.test(trouble ?? "") ? [] : [`a full disk: ${trouble}`];
    const shown = await history.at(endMs).catch((error: Error) => error);
    if (shown instanceof Error) wrong.push(`a full disk: ${shown.message}`);
    for (const folder of foldersOf(root)) wrong.push(...(await wholly(folder)).wrong);
    await history.close();
    if (foldersOf(root).length > 0) wrong.push("a full disk: something is left");
    return wrong;
  } finally {
    execFileSync("umount", ["--lazy", root]);
  }
}

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const root = mkdtempSync(join(tmpdir(), "podglass-ring-"));
  const told: Told = { failures: [], frames: 0, most: 0, looks: 0 };
  const other = startKeeper(root);
  let passed = 0;
  try {
    for (let turn = 0; turn < 200 && foldersOf(root, other.pid).length === 0; turn++) await sleep(50);
    for (let round = 0; round < KILLS; round++) {
      const before = told.failures.length;
      await killed(root, round, other, told);
      if (told.failures.length === before) passed += 1;
    }
    other.kill("SIGKILL");
    await new Promise((resolve) => other.once("exit", resolve));
    await removeForsaken(root);
    if (foldersOf(root).length > 0) told.failures.push(`left behind: ${foldersOf(root).join(" ")}`);
    else passed += 1;
    const full = await fullDisk(root);
    told.failures.push(...full);
    if (full.length === 0) passed += 1;
  } finally {
    other.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
  process.stderr.write(
    `  ${KILLS} killed, ${told.frames} frames read again; at most ${told.most} of ${BOUND} bytes in ${told.looks} looks\n`,
  );
  return { passed, failures: told.failures };
}
