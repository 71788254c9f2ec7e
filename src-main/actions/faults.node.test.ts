import { describe, expect, it } from "vitest";
import { hit } from "../../e2e/soak/faults.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;

/** One of each action and of each way to be cut off; `npm run soak` has them all, the killed app too. */
describe.skipIf(!root)("faults", { timeout: 180_000 }, () => {
  for (const [action, step, fault] of [
    ["pin", "ipc", "kill"],
    ["drop", "term", "cut"],
    ["restore", "stand-in", "kill"],
    ["unpin", "ipc", "cut"],
  ] as const) {
    it(`${action} at ${step} by ${fault}: before, after, or undo brings it back, and the journal tells the truth`, async () => {
      await expect(hit(action, step, fault, `fault-${process.pid}-${action}`)).resolves.toBeUndefined();
    });
  }
});
