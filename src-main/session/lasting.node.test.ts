import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Hosts, startHosts, whyNoHosts } from "../../e2e/nodes/hosts.ts";
import { Watch } from "../../e2e/nodes/watch.ts";

describe.skipIf(whyNoHosts())("a node behind a jump host whose packets are lost", () => {
  let hosts: Hosts;
  let watch: Watch;
  const folder = mkdtempSync(join(tmpdir(), "podglass-lasting-"));
  beforeAll(async () => {
    hosts = await startHosts(2);
    watch = new Watch(folder, hosts.config);
  });
  afterAll(async () => {
    await watch?.close();
    await hosts?.stop();
    rmSync(folder, { recursive: true });
  });

  it("is told as stale within 15 s with its age, blocks nobody, and comes back by itself", async () => {
    const [good, bad] = await Promise.all([watch.open("n1"), watch.open("n2")]);
    await watch.until(bad, (state) => state.phase === "live", 20_000);
    await watch.until(good, (state) => state.phase === "live", 20_000);
    const begun = Date.now();
    hosts.drop("n2");
    const stale = await watch.until(bad, (state) => state.phase === "stale", 20_000);
    expect(Date.now() - begun).toBeLessThan(15_000);
    expect(stale.detail).toMatch(/^n2 has not answered for \d+ s/);
    // What was seen last stays, with the moment at which it was true.
    expect(stale.seenAtMs).toBeLessThan(begun + 2_000);
    expect(await watch.snapshot(bad)).not.toBeNull();
    // The other node went on all along, and the Inspector answers at once.
    expect(watch.longestPause(good, begun)).toBeLessThan(8_000);
    const asked = performance.now();
    await watch.states();
    expect(performance.now() - asked).toBeLessThan(2_000);
    await sleep(1_000);
    hosts.heal("n2");
    const healed = Date.now();
    await watch.until(bad, (state) => state.phase === "live", 40_000);
    expect((await watch.state(bad)).seenAtMs).toBeGreaterThan(healed);
  }, 90_000);
});
