/** podglass watch: a Snapshot line, then Delta lines; or a table that redraws. */
import { deltaBetween } from "../../src-shared/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { Usage } from "./exit.ts";
import { type CommonOptions, openTarget } from "./open.ts";
import { podsTable, print, printJson } from "./read.ts";

/** "1s", "500ms", "2m" in milliseconds; a bare number is seconds. Throws Usage. */
export function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? "s"] ?? Number.NaN;
  const value = Number(match?.[1]) * unit;
  if (!Number.isFinite(value) || value <= 0 || value > 24 * 3_600_000)
    throw new Usage(`"${text}" is not a time like 1s, 500ms or 2m.`);
  return value;
}

export async function watchCommand(
  target: string,
  options: CommonOptions & { every: string; for?: string },
): Promise<void> {
  const every = milliseconds(options.every);
  const until = options.for === undefined ? Number.POSITIVE_INFINITY : Date.now() + milliseconds(options.for);
  const open = await openTarget(target, options);
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  process.stdout.once("error", stop);
  let running = true;
  void stopped.then(() => {
    running = false;
  });
  try {
    let last: Snapshot = open.snapshot;
    let seq = 1;
    if (options.json) printJson(last);
    else redraw(last, target);
    while (running && Date.now() < until) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, every)), stopped]);
      if (!running || Date.now() >= until) break;
      const next = await open.opened.read({ deep: options.deep ?? false });
      seq += 1;
      if (options.json) printJson(deltaBetween(last, next, seq));
      else redraw(next, target);
      last = next;
    }
  } finally {
    open.opened.close();
  }
}

function redraw(snapshot: Snapshot, target: string): void {
  if (process.stdout.isTTY) process.stdout.write("\u001b[H\u001b[2J");
  print(`${target}  ${snapshot.takenAt}\n\n${podsTable(snapshot)}`);
}
