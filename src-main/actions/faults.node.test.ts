import { afterAll, describe, expect, it } from "vitest";
import { hit } from "../../e2e/soak/faults.ts";
import { labDown, labFind } from "../lab/lab.ts";
import { localShell } from "./testing/local.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;

/** One of each action and of each way to be cut off; `npm run soak` has them all, the killed app too. */
describe.skipIf(!root)("faults", { timeout: 180_000 }, () => {
  // A test that ran out of time is not there to take its own pod away.
  afterAll(async () => {
    const here = localShell();
    const left = (await labFind(here)).names.filter((name) => name.startsWith(`fault-${process.pid}-`));
    if (left.length > 0) await labDown(here, left);
  }, 60_000);
  for (const [action, step, fault] of [
    ["pin", "ipc", "kill"],
    ["drop", "term", "cut"],
    ["restore", "stand-in", "kill"],
    ["restore", "manifest", "cut"],
    ["unpin", "ipc", "cut"],
  ] as const) {
    it(`${action} at ${step} by ${fault}: before, after, or undo brings it back, and the journal tells the truth`, async () => {
      await expect(hit(action, step, fault, `fault-${process.pid}-${action}`)).resolves.toBeUndefined();
    });
  }
});
