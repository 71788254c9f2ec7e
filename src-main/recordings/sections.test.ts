import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { type Block, packBlock } from "../../src-shared/curves/block.ts";
import { readCurves } from "./curves.ts";
import { record } from "./format.ts";
import { packSections, unpackSections } from "./sections.ts";

/** Groups of all sizes, so that some share a part, some have one of their own, and some are empty. */
const block: Block = {
  times: [1_000, 2_000, 90_000],
  groups: Array.from({ length: 300 }, (_, i) => ({
    path: `/pods/p${i >> 2}/"c${i}"\u0000ü€\ud800`,
    ...(i % 3 === 0 ? {} : { pod: `containerd/${i >> 2}` }),
    ...(i % 4 === 0 ? {} : { container: `c${i % 4}` }),
    bytes: Uint8Array.from({ length: i % 50 === 7 ? 40_000 : i % 7 === 0 ? 0 : i }, (_, at) => (i * at) % 251),
  })),
};
const plain = ({ times, groups }: Block) => ({
  times,
  groups: groups.map(({ bytes, ...name }) => ({ ...name, bytes: [...bytes] })),
});

it("gives back what was packed: all, one pod's, or none", async () => {
  const packed = await packSections(block);
  expect(plain(await unpackSections(packed, () => true))).toEqual(plain(block));
  const some = await unpackSections(packed, ({ pod }) => pod === "containerd/40");
  expect(plain(some)).toEqual(plain({ ...block, groups: block.groups.filter(({ pod }) => pod === "containerd/40") }));
  expect(await unpackSections(packed, () => false)).toEqual({ times: block.times, groups: [] });
  const none = { times: [], groups: [] };
  expect(await unpackSections(await packSections(none), () => true)).toEqual(none);
});

it("reads the curves of files that have them in one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "podglass-sections-"));
  const path = join(folder, "one");
  const before = Buffer.from("whatever stands before");
  const bytes = Buffer.concat([before, record("CURV", 0, brotliCompressSync(packBlock(block)))]);
  await writeFile(path, bytes);
  const file = await open(path, "r");
  const read = await readCurves(file, before.length, bytes.length, ({ path }) => path === block.groups[5]!.path);
  expect(plain(read)).toEqual(plain({ ...block, groups: [block.groups[5]!] }));
  await file.close();
  await rm(folder, { recursive: true });
});

it("says of other bytes that they are none, whatever byte was changed", async () => {
  const packed = await packSections({ ...block, groups: block.groups.slice(0, 20) });
  for (let at = 0; at < packed.length; at += 1 + Math.floor(packed.length / 200)) {
    const other = Buffer.from(packed);
    other[at] = (other[at]! + 77) % 256;
    const read = await unpackSections(other, () => true).catch((error: Error) => error);
    if (!(read instanceof Error)) expect(read.times).toHaveLength(3);
  }
  for (const names of ["null", "{}", '{"times":[1],"parts":[],"groups":[["a","","",5,0]]}', '{"times":["x"]}']) {
    const head = brotliCompressSync(names);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.length);
    await expect(unpackSections(Buffer.concat([length, head]), () => true)).rejects.toThrow(RangeError);
  }
  await expect(unpackSections(Buffer.alloc(4, 255), () => true)).rejects.toThrow();
  await expect(unpackSections(Buffer.alloc(2), () => true)).rejects.toThrow();
});
