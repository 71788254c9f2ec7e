/** A node that says too much, in every way that a record has: memory and time stay within bounds, and what was left out is said. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { emptyReading } from "../../src-shared/reading.ts";
import type { Channel, Connection } from "../transport/transport.ts";
import { BOUNDS, type Bounds } from "./bounds.ts";
import { encodeHeader, FrameWriter } from "./encode.ts";
import { FrameReader } from "./frames.ts";
import { openLive } from "./live.ts";
import { feedSliced, parseProbeText } from "./parse.ts";
import { readNode } from "./read.ts";
import { HEADER, recordLine } from "./wire.ts";

const NONCE = "nonce12345";
const MiB = 1024 * 1024;
/** The same bounds for a sixteenth: they are kept in the same way, and filled in a sixteenth of the time. */
const SMALL: Bounds = {
  kept: 6 * MiB,
  frameBytes: 16 * MiB,
  frameLines: 125_000,
  refused: 6_000,
  mounts: 20_000,
  fewer: 16,
};
const small = () => new FrameReader(NONCE, SMALL);

/** One frame of the records, in chunks as a stream gives them. */
function* frame(records: Iterable<string>, seq = 1, kind = "whole"): Generator<Buffer> {
  let text = recordLine(NONCE, `begin ${seq} ${kind} quick 1700000000 100`);
  let count = 1;
  for (const record of records) {
    text += recordLine(NONCE, record);
    count += 1;
    if (text.length < 64 * 1024) continue;
    yield Buffer.from(text, "latin1");
    text = "";
  }
  yield Buffer.from(text + recordLine(NONCE, `end ${seq} ${count}`), "latin1");
}

/** Milliseconds of processor time: what else runs on the machine does not count. */
const spent = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

/** Feeds it as a session does. `stretchMs`: the longest time in which nobody else had the thread. */
async function fed(chunks: Iterable<Buffer>, reader = new FrameReader(NONCE)) {
  const began = process.cpuUsage();
  let stretchMs = 0;
  let last = process.cpuUsage();
  const pulse = setInterval(() => {
    stretchMs = Math.max(stretchMs, spent(last));
    last = process.cpuUsage();
  }, 1);
  let reading: ReturnType<FrameReader["reading"]> | undefined;
  for (const chunk of chunks) for await (const one of feedSliced(reader, chunk)) reading = reader.reading(one);
  await new Promise((resolve) => setTimeout(resolve, 2));
  clearInterval(pulse);
  return { reading, stretchMs, ms: spent(began) };
}

function* repeat(count: number, record: (at: number) => string): Generator<string> {
  for (let at = 0; at < count; at++) yield record(at);
}
const group = "C 1 v2 /x";
const leftOut = (reading: { gaps: { why: string; count: number }[] } | undefined) =>
  (reading?.gaps ?? []).filter(({ why }) => why.startsWith("left out: "));

describe("one node's records", () => {
  it.each([
    ["one file's text, escaped", (at: number) => `F /etc/x${at} ${"\\001".repeat(100_000)}`],
    ["command lines", (at: number) => `p ${at} 1 1 0 0 1 1 - x ${"a".repeat(400_000)}`],
    ["trailing fields that nobody knows", (at: number) => `p ${at} 1 1 0 0 1 1 - x x - ${"a".repeat(400_000)}`],
    ["gaps", () => `G ${"a".repeat(400_000)} \\e \\e 1`],
  ])("keep no more text than is kept of one: %s", async (_, record) => {
    const { reading } = await fed(frame(repeat(18, record)), small());
    expect(leftOut(reading)).toHaveLength(1);
    expect(JSON.stringify(reading).length).toBeLessThan(1.5 * SMALL.kept);
  });

  it("keep no more text than is kept of one: a file for each path, as many as any node may send", async () => {
    const before = process.memoryUsage().rss;
    const files = repeat(260, (at) => `F /etc/x${at} ${"a".repeat(400_000)}`);
    const { reading } = await fed(frame(files));
    expect(leftOut(reading)).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(6 * BOUNDS.kept);
    expect(JSON.stringify(reading).length).toBeLessThan(1.5 * BOUNDS.kept);
  });

  it.each([
    ["facts", 100, (at: number) => `n fact${at} x`],
    ["processes", 13_000, (at: number) => `p ${at} 1 1 0 0 1 1 - x x`],
    ["groups", 13_000, (at: number) => `C ${at} v2 /x${at}`],
    ["open files", 13_000, (at: number) => `d ${at} 1 net 1`],
    ["gaps", 1000, (at: number) => `G what${at} why \\e 1`],
  ])("are no more than are kept of a kind: %s", async (_, count, record) => {
    const { reading } = await fed(frame(repeat(count, record)), small());
    const [gap, ...more] = leftOut(reading);
    expect(more).toEqual([]);
    expect(gap?.count).toBeGreaterThan(0);
    expect(gap?.count).toBeLessThan(count);
  });

  it("say anew what was left out with each frame, until a whole one forgets all", async () => {
    const reader = new FrameReader(NONCE);
    await fed(frame(repeat(2000, (at) => `n fact${at} x`)), reader);
    const { reading } = await fed(frame([], 2, "delta"), reader);
    expect(leftOut(reading)).toHaveLength(1);
    expect(leftOut((await fed(frame([], 3), reader)).reading)).toEqual([]);
  });

  it("never show an old value where the new one did not fit", async () => {
    const reader = small();
    const fill = repeat(15, (at) => `F /x${at} ${"a".repeat(419_000)}`);
    await fed(frame(["F /etc/a old", group, "f 1 memory.max 1", ...fill]), reader);
    const { reading } = await fed(
      frame([`F /etc/a ${"b".repeat(500_000)}`, `f 1 memory.max ${"c".repeat(500_000)}`], 2, "delta"),
      reader,
    );
    expect(leftOut(reading)[0]?.count).toBe(2);
    expect(reading?.files["/etc/a"]).toBeUndefined();
    expect(reading?.cgroups[0]?.files["memory.max"]).toBeUndefined();
  });

  it("give back the room of what is gone", async () => {
    const reader = small();
    for (let turn = 1; turn <= 6; turn++) {
      const records = repeat(12, (at) => `F /etc/x${at} ${"a".repeat(400_000)}`);
      await fed(frame(records, 2 * turn, "delta"), reader);
      const { reading } = await fed(
        frame(
          repeat(12, (at) => `-F /etc/x${at}`),
          2 * turn + 1,
          "delta",
        ),
        reader,
      );
      expect(leftOut(reading)).toEqual([]);
    }
  });

  it.each([
    ["a record for each file of a group", [group, ...repeat(30_000, (at) => `f 1 k${at} v`)]],
    ["a record for each change of a file", [group, ...repeat(30_000, (at) => `f 1 k v${at}`)]],
    ["files that come and go", [group, ...repeat(30_000, (at) => (at % 2 ? "-f 1 k" : "f 1 k v"))]],
    ["very many files in a record", [group, `f 1 ${[...repeat(450_000, (at) => `k${at} v`)].join(" ")}`]],
    [
      "mount tables",
      [
        ...repeat(
          10,
          (at) => `M ${at + 1} 1 ${"1\\s1\\s0:1\\s/\\s/a\\srw\\s-\\snsfs\\snsfs\\srw ".repeat(20_000).trimEnd()}`,
        ),
      ],
    ],
    ["a line of 7 MiB", [`F /etc/y ${"\\001".repeat(7 * (MiB / 4))}`]],
    [
      "many processes",
      [...repeat(15_000, (at) => `p ${at} 1 1 0 0 1 1 - x x`), ...repeat(15_000, (at) => `m ${at} S 1 1 1 -`)],
    ],
  ])("cost linear time, and the thread is given back meanwhile: %s", async (_, records) => {
    const { reading, stretchMs, ms } = await fed(frame(records));
    expect(reading).toBeDefined();
    expect(ms).toBeLessThan(4_000);
    expect(stretchMs).toBeLessThan(500);
  });

  it("cost linear time too in a line of nothing but tags", async () => {
    const began = process.cpuUsage();
    for (const filler of ["", "9999999999", "x ", " "])
      await fed([Buffer.from(`${`${NONCE}.${filler}`.repeat(100_000)}\n`)]);
    expect(spent(began)).toBeLessThan(2500);
  });

  it("of mounts are no more than are kept of one node", async () => {
    const line = "1\\s1\\s0:1\\s/\\s/a\\srw\\s-\\snsfs\\snsfs\\srw ".repeat(2000).trimEnd();
    const { reading } = await fed(frame(repeat(20, (at) => `M ${at + 1} 1 ${line}`)), small());
    expect(leftOut(reading)).toHaveLength(1);
    const lines = reading?.mounts.reduce((sum, { mounts }) => sum + mounts.length, 0);
    expect(lines).toBe(SMALL.mounts);
  });
});

describe("what is cut out of a long text", () => {
  it("does not keep all of it in memory", () => {
    const reader = new FrameReader(NONCE);
    const taken = (chunks: Iterable<Buffer>) => {
      let reading: ReturnType<FrameReader["reading"]> | undefined;
      for (const chunk of chunks) for (const one of reader.feed(chunk)) if (one) reading = reader.reading(one);
      return reading;
    };
    taken(frame([]));
    const before = process.memoryUsage().heapUsed;
    // Each frame keeps one short command line of 64 KiB that came with it.
    for (let seq = 2; seq < 1000; seq++) {
      const kept = `p ${seq} 1 1 0 0 1 1 - x a-command-line-of-some-length-${seq}`;
      taken(frame([kept, `F /etc/x ${"a".repeat(60_000)}`], seq, "delta"));
    }
    expect(taken(frame(["-F /etc/x"], 1000, "delta"))?.gaps).toEqual([]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40 * MiB);
  });
});

/** A server in the place of a node: what it does with its standard input and output. */
function hostile(serve: (out: PassThrough, input: PassThrough) => void): Connection {
  return {
    label: "root@hostile",
    user: "root",
    closed: new Promise(() => {}),
    close: () => {},
    exec: async () => {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      let end: (value: Awaited<Channel["exit"]>) => void = () => {};
      const exit = new Promise<Awaited<Channel["exit"]>>((resolve) => {
        end = resolve;
      });
      serve(stdout, stdin);
      const kill = () => {
        stdout.destroy();
        end({ code: null, signal: "SIGHUP" });
      };
      return { stdin, stdout, stderr, exit, kill };
    },
  };
}
/** The nonce stands in the line of arguments. */
const nonceIn = async (input: PassThrough): Promise<string> => {
  let text = "";
  for await (const chunk of input) {
    text += String(chunk);
    const nonce = /--session ([0-9a-f]{10}) /.exec(text)?.[1];
    if (nonce) return nonce;
  }
  throw new Error("no nonce");
};
async function pour(out: PassThrough, next: () => string): Promise<void> {
  while (!out.destroyed) {
    if (!out.writableNeedDrain) out.write(next());
    await new Promise(setImmediate);
  }
}

describe("a server that does not end", () => {
  const endless = (record: (at: number, nonce: string) => string) =>
    hostile(async (out, input) => {
      const nonce = await nonceIn(input);
      input.resume();
      out.write(encodeHeader(nonce) + recordLine(nonce, "begin 1 whole quick 1700000000 100"));
      let at = 0;
      await pour(out, () => record(at++, nonce));
    });

  const file = (at: number, nonce: string) => recordLine(nonce, `F /etc/x${at} ${"a".repeat(400_000)}`);
  const sentence = /^root@hostile sent .*\. No node has so much to tell/;

  it.each([
    ["files", file],
    ["noise", () => "x".repeat(1_000_000)],
    ["its header", () => `\n${HEADER}abcdef1234\n`.repeat(20_000)],
    ["records without end", (_: number, nonce: string) => recordLine(nonce, "d 1 1 net 1").repeat(10_000)],
    ["damaged records", (_: number, nonce: string) => recordLine(nonce, "d x").repeat(2_000)],
  ])("is told apart from a node: %s", async (_, record) => {
    await expect(readNode(endless(record), { bounds: SMALL })).rejects.toThrow(sentence);
  });

  it("is told apart by the bounds that hold when nobody says others", async () => {
    await expect(readNode(endless((_, nonce) => recordLine(nonce, "G a b \\e 1").repeat(5_000)))).rejects.toThrow(
      /sent records without end: more than 10000 records "G", and another 100000.*\. No node has so much to tell/,
    );
  });

  it("ends a live session's tick with the same sentence", async () => {
    const live = await openLive(endless(file), { bounds: SMALL });
    await expect(live.tick()).rejects.toThrow(sentence);
    live.close();
  });

  it("with readings that nobody asked for is not listened to", async () => {
    const live = await openLive(
      hostile(async (out, input) => {
        const nonce = await nonceIn(input);
        input.resume();
        const writer = new FrameWriter(nonce);
        out.write(encodeHeader(nonce));
        let seq = 0;
        await pour(out, () => writer.frame(emptyReading(), { seq: ++seq, whole: true, deep: false }));
      }),
    );
    const first = await live.tick().catch((error: Error) => error);
    if (!(first instanceof Error)) expect(first.gaps).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    // What it said unasked ended that channel: the next tick begins anew, and gets an answer or the sentence.
    const second = await live.tick().catch((error: Error) => error);
    if (second instanceof Error) expect(second.message).toMatch(/nobody asked for/);
    live.close();
  });
});

it("a live session that nobody asks for the slow places begins anew all the same, with what it knows of them", async () => {
  const asked: string[] = [];
  const live = await openLive(
    hostile((out, input) => {
      let [said, writer]: [string, FrameWriter | undefined] = ["", undefined];
      input.on("data", (chunk: Buffer) => {
        said += String(chunk);
        const nonce = writer ? undefined : /--session ([0-9a-f]{10}) /.exec(said)?.[1];
        if (nonce !== undefined) {
          writer = new FrameWriter(nonce);
          out.write(encodeHeader(nonce));
        }
        for (const [, seq, kind, tier] of said.matchAll(/^tick (\d+) (whole|delta) (deep|quick)\n/gm)) {
          asked.push(`${kind} ${tier}`);
          const frame = { seq: Number(seq), whole: kind === "whole", deep: tier === "deep" };
          out.write(writer?.frame(emptyReading(), frame));
        }
        said = said.slice(said.lastIndexOf("\n") + 1);
      });
    }),
  );
  for (let at = 0; at < 2000; at++) await live.tick({ deep: at === 1 });
  live.close();
  expect(asked.flatMap((tick, at) => (tick === "delta quick" ? [] : [`${at} ${tick}`]))).toEqual([
    "0 whole quick",
    "1 delta deep",
    "1801 whole deep",
  ]);
});

it("a file of 1.5 MB with a record for each value opens at once", async () => {
  const records = repeat(60_000, (at) => `f 1 k${at} v`);
  async function* file() {
    yield Buffer.from(encodeHeader(NONCE));
    yield* frame([group, ...records]);
  }
  const began = process.cpuUsage();
  const reading = await parseProbeText(file());
  expect(spent(began)).toBeLessThan(5000);
  expect(Object.keys(reading.cgroups[0]!.files)).toHaveLength(1000);
});
