import { expect, it } from "vitest";
import { emptyReading, type RawMount } from "../../src-shared/reading.ts";
import { encodeReading } from "./encode.ts";
import { FrameReader } from "./frames.ts";

const mountAt = (id: number, more: Partial<RawMount> = {}): RawMount => ({
  root: "/",
  mountPoint: "/var/lib/größe of many",
  fstype: "tmpfs",
  source: "tmpfs",
  propagation: ["shared:12", "master:3"],
  id,
  parent: 7,
  readOnly: false,
  ...more,
});

it("reads tables that are alike as they stand, and keeps what they have in common once", () => {
  const tables = [4_000_000_001, 4_000_000_002].map((mountNamespace, at) => ({
    mountNamespace,
    pid: at + 1,
    mounts: [mountAt(10 + at), mountAt(20 + at, { propagation: [] }), mountAt(30 + at, { propagation: ["shared:12"] })],
  }));
  const reader = new FrameReader();
  const text = encodeReading({ ...emptyReading(), deep: true, mounts: tables });
  const [frame] = [...reader.feed(Buffer.from(text, "latin1"))].flatMap((frame) => frame ?? []);
  const { mounts } = reader.reading(frame!);
  expect(mounts).toEqual(tables);
  const [first, second] = mounts.map((table) => table.mounts);
  for (const [at, { propagation }] of first!.entries()) expect(second![at]!.propagation).toBe(propagation);
});
