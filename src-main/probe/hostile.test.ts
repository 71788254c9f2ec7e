/** Any bytes a node may hold, any cut, any noise: nothing is forged, nothing is lost without a gap. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyReading, type RawProcess, type Reading } from "../../src-shared/reading.ts";
import { encodeHeader, encodeReading, FrameWriter } from "./encode.ts";
import { FrameReader } from "./frames.ts";
import { parseProbeText, readingOf } from "./parse.ts";
import { escapeField, unescapeField } from "./wire.ts";

/** Text as a hostile pod would choose it: control characters, our own words, other scripts. */
const words = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "\n0123456789.15 end 1 1\n",
    "x) S 1 (",
    "\\n\\s\\z",
    "\\012",
    "#podglass:reading/1 0123456789",
    "__proto__",
    "\u001b[31m",
    "💣",
  ),
);
const name = words.filter((text) => !text.includes("\0") && !text.includes("/") && !text.includes("\n") && text !== "");
const argument = words.map((text) => text.replaceAll("\0", ""));

const aProcess = (pid: number): fc.Arbitrary<RawProcess> =>
  fc.record({
    pid: fc.constant(pid),
    ppid: fc.nat(70_000),
    startTicks: fc.nat(),
    state: fc.constantFrom("S", "R", "Z", "I"),
    uid: fc.nat(),
    comm: words.map((text) => text.replaceAll("\0", "")),
    cmdline: fc.array(argument, { maxLength: 4 }).map((args) => (args.join("") === "" ? [] : args)),
    rssBytes: fc.nat(1000).map((pages) => pages * 4096),
    oomScoreAdj: fc.option(fc.integer({ min: -1000, max: 1000 })),
    ns: fc.record({
      net: fc.integer({ min: 1, max: 2 ** 32 }),
      pid_for_children: fc.integer({ min: 1, max: 2 ** 32 }),
    }),
    cgroup: fc.record({ "": name.map((text) => `/${text}`), "cpu,cpuacct": name.map((text) => `/${text}`) }),
    nsPids: fc.constant([pid, 1]),
    pageTableBytes: fc.nat(1000).map((kb) => kb * 1024),
    swapBytes: fc.nat(1000).map((kb) => kb * 1024),
    oomScore: fc.nat(2000),
  });

const aReading: fc.Arbitrary<Reading> = fc
  .record({
    hostname: words,
    processes: fc
      .uniqueArray(fc.integer({ min: 1, max: 70_000 }), { maxLength: 8 })
      .chain((pids) => fc.tuple(...pids.sort((a, b) => a - b).map(aProcess))),
    groups: fc.uniqueArray(name, { maxLength: 5 }),
    files: fc.dictionary(words, words, { maxKeys: 4 }),
    deep: fc.boolean(),
  })
  .map(({ hostname, processes, groups, files, deep }) => {
    const empty = emptyReading();
    return {
      ...empty,
      deep,
      takenAt: "2026-11-21T10:00:00.250Z",
      node: { ...empty.node, hostname, cpus: 2, uptimeSeconds: 12.5 },
      processes: [...processes],
      cgroups: groups
        .map((group) => ({
          hierarchy: "v2",
          path: `/${group}`,
          files: { "cgroup.procs": "1\n2", "cpu.max": "max 100000" },
        }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
      files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))),
      gaps: [{ what: "a place", why: "no rights", count: 3, mend: "log in as root" }],
    };
  });

/** Lone surrogates are no UTF-8: they become U+FFFD on any way through bytes. */
const asUtf8 = <T>(value: T): T => {
  const text = (one: string) => Buffer.from(one, "utf8").toString("utf8");
  if (typeof value === "string") return text(value) as T;
  if (Array.isArray(value)) return value.map(asUtf8) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [text(key), asUtf8(one)])) as T;
};

async function* inChunks(text: string, size: number) {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const parse = (text: string, size = 97) => parseProbeText(inChunks(text, size));
const lost = (reading: Reading) => reading.gaps.filter((gap) => /damaged|cut off/.test(gap.why));

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
        for (const one of got.processes) expect(whole.processes).toContainEqual(one);
        expect(Object.entries(whole.files)).toEqual(expect.arrayContaining(Object.entries(got.files)));
      }),
      { numRuns: 200 },
    );
  });

  it("with noise of an rc file before, between and after are the same; inside a record it is a gap", async () => {
    await fc.assert(
      fc.asyncProperty(aReading, fc.string({ unit: "binary" }), fc.nat(), async (reading, chatter, where) => {
        const noise = Buffer.from(chatter, "utf8").toString("latin1");
        const text = encodeReading(reading);
        const at = where % text.length;
        const got = await parseProbeText(
          inChunks(noise + text.slice(0, at) + noise + text.slice(at) + noise, 97),
          "0123456789",
        ).catch((error: Error) => error);
        // The one record that told of the frame was hit.
        if (got instanceof Error) return expect(got.name).toBe("ReadingError");
        if (lost(got).length > 0 || got.processes.length === 0) {
          for (const one of got.processes) expect(asUtf8(reading).processes).toContainEqual(one);
        } else expect(got).toEqual(asUtf8(reading));
      }),
      { numRuns: 300 },
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
        history.forEach((reading, at) => {
          bytes += writer.frame(reading, { seq: at + 1, whole: at === 0, deep: reading.deep });
          const frames = [...reader.feed(Buffer.from(bytes, "latin1"))];
          bytes = "";
          expect(frames).toHaveLength(1);
          const got = readingOf(reader, frames[0]!);
          expect({ ...got, deep: reading.deep }).toEqual(asUtf8(reading));
        });
      }),
      { numRuns: 100 },
    );
  });
});
