import { expect, it } from "vitest";
import { clusters, elapsed, latestMark, momentAt, nextMark, previousMark, shareOf } from "./track.ts";

const span = { startMs: 1000, endMs: 11_000 };
const marks = [
  { atMs: 3000, text: "pause of web died" },
  { atMs: 3100, text: "OOM kill in app" },
  { atMs: 9000, text: "3 pods added" },
];

it("places moments on the track and reads them back", () => {
  expect(shareOf(span, 6000)).toBe(0.5);
  expect(shareOf(span, 99_000)).toBe(1);
  expect(momentAt(span, 0.5)).toBe(6000);
  expect(shareOf({ startMs: 5, endMs: 5 }, 5)).toBe(0);
});

it("steps from change to change and stops at the ends", () => {
  expect(nextMark(marks, 3000)?.atMs).toBe(3100);
  expect(previousMark(marks, 9000)?.atMs).toBe(3100);
  expect(nextMark(marks, 9000)).toBeUndefined();
  expect(previousMark(marks, 3000)).toBeUndefined();
  expect(latestMark(marks, 3000)?.text).toBe("pause of web died");
});

it("joins marks that would lie on each other", () => {
  expect(clusters(span, marks, 0.02).map((one) => one.marks.length)).toEqual([2, 1]);
});

it("says time since the start", () => {
  expect([elapsed(42_000), elapsed(725_000), elapsed(3_729_000)]).toEqual(["0:42", "12:05", "1:02:09"]);
});
