/** For tests: writes a recorded node anew, when what we conclude from the same texts has changed (docs/pods.md). */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import type { Snapshot } from "../../src-shared/model.ts";
import { FIRST_LINE, type Head, type Index, RECORD_BYTES, record, recordHead, type Tag } from "../recordings/format.ts";
import { RecordingWriter } from "../recordings/writer.ts";
import type { Texts } from "./recorded.ts";

/** @param path of a recording with one frame, in which RAWS stands behind HEAD */
export async function rerecord(path: string, texts: Texts, snapshot: Snapshot): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const writer = await RecordingWriter.create(draft, { label: snapshot.node.hostname });
  await writer.write(snapshot);
  await writer.close();
  const written = await readFile(draft);
  await rm(draft);
  const atMs = Date.parse(snapshot.takenAt);
  const raws = brotliCompressSync(Buffer.from(JSON.stringify(texts)), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  const parts: Buffer[] = [Buffer.from(FIRST_LINE)];
  const offset = () => parts.reduce((sum, part) => sum + part.length, 0);
  const add = (tag: string, payload: Uint8Array) => parts.push(record(tag as Tag, atMs, payload));
  let keyAt = 0;
  for (let at = FIRST_LINE.length; at < written.length; ) {
    const { tag, length } = recordHead(written.subarray(at, at + RECORD_BYTES))!;
    const payload = written.subarray(at + RECORD_BYTES, at + RECORD_BYTES + length);
    at += RECORD_BYTES + length;
    if (tag === "HEAD") {
      const head = { ...(JSON.parse(payload.toString()) as Head), startedAt: snapshot.takenAt };
      add(tag, Buffer.from(JSON.stringify(head)));
      add("RAWS", raws);
      keyAt = offset();
    } else if (tag === "INDX") {
      const index = JSON.parse(payload.toString()) as Index;
      const indexAt = Buffer.alloc(8);
      indexAt.writeBigUInt64LE(BigInt(offset()));
      add(
        tag,
        Buffer.from(JSON.stringify({ ...index, chunks: index.chunks.map((one) => ({ ...one, offset: keyAt })) })),
      );
      add("TAIL", indexAt);
    } else if (tag !== "TAIL") add(tag, payload);
  }
  await writeFile(draft, Buffer.concat(parts));
  await rename(draft, path);
}
