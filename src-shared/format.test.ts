import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bytes,
  bytesShort,
  cores,
  count,
  duration,
  inert,
  inertPath,
  jsonLine,
  percent,
  shortId,
  shortInode,
  withoutMarkup,
} from "./format.ts";

describe("numbers", () => {
  it.each([
    [0, "0 B"],
    [512, "512 B"],
    [1024, "1 KiB"],
    [696 * 1024, "696 KiB"],
    [268435456, "256 MiB"],
    [1.5 * 2 ** 30, "1.5 GiB"],
    [1023.6 * 1024, "1 MiB"],
    [2 ** 62, "4 EiB"],
    [-2048, "-2 KiB"],
  ])("%d bytes", (value, text) => expect(bytes(value)).toBe(text));

  it("has a short form and says when it does not know", () => {
    expect(bytesShort(84934656)).toBe("81 M");
    expect(bytesShort(undefined)).toBe("—");
    expect(bytes(undefined)).toBe("unknown");
    expect(bytes(Number.NaN)).toBe("unknown");
  });

  it("never needs more than four digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(bytesShort(value)).toMatch(/^\d{1,3}(\.\d)? [BKMGTPE]$/);
      }),
    );
  });

  it("formats cores and shares", () => {
    expect(cores(1)).toBe("1 core");
    expect(cores(0.5)).toBe("0.5 cores");
    expect(cores(0.001)).toBe("<0.01 cores");
    expect(percent(0.123)).toBe("12 %");
    expect(percent(0.004)).toBe("0.4 %");
  });

  it.each([
    [0, "0 s"],
    [340_000, "340 ms"],
    [999_999, "1 s"],
    [1_200_000, "1.2 s"],
    [59_960_000, "1 min"],
    [119_600_000, "2 min"],
    [184_000_000, "3 min 4 s"],
    [3_600_000_000, "1 h"],
    [190_800_000_000, "2 d 5 h"],
    [12, "12 µs"],
  ])("%d µs", (value, text) => expect(duration(value)).toBe(text));

  it("counts with its noun", () => {
    expect(count(1, "process", "processes")).toBe("1 process");
    expect(count(3, "pod")).toBe("3 pods");
  });
});

describe("names of things", () => {
  it("cuts inodes and ids", () => {
    expect(shortInode(4026532614)).toBe("…2614");
    expect(shortId("0edde6a5c2e6aa99b5f4eaede9211f7450c73a7fbc5ec4beb60bac84120903a6")).toBe("0edde6a5c2e6");
    expect(shortId("lab/one")).toBe("lab/one");
  });

  it("keeps a path's end", () => {
    expect(inertPath("/kubepods/burstable/pod1/app", 15)).toBe("/kub…e/pod1/app");
    expect(inertPath("/kubepods/burstable/pod1/app", 15).length).toBeLessThanOrEqual(15);
    expect(inertPath("/a/b", 15)).toBe("/a/b");
  });
});

describe("inert", () => {
  it.each([
    ["plain", "plain"],
    ["\u001b[31mred\u001b[0m", "red"],
    ["\u001b]0;title\u0007after", "after"],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u009b2Jx", "x"],
    ["two\nlines\r\nand\ttab", "two lines and tab"],
    ["a\u0000b", "a b"],
    ["\u202egnp.exe", "gnp.exe"],
    ["ze\u200bro", "zero"],
    ["lone \ud800 half", "lone  half"],
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ])("%j", (from, to) => expect(inert(from)).toBe(to));

  it("cuts by characters, not by half of one", () => {
    expect(inert("😀😀😀😀", 3)).toBe("😀😀…");
    expect(inert("abcdef", 6)).toBe("abcdef");
  });

  it("never lets a control, escape or bidi character through, nor more than max", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 1, max: 300 }), (text, max) => {
        const out = inert(text, max);
        expect(Array.from(out).length).toBeLessThanOrEqual(max);
        expect(out).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it("cuts a megabyte of escapes before it works on them", () => {
    expect(inert("\u001b[".repeat(500_000), 80).length).toBeLessThanOrEqual(80);
    expect(inert("\u001b]".repeat(500_000), 80).length).toBeLessThanOrEqual(80);
  });
});

describe("jsonLine", () => {
  it("is the same value, on one line, with nothing in it that a terminal obeys or hides", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ unit: "binary" }), (text, key) => {
        const line = jsonLine({ [key]: [text] });
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify({ [key]: [text] })));
        expect(line).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}/u,
        );
      }),
    );
    expect(jsonLine("\u009b2J\u202egnp.exe\u007f\u{e0041}é")).toBe('"\\u009b2J\\u202egnp.exe\\u007f\\udb40\\udc41é"');
  });
});

it("a notice has no markup of a node's", () => {
  expect(withoutMarkup('<a href="http://x/">update</a> & more')).not.toMatch(/[<>&]/);
});
