/**
 * A block of curves as it stands in a file: whoever wants one pod's unpacks the names and one small part, not a node's all.
 * First the length of the names (4 bytes, little endian), then the names (JSON, Brotli), then the parts, Brotli each.
 */
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import type { Block, GroupBlock } from "../../src-shared/curves/block.ts";
import type { GroupName } from "../../src-shared/curves/metrics.ts";
import { LONGEST_PAYLOAD } from "./format.ts";

export type WantedGroups = (group: GroupName) => boolean;

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** Groups that stand beside each other share a part of so many bytes: a pod's mostly do. */
const PART_BYTES = 16 * 1024;
const packing = (bytes: number) => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
});

interface Names {
  times: number[];
  /** Packed, bytes each. */
  parts: number[];
  /** Path, pod, container, and bytes in its part; a part begins where the fifth says so. */
  groups: [path: string, pod: string, container: string, bytes: number, begins: 0 | 1][];
}

export async function packSections({ times, groups }: Block): Promise<Buffer> {
  const names: Names["groups"] = [];
  const parts: Uint8Array[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const { path, pod = "", container = "", bytes } of groups) {
    const begins = filled + bytes.length > PART_BYTES;
    if (begins) parts.push([]);
    filled = (begins ? 0 : filled) + bytes.length;
    parts.at(-1)?.push(bytes);
    names.push([path, pod, container, bytes.length, begins ? 1 : 0]);
  }
  const packed = await Promise.all(parts.map((part) => compress(Buffer.concat(part), packing(PART_BYTES))));
  const head = JSON.stringify({ times, parts: packed.map(({ length }) => length), groups: names } satisfies Names);
  const packedHead = await compress(head, packing(head.length));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packedHead.length);
  return Buffer.concat([length, packedHead, ...packed]);
}

/** The groups that are wanted. Throws RangeError, SyntaxError or zlib's error where these are not a block's bytes. */
export async function unpackSections(bytes: Buffer, wanted: WantedGroups): Promise<Block> {
  const headEnd = 4 + bytes.readUInt32LE(0);
  const { times, parts, groups } = checked(
    JSON.parse((await decompress(bytes.subarray(4, headEnd), { maxOutputLength: LONGEST_PAYLOAD })).toString("utf8")),
  );
  const chosen: (Omit<GroupBlock, "bytes"> & { part: number; from: number; to: number })[] = [];
  let [part, at] = [-1, 0];
  for (const [path, pod, container, length, begins] of groups) {
    if (begins === 1) [part, at] = [part + 1, 0];
    const name = { path, ...(pod === "" ? {} : { pod }), ...(container === "" ? {} : { container }) };
    if (wanted(name)) chosen.push({ ...name, part, from: at, to: at + length });
    at += length;
  }
  const starts: number[] = [headEnd];
  for (const length of parts) starts.push((starts.at(-1) ?? 0) + length);
  const numbers = [...new Set(chosen.map((one) => one.part))];
  const opened = new Map(
    await Promise.all(
      numbers.map(async (number): Promise<[number, Buffer]> => {
        const [from, to] = [starts[number], starts[number + 1]];
        if (from === undefined || to === undefined || to > bytes.length) throw new RangeError("a part is not there");
        return [number, await decompress(bytes.subarray(from, to), { maxOutputLength: LONGEST_PAYLOAD })];
      }),
    ),
  );
  return {
    times,
    groups: chosen.map(({ part: number, from, to, ...name }) => {
      const inside = opened.get(number);
      if (inside === undefined || to > inside.length) throw new RangeError("a group is not there");
      return { ...name, bytes: inside.subarray(from, to) };
    }),
  };
}

const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checked(value: unknown): Names {
  const { times, parts, groups } = (value ?? {}) as Partial<Names>;
  const sound =
    Array.isArray(times) &&
    times.every(Number.isSafeInteger) &&
    Array.isArray(parts) &&
    parts.every(whole) &&
    Array.isArray(groups) &&
    groups.every(
      (group) =>
        Array.isArray(group) &&
        group.slice(0, 3).every((text) => typeof text === "string") &&
        group.length === 5 &&
        whole(group[3]) &&
        (group[4] === 0 || group[4] === 1),
    );
  if (!sound) throw new RangeError("these are no names of curves");
  return { times, parts, groups };
}
