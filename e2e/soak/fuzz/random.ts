/** One random source for a run, so that FUZZ_SEED repeats it; and bytes that were right, spoiled. */
import { seeded } from "../../../src-shared/testing/random.ts";

export const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
export const random = seeded(seed);
export const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] as T;

/** What parsers stumble over. */
export const JUNK = [
  "",
  "\0",
  "\n",
  " ",
  "-1",
  "9".repeat(30),
  "__proto__",
  "constructor",
  "../../..",
  "\\",
  "\\777",
  "{",
  "[[[",
  '"',
  "%00",
  "\u202e",
  "*",
  "?(",
  "\r\n\r\n",
  "null",
  "1e999",
];

/** A few changes to bytes that were right: cut out, doubled, put in, one bit turned. */
export function spoiled(bytes: Buffer): Buffer {
  let out = bytes;
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(out.length + 1);
    const to = Math.min(out.length, at + random.below(40));
    const way = random.below(4);
    if (way === 0) out = Buffer.concat([out.subarray(0, at), out.subarray(to)]);
    else if (way === 1) out = Buffer.concat([out.subarray(0, to), out.subarray(at)]);
    else if (way === 2) out = Buffer.concat([out.subarray(0, at), Buffer.from(pick(JUNK)), out.subarray(at)]);
    else if (at < out.length) {
      out = Buffer.from(out);
      out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
    }
  }
  return out;
}
