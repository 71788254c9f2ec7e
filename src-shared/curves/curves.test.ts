import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { syntheticSnapshot } from "../testing/synthetic.ts";
import { type Block, BlockWriter, packBlock, unpackBlock, valuesIn } from "./block.ts";
import { type GroupNow, groupsAt, METRIC_NAMES, NODE_GROUP } from "./metrics.ts";
import { gapsIn, type Line, lineOf, readingAt, type Series, seriesOf, stepsOf } from "./series.ts";
import { piecesOf } from "./thin.ts";

const NaNs = () => METRIC_NAMES.map(() => Number.NaN);
/** A group with a few metrics; the others are not known. */
const group = (path: string, some: Record<string, number>, name: Partial<GroupNow> = {}): GroupNow => {
  const values = NaNs();
  for (const [metric, value] of Object.entries(some)) values[METRIC_NAMES.indexOf(metric as "memory")] = value;
  return { path, ...name, values };
};
const blockOf = (readings: [number, GroupNow[]][]): Block => {
  const writer = new BlockWriter();
  for (const [at, groups] of readings) writer.add(at, groups);
  return unpackBlock(packBlock(writer.block));
};
const at = (path: string) => (one: { path: string }) => one.path === path;

const value = fc.oneof(
  fc.constant(Number.NaN),
  fc.integer({ min: 0, max: 50 }),
  fc.integer({ min: 0, max: 2 ** 51 - 1 }),
);
const readings = fc.array(
  fc.record({
    later: fc.integer({ min: 1, max: 100_000 }),
    groups: fc.dictionary(
      fc.constantFrom("/", "/a", "/b/ü€\ud800", ""),
      fc.array(value, { minLength: 18, maxLength: 18 }),
    ),
  }),
  { maxLength: 40 },
);

describe("a block of curves", () => {
  it("gives back each value of each group at each reading", () => {
    fc.assert(
      fc.property(readings, (all) => {
        const writer = new BlockWriter();
        let time = 1_700_000_000_000;
        for (const { later, groups } of all) {
          time += later;
          writer.add(
            time,
            Object.entries(groups).map(([path, values]) => ({ path, values })),
          );
        }
        const block = unpackBlock(packBlock(writer.block));
        expect(block.times).toHaveLength(all.length);
        for (const one of block.groups) {
          const lists = valuesIn(one, all.length);
          for (const [i, { groups }] of all.entries())
            expect(lists.map((list) => list[i])).toEqual(groups[one.path] ?? NaNs());
        }
      }),
    );
  });

  it("keeps nothing of what no number can hold, and nothing of what did not change", () => {
    const writer = new BlockWriter();
    const idle = [group("/a", { memory: 4096, memoryMax: 2 ** 63 })];
    for (let second = 0; second < 100; second++) writer.add(second * 1000, idle);
    const [one] = writer.block.groups;
    expect(one?.bytes.length).toBeLessThan(8);
    expect(valuesIn(one!, 100)[METRIC_NAMES.indexOf("memoryMax")]?.every(Number.isNaN)).toBe(true);
  });

  it("never ends in anything but an error on bytes that somebody changed", () => {
    const good = packBlock(blockOf([1, 2, 3].map((n) => [n * 1000, [group("/a", { memory: n, cpuUsec: n * 9 })]])));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(good.length), (other, cut) => {
        for (const bytes of [other, Uint8Array.from([...good.slice(0, cut), ...other])]) {
          try {
            const block = unpackBlock(bytes);
            for (const one of block.groups) valuesIn(one, block.times.length);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      }),
    );
  });

  it("knows the groups of a node, its pods' and containers' by name, and the node as a whole", () => {
    const snapshot = syntheticSnapshot({ pods: 3 });
    const groups = groupsAt(snapshot);
    const node = groups.find(at(NODE_GROUP));
    expect(node?.values[METRIC_NAMES.indexOf("pids")]).toBe(snapshot.processes.length);
    const container = snapshot.containers.find(({ kind }) => kind === "app")!;
    expect(groups.find(at(container.cgroupPath))).toMatchObject({ pod: container.podKey, container: container.name });
  });
});

describe("a series", () => {
  const second = (n: number, cpu: number): [number, GroupNow[]] => [n * 1000, [group("/a", { cpuUsec: cpu })]];

  it("has a counter's growth a second, and none where it fell or was not read", () => {
    const block = blockOf([
      second(1, 0),
      second(2, 500_000),
      second(3, 100),
      second(4, 200),
      [5000, []],
      second(6, 900),
    ]);
    const { values } = lineOf(seriesOf([block], at("/a")), "cpuUsec");
    expect([...values]).toEqual([Number.NaN, 500_000, Number.NaN, 100, Number.NaN, Number.NaN]);
  });

  it("breaks where the node was away, and not where it is read seldom", () => {
    expect([...gapsIn([0, 1000, 2000, 3000, 40_000, 41_000, 42_000])]).toEqual([4]);
    expect([...gapsIn([0, 30_000, 60_000, 90_000, 120_000])]).toEqual([]);
    expect([...gapsIn([0, 1000, 2000, 3000, 4000, 34_000, 64_000, 94_000, 124_000])]).toEqual([]);
    const block = blockOf([1, 2, 3, 60, 61, 62].map((n) => second(n, n * 10)));
    expect([...lineOf(seriesOf([block], at("/a")), "cpuUsec").values].map(Number.isNaN)).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it("goes on over a container's restart as its name does, with a break", () => {
    const was = (n: number) => group("/old", { memory: n }, { pod: "p", container: "app" });
    const is = (n: number) => group("/new", { memory: n }, { pod: "p", container: "app" });
    const block = blockOf([
      [1000, [was(1)]],
      [2000, [was(2)]],
      [3000, [is(3)]],
      [4000, [is(4)]],
    ]);
    const series = seriesOf([block], ({ container }) => container === "app");
    expect([...series.values.memory]).toEqual([1, 2, 3, 4]);
    expect([...series.breaks]).toEqual([2]);
  });

  it("lets a clock that was set back overwrite what it had said", () => {
    const series = seriesOf(
      [blockOf([second(10, 1), second(11, 2)]), blockOf([second(11, 7), second(12, 8)])],
      at("/a"),
    );
    expect(series.times).toEqual([10_000, 11_000, 12_000]);
    expect([...series.values.cpuUsec]).toEqual([1, 7, 8]);
    expect(series.breaks.has(1)).toBe(true);
  });

  it("counts kills where they were, also over a reading without them", () => {
    const kills = (n: number, oomKills: number): [number, GroupNow[]] => [n * 1000, [group("/a", { oomKills })]];
    const series = seriesOf([blockOf([kills(1, 2), [2000, []], kills(3, 5), kills(4, 0), kills(5, 1)])], at("/a"));
    expect(stepsOf(series, "oomKills")).toEqual([
      { atMs: 3000, by: 3 },
      { atMs: 5000, by: 1 },
    ]);
  });

  it("says nothing of a moment at which the node was away", () => {
    const series: Pick<Series, "times" | "breaks"> = { times: [0, 1000, 60_000, 61_000], breaks: new Set([2]) };
    expect([-5, 400, 900, 30_000, 60_000, 99_000].map((ms) => readingAt(series, ms))).toEqual([
      0,
      0,
      1,
      undefined,
      2,
      3,
    ]);
  });
});

describe("a line that is thinned", () => {
  const line = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.oneof(fc.constant(Number.NaN), fc.integer()), fc.boolean()), {
      minLength: 1,
      maxLength: 300,
    })
    .map((all): Line => {
      let time = 0;
      const times = all.map(([later]) => (time += later));
      const breaks = new Set(all.flatMap(([, , broken], i) => (broken && i > 0 && i % 7 === 0 ? [i] : [])));
      return { times, values: Float64Array.from(all, ([, one]) => one), breaks };
    });

  it("has only points of the line in their order, every extreme, and never goes over a break", () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 50 }), (one, columns) => {
        const pieces = piecesOf(one, one.times[0]!, one.times.at(-1)!, columns);
        const places = pieces.map((piece) => piece.map(([time]) => one.times.indexOf(time)));
        const known = [...one.values].filter((each) => !Number.isNaN(each));
        const drawn = pieces.flat().map(([, each]) => each);
        expect(Math.max(...drawn)).toBe(Math.max(...known));
        expect(Math.min(...drawn)).toBe(Math.min(...known));
        expect(places.flat()).toEqual([...places.flat()].sort((a, b) => a - b));
        for (const [p, piece] of pieces.entries())
          for (const [i, [, each]] of piece.entries()) {
            expect(one.values[places[p]![i]!]).toBe(each);
            if (i === 0) continue;
            for (let between = places[p]![i - 1]! + 1; between <= places[p]![i]!; between++) {
              expect(one.breaks.has(between)).toBe(false);
              expect(one.values[between]).not.toBeNaN();
            }
          }
      }),
    );
  });

  it("has at most four points a column of each piece", () => {
    const many: Line = {
      times: Array.from({ length: 3600 }, (_, i) => i * 1000),
      values: Float64Array.from({ length: 3600 }, (_, i) => (i * 7919) % 1000),
      breaks: new Set(),
    };
    expect(piecesOf(many, 0, 3_599_000, 300).flat().length).toBeLessThanOrEqual(1204);
    expect(
      piecesOf(many, 1_000_000, 1_010_000, 300)
        .flat()
        .map(([time]) => time / 1000),
    ).toEqual(Array.from({ length: 12 }, (_, i) => 1000 + i));
  });
});
