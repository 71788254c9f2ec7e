/** What a second of a node at work is on the wire to whoever watches it, for each recording of a live node that ships. */
import { recordedPath, recordedScenes } from "../src-main/demo/recorded.ts";
import { openRecording } from "../src-main/recordings/reader.ts";
import { deltaBetween } from "../src-shared/diff/delta.ts";
import { patched } from "../src-shared/diff/patched.ts";
import type { Snapshot } from "../src-shared/model.ts";
import type { BenchFigure, BenchTable } from "./table.ts";

const GOAL = 15_000;
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

export async function run(): Promise<BenchTable> {
  const figures: BenchFigure[] = [];
  for (const { id } of recordedScenes) {
    const recording = await openRecording(recordedPath(id)!);
    let before: Snapshot | undefined;
    const [whole, slim]: [number[], number[]] = [[], []];
    for await (const { snapshot } of recording.frames()) {
      if (before !== undefined) {
        const delta = deltaBetween(before, snapshot, 2);
        whole.push(JSON.stringify(delta).length);
        slim.push(JSON.stringify(patched(before, delta)).length);
      }
      before = snapshot;
    }
    await recording.close();
    const what = `${id}: ${before?.pods.length} pods, ${before?.cgroups.length} groups`;
    const few = median(slim);
    figures.push(
      { what: `${what}, watch --json, items whole`, figure: kB(median(whole)) },
      { what: "  the same with --patch", figure: kB(few), goal: `≤ ${kB(GOAL)}`, ok: few <= GOAL },
    );
  }
  return { title: "A second of watch --json: recordings of live nodes, bytes (medians)", figures };
}
