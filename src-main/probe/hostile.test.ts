/** Any bytes a node may hold, any cut, any noise: nothing is forged, nothing is lost without a gap. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyReading, type Reading } from "../../src-shared/reading.ts";
import { encodeHeader, encodeReading, FrameWriter } from "./encode.ts";
import { FrameReader } from "./frames.ts";
import { parseProbeText } from "./parse.ts";
import { aReading, asUtf8, slowParts, words } from "./testing/hostile.ts";
import { escapeField, unescapeField } from "./wire.ts";

async function* inChunks(text: string, size: number) {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const framesOf = (reader: FrameReader, text: string) =>
  [...reader.feed(Buffer.from(text, "latin1"))].filter((frame) => frame !== undefined);
const parse = (text: string, size = 97) => parseProbeText(inChunks(text, size));
const lost = (reading: Reading) => reading.gaps.filter((gap) => /damaged|cut off/.test(gap.why));

/** Each process is one of the truth's, though a record of what more is known of it may be lost. */
const notForged = (got: Reading, truth: Reading) => {
  for (const one of got.processes) expect(truth.processes.find(({ pid }) => pid === one.pid)).toMatchObject(one);
};

describe("fields", () => {
  it("come back as they went, in printable ASCII without a space", () => {
    fc.assert(
      fc.property(words, (text) => {
        const field = escapeField(text);
        expect(field).toMatch(/^[!-~]+$/);
        expect(unescapeField(field)).toBe(asUtf8(text));
      }),
    );
  });
});

describe("frames", () => {
  it("come back as they went, whatever their text and wherever the chunks are cut", async () => {
    await fc.assert(
      fc.asyncProperty(aReading, fc.integer({ min: 1, max: 400 }), async (reading, size) => {
        expect(await parse(encodeReading(reading), size)).toEqual(asUtf8(reading));
      }),
      { numRuns: 200 },
    );
  });

  it("cut at any byte give what came before, and a gap", async () => {
    await fc.assert(
      fc.asyncProperty(aReading, fc.double({ min: 0, max: 1, noNaN: true }), async (reading, share) => {
        const text = encodeReading(reading);
        const whole = asUtf8(reading);
        const cut = text.slice(0, Math.floor(share * (text.length - 1)));
        let got: Reading;
        try {
          got = await parse(cut);
        } catch (error) {
          // Nothing but the header, or less.
          expect((error as Error).name).toBe("ReadingError");
          return;
        }
        expect(lost(got)).toHaveLength(1);
        notForged(got, whole);
        expect(Object.entries(whole.files)).toEqual(expect.arrayContaining(Object.entries(got.files)));
      }),
      { numRuns: 200 },
    );
  });

  it("with noise of an rc file before, between and after the records are the same", async () => {
    // What a shell prints by itself: whole lines, or words without a newline, before any record.
    const chatter = fc.string({ unit: "binary" }).map((text) => Buffer.from(text, "utf8").toString("latin1"));
    await fc.assert(
      fc.asyncProperty(aReading, fc.array(chatter, { maxLength: 6 }), fc.nat(), async (reading, noises, seed) => {
        const lines = encodeReading(reading).split("\n");
        noises.forEach((noise, at) => {
          const where = (seed * (at + 7)) % lines.length;
          lines[where] = noise + (at % 2 === 0 ? "\n" : "") + lines[where];
        });
        expect(await parseProbeText(inChunks(lines.join("\n"), 97), "0123456789")).toEqual(asUtf8(reading));
      }),
      { numRuns: 150 },
    );
  });

  it("with noise inside a record lose that one record, and say so", async () => {
    await fc.assert(
      fc.asyncProperty(
        aReading,
        fc.string({ unit: "binary", minLength: 1 }),
        fc.nat(),
        async (reading, chatter, where) => {
          const text = encodeReading(reading);
          const at = where % text.length;
          const noise = Buffer.from(chatter, "utf8").toString("latin1");
          // ASCII and a newline of just the length that they cut off cannot be told from what we wrote.
          fc.pre(noise.indexOf("\n") !== text.indexOf("\n", at) - at || !/^[ -~]*\n/.test(noise));
          const got = await parseProbeText(
            inChunks(text.slice(0, at) + noise + text.slice(at), 97),
            "0123456789",
          ).catch((error: Error) => error);
          // The one record that told of the frame was hit.
          if (got instanceof Error) {
            expect(got.name).toBe("ReadingError");
            return;
          }
          const truth = asUtf8(reading);
          if (lost(got).length === 0) expect(got).toEqual(truth);
          notForged(got, truth);
          for (const one of got.relations) expect(truth.relations).toContainEqual(one);
          for (const one of got.mounts) expect(truth.mounts).toContainEqual(one);
          expect(Object.entries(truth.files)).toEqual(expect.arrayContaining(Object.entries(got.files)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("of a session that lose any bytes are known to have lost some, until a whole one heals it", () => {
    fc.assert(
      fc.property(
        fc.array(aReading, { minLength: 2, maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 1, max: 300 }),
        (history, from, count) => {
          const writer = new FrameWriter("nonce12345");
          const frames = history.map((reading, at) =>
            writer.frame(reading, { seq: at + 1, whole: at === 0, deep: reading.deep }),
          );
          const bytes = frames.join("");
          const start = from % bytes.length;
          const last = history.at(-1)!;
          const healing = writer.frame(last, { seq: history.length + 1, whole: true, deep: last.deep });
          const reader = new FrameReader("nonce12345");
          const damaged = bytes.slice(0, start) + bytes.slice(start + count);
          let slow = slowParts(emptyReading());
          let whole = true;
          for (const frame of reader.feed(Buffer.from(damaged, "latin1"))) {
            if (!frame) continue;
            const truth = history[frame.seq - 1]!;
            if (truth.deep) slow = slowParts(truth);
            // What a session does with a lost frame is to ask for a whole one: only frames before it count.
            whole &&= frame.lost === 0;
            if (whole) expect({ ...reader.reading(frame), deep: truth.deep }).toEqual(asUtf8({ ...truth, ...slow }));
          }
          const [healed] = framesOf(reader, `\n${healing}`).slice(-1);
          expect(healed?.lost).toBe(0);
          expect(reader.reading(healed!)).toEqual(asUtf8(last));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("believe only the session's own nonce", async () => {
    const forged = encodeReading({ ...emptyReading(), takenAt: "2026-01-01T00:00:00.000Z" }, "abcdefabcdef");
    const true_ = encodeReading(
      { ...emptyReading(), node: { ...emptyReading().node, hostname: "real" } },
      "1234512345",
    );
    const reading = await parseProbeText(inChunks(forged + true_, 50), "1234512345");
    expect(reading.node.hostname).toBe("real");
  });

  it("say by deltas what a whole frame says, over any history", () => {
    fc.assert(
      fc.property(fc.array(aReading, { minLength: 1, maxLength: 5 }), (history) => {
        const writer = new FrameWriter("nonce12345");
        const reader = new FrameReader("nonce12345");
        let bytes = encodeHeader("nonce12345");
        let slow = slowParts(emptyReading());
        history.forEach((reading, at) => {
          if (reading.deep) slow = slowParts(reading);
          bytes += writer.frame(reading, { seq: at + 1, whole: at === 0, deep: reading.deep });
          const frames = framesOf(reader, bytes);
          bytes = "";
          expect(frames).toHaveLength(1);
          const got = reader.reading(frames[0]!);
          expect({ ...got, deep: reading.deep }).toEqual(asUtf8({ ...reading, ...slow }));
        });
      }),
      { numRuns: 100 },
    );
  });
});
