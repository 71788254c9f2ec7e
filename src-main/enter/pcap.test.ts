import { describe, expect, it } from "vitest";
import { NoPcap, PcapStream } from "./pcap.ts";

const file = (lengths: number[], big = false): Buffer => {
  const put = (buffer: Buffer, value: number, at: number) =>
    big ? buffer.writeUInt32BE(value, at) : buffer.writeUInt32LE(value, at);
  const header = Buffer.alloc(24);
  put(header, 0xa1b2c3d4, 0);
  const packets = lengths.map((length, i) => {
    const packet = Buffer.alloc(16 + length, i + 1);
    put(packet, length, 8);
    return packet;
  });
  return Buffer.concat([header, ...packets]);
};

describe("a capture as it comes from a node", () => {
  it.each([false, true])("is handed on whole, however it is cut (big-endian: %s)", (big) => {
    const whole = file([10, 0, 200], big);
    for (const step of [1, 7, 40, 1000]) {
      const stream = new PcapStream(1000);
      const parts: Buffer[] = [];
      // The last packet lacks its end.
      const cut = Buffer.concat([whole, file([50], big).subarray(24, 60)]);
      for (let at = 0; at < cut.length; at += step) parts.push(stream.push(cut.subarray(at, at + step)));
      expect(Buffer.concat(parts)).toEqual(whole);
      expect([stream.packets, stream.bytes]).toEqual([3, whole.length]);
    }
  });

  it("ends at a packet's end before it grows beyond what is wanted", () => {
    const stream = new PcapStream(1000);
    const whole = file([100, 100, 100]);
    expect(stream.push(whole, 24 + 2 * 116 + 50).length).toBe(24 + 2 * 116);
    expect([stream.full(24 + 2 * 116 + 50), stream.full(1000)]).toEqual([true, false]);
  });

  it("is refused where it is none, or holds a packet longer than was asked for", () => {
    expect(() => new PcapStream(1000).push(Buffer.from("tcpdump: eth0: no such device\n".repeat(2)))).toThrow(NoPcap);
    expect(() => new PcapStream(1000).push(file([2 ** 24]))).toThrow(/at most 1064/);
  });
});
