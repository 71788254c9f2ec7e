/** Reads a file forwards in large pieces: two reads for each small record would cost a wait each on a busy machine. */
import type { FileHandle } from "node:fs/promises";
import { LONGEST_PAYLOAD, RECORD_BYTES } from "./format.ts";

const WINDOW = 1024 * 1024;

export class Window {
  private readonly file: FileHandle;
  private readonly size: number;
  private bytes: Buffer = Buffer.alloc(0);
  private base = 0;

  /** @param size bytes of the file: nothing is read beyond */
  constructor(file: FileHandle, size: number) {
    this.file = file;
    this.size = size;
  }

  /** Exactly so many bytes, as a view of the window: keep a copy of what is to outlive the next call. Throws RangeError at the end. */
  async peek(at: number, length: number): Promise<Buffer> {
    if (at < this.base || at + length > this.base + this.bytes.length) {
      this.bytes = await bytesAt(this.file, at, Math.max(length, Math.min(WINDOW, this.size - at)));
      this.base = at;
    }
    return this.bytes.subarray(at - this.base, at - this.base + length);
  }
}

/** Exactly so many bytes; throws RangeError where the file has fewer. */
export async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  if (length > LONGEST_PAYLOAD + RECORD_BYTES) throw new RangeError("a record is longer than any that Podglass writes");
  const bytes = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, length - got, at + got);
    if (bytesRead === 0) throw new RangeError("the file ends in mid-record");
    got += bytesRead;
  }
  return bytes;
}
