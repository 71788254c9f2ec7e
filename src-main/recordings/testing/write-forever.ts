/** Writes frames until it is killed, and tells each one's number once it is written. */
import { itemOrder, LISTS } from "../../../src-shared/diff/delta.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { RecordingWriter } from "../writer.ts";

const writer = await RecordingWriter.create(process.argv[2] ?? "", { label: "crash" });
const base = syntheticSnapshot({ pods: 3 });
for (const name of LISTS) (base[name] as unknown[]).sort(itemOrder[name] as (a: unknown, b: unknown) => number);
for (let frame = 0; ; frame++) {
  const takenAt = new Date(Date.parse("2026-11-21T12:00:00Z") + frame * 1000).toISOString();
  const [first, ...rest] = base.processes;
  if (!first) throw new Error("the synthetic node has no process");
  await writer.write({ ...base, takenAt, processes: [{ ...first, rssBytes: frame * 4096 }, ...rest] });
  process.stdout.write(`${frame + 1}\n`);
}
