/** podglass watch: a Snapshot line, then Delta lines (or patches); or a table that redraws. */
import { applyDelta } from "../../../src-shared/diff/delta.ts";
import { patched } from "../../../src-shared/diff/patched.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { Usage } from "./exit.ts";
import { type CommonOptions, openTarget } from "./open.ts";
import { print, printJson } from "./print.ts";
import { podsTable } from "./read.ts";

/** "1s", "500ms", "2m" in milliseconds; a bare number is seconds. Throws Usage. */
export function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? "s"] ?? Number.NaN;
  const value = Number(match?.[1]) * unit;
  if (!Number.isFinite(value) || value <= 0 || value > 24 * 3_600_000)
    throw new Usage(`"${text}" is not a time like 1s, 500ms or 2m.`);
  return value;
}

/** Calls `work` every so many ms until the time is over, somebody stops it (Ctrl-C) or the reader of stdout has gone. */
export async function until(everyMs: number, forMs: number | undefined, work: () => Promise<void>): Promise<void> {
  const end = forMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + forMs;
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  const abort = (): void => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, abort);
  process.stdout.once("error", abort);
  try {
    while (!stop.signal.aborted) {
      const wait = Math.min(everyMs, end - performance.now());
      await Promise.race([new Promise((resolve) => setTimeout(resolve, Math.max(0, wait))), stopped]);
      if (stop.signal.aborted || performance.now() >= end) return;
      await work();
    }
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, abort);
    process.stdout.off("error", abort);
  }
}

export async function watchCommand(
  target: string,
  options: CommonOptions & { every: string; for?: string; patch?: boolean },
): Promise<void> {
  const every = milliseconds(options.every);
  const limit = options.for === undefined ? undefined : milliseconds(options.for);
  if (options.patch && !options.json) throw new Usage("--patch says how --json is printed: give both.");
  const { nodeId, ask, snapshot, subscribe, close } = await openTarget(target, options);
  try {
    if (options.json) {
      let [seq, before] = [1, snapshot];
      printJson(snapshot);
      subscribe((event) => {
        if (event.type !== "delta") return;
        const delta = { ...event.delta, seq: ++seq };
        printJson(options.patch ? patched(before, delta) : delta);
        if (options.patch) before = applyDelta(before, delta);
      });
    } else redraw(snapshot, target);
    await until(every, limit, async () => {
      await ask("node.refresh", { nodeId, deep: options.deep ?? false });
      const now = await ask("node.snapshot", { nodeId });
      if (!options.json && now !== null) redraw(now.snapshot, target);
    });
  } finally {
    await close();
  }
}

function redraw(snapshot: Snapshot, target: string): void {
  if (process.stdout.isTTY) process.stdout.write("\u001b[H\u001b[2J");
  print(`${target}  ${snapshot.takenAt}\n\n${podsTable(snapshot)}`);
}
