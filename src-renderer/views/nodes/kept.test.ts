import { expect, it } from "vitest";
import { keptWords } from "./kept.tsx";

const file = { path: "/x", name: "x", bytes: 2048 };
const startMs = new Date(2026, 10, 21, 14, 12).getTime();

it("says when a file is from, how long it is and what it is", () => {
  expect(keptWords({ ...file, kind: "recording", startMs, endMs: startMs + 40_000, frames: 41 })).toBe(
    "21 Nov, 14:12, 40 s, 41 moments",
  );
  expect(keptWords({ ...file, kind: "snapshot", startMs })).toBe("21 Nov, 14:12, a snapshot, 2 KiB");
  expect(keptWords({ ...file, kind: "probe" })).toBe("a probe's output, 2 KiB");
});
