import { expect, test } from "vitest";
import { worstStall } from "./stall.ts";

const psi = (avg10: number) => ({ some: { avg10, avg60: 0, avg300: 0, totalUsec: 0 } });

test("a group that waits for the disk is not calm because its memory is", () => {
  expect(worstStall({ cpu: psi(1), memory: psi(0), io: psi(34) })).toEqual({ what: "io", percent: 34 });
  expect(worstStall({ memory: psi(0), io: psi(0) })).toEqual({ what: "mem", percent: 0 });
  expect(worstStall(undefined), "not read is not calm").toBeUndefined();
  expect(worstStall({ cpu: {} })).toBeUndefined();
});
