import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { limited } from "./limiter.ts";

it("lets a few logins to one server run at a time, other servers beside them, and those leave who give up", async () => {
  let running = 0;
  let most = 0;
  const never = new AbortController().signal;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(5);
    running -= 1;
  };
  const all = Array.from({ length: 20 }, () => limited("bastion:22", never, work));
  const failing = limited("bastion:22", never, async () => {
    throw new Error("refused");
  });
  await expect(failing).rejects.toThrow("refused");
  await Promise.all(all);
  expect(most).toBe(5);

  const hang = new AbortController();
  const stuck = Array.from({ length: 5 }, () =>
    limited("frozen:22", never, () => sleep(60_000, undefined, { signal: hang.signal })),
  );
  const patient = new AbortController();
  const waiting = limited("frozen:22", patient.signal, async () => patient.signal.aborted);
  expect(await limited("other:22", never, async () => "at once")).toBe("at once");
  patient.abort();
  expect(await waiting).toBe(true);
  hang.abort();
  await Promise.allSettled(stuck);
});
