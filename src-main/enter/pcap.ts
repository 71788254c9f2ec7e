/** A pcap file as it comes from a node: only what is whole is handed on (draft-ietf-opsawg-pcap). */

const FILE_HEADER = 24;
const PACKET_HEADER = 16;
/** Magic numbers, as they stand in a file of a little-endian writer: microseconds and nanoseconds. */
const MAGICS = [0xa1b2c3d4, 0xa1b23c4d];

export class NoPcap extends Error {
  override name = "NoPcap";
}

export class PcapStream {
  packets = 0;
  /** Bytes of what was handed on. */
  bytes = 0;
  readonly #longest: number;
  #rest: Buffer = Buffer.alloc(0);
  #little: boolean | undefined;

  /** @param snaplen what was asked for: a packet that is longer is none */
  constructor(snaplen: number) {
    this.#longest = snaplen + 64;
  }

  /** What is whole by now; up to `most` bytes in all. Throws NoPcap. */
  push(chunk: Buffer, most = Number.POSITIVE_INFINITY): Buffer {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    if (this.#little === undefined) {
      if (this.#rest.length < FILE_HEADER) return Buffer.alloc(0);
      if (MAGICS.includes(this.#rest.readUInt32LE(0))) this.#little = true;
      else if (MAGICS.includes(this.#rest.readUInt32BE(0))) this.#little = false;
      else throw new NoPcap("what came from the node is no capture");
      at = FILE_HEADER;
    }
    while (this.#rest.length - at >= PACKET_HEADER) {
      const length = this.#little ? this.#rest.readUInt32LE(at + 8) : this.#rest.readUInt32BE(at + 8);
      if (length > this.#longest)
        throw new NoPcap(`a packet of ${length} bytes came from the node, and at most ${this.#longest} were asked for`);
      const end = at + PACKET_HEADER + length;
      if (end > this.#rest.length || this.bytes + end > most) break;
      this.packets += 1;
      at = end;
    }
    const whole = this.#rest.subarray(0, at);
    this.#rest = this.#rest.subarray(at);
    this.bytes += at;
    return whole;
  }

  /** Nothing more may be handed on below `most`: the next packet does not fit. */
  full(most: number): boolean {
    if (this.#rest.length < PACKET_HEADER || this.#little === undefined) return this.bytes + PACKET_HEADER > most;
    const length = this.#little ? this.#rest.readUInt32LE(8) : this.#rest.readUInt32BE(8);
    return this.bytes + PACKET_HEADER + length > most;
  }
}
