/** Links that fail in each way they can: what the user sees, and when. Hosts are network namespaces behind a bastion. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Hosts, startHosts } from "../nodes/hosts.ts";
import { Watch } from "../nodes/watch.ts";

const NODES = 20;
const EVERY_MS = 5_000;
/** Longest time without news from a node whose link is whole: its pace, and a machine that twenty nodes share. */
const PAUSE_MS = 3 * EVERY_MS;
type Case = (world: World) => Promise<void>;

class World {
  readonly hosts: Hosts;
  readonly watch: Watch;
  readonly ids: Map<string, string>;
  readonly failures: string[] = [];
  passed = 0;

  constructor(hosts: Hosts, watch: Watch, ids: Map<string, string>) {
    this.hosts = hosts;
    this.watch = watch;
    this.ids = ids;
  }

  id(name: string): string {
    return this.ids.get(name) ?? "";
  }

  check(holds: boolean, what: string): void {
    if (holds) this.passed += 1;
    else this.failures.push(what);
  }

  /** Breaks n1 with `how`; it must be stale within 15 s, hold up nobody, and be live again soon after it is healed. */
  async breaks(how: string, breakIt: () => void, said: RegExp): Promise<void> {
    const bad = this.id("n1");
    await this.watch.until(bad, ({ phase }) => phase === "live", 60_000);
    const begun = Date.now();
    breakIt();
    const stale = await this.watch.until(bad, ({ phase }) => phase === "stale", 30_000);
    const seconds = (Date.now() - begun) / 1000;
    this.check(seconds <= 15, `${how}: told after ${seconds} s`);
    this.check(said.test(stale.detail ?? ""), `${how}: said ${JSON.stringify(stale.detail)}`);
    this.check((stale.seenAtMs ?? 0) <= begun + EVERY_MS, `${how}: its age is wrong`);
    const asked = performance.now();
    await this.watch.states();
    this.check(performance.now() - asked < 500, `${how}: the Inspector took ${performance.now() - asked} ms to answer`);
    await sleep(3_000);
    const slowest = Math.max(...this.hosts.names.slice(1).map((name) => this.watch.longestPause(this.id(name), begun)));
    this.check(slowest < PAUSE_MS, `${how}: another node paused for ${slowest} ms`);
    this.hosts.heal("n1");
    const healed = Date.now();
    await this.watch.until(bad, ({ phase }) => phase === "live", 60_000);
    this.check(Date.now() - healed < 40_000, `${how}: came back only after ${Date.now() - healed} ms`);
  }
}

const cases: Record<string, Case> = {
  "twenty side by side": async (world) => {
    const begun = Date.now();
    let last = performance.now();
    let late = 0;
    const beat = setInterval(() => {
      late = Math.max(late, performance.now() - last - 50);
      last = performance.now();
    }, 50);
    await sleep(30_000);
    clearInterval(beat);
    world.check(late < 500, `twenty nodes: the Inspector stood still for ${Math.round(late)} ms`);
    const pause = Math.max(...world.hosts.names.map((name) => world.watch.longestPause(world.id(name), begun)));
    world.check(pause < PAUSE_MS, `twenty nodes: one paused for ${pause} ms`);
  },
  "silent drop": (world) => world.breaks("silent drop", () => world.hosts.drop("n1"), /has not answered for \d+ s/),
  "cut link": (world) => world.breaks("cut link", () => world.hosts.cut("n1"), /has not answered for \d+ s/),
  "frozen node": (world) => world.breaks("frozen node", () => world.hosts.freeze("n1"), /has not answered for \d+ s/),
  "a bastion that is lost": async (world) => {
    // Everything behind it is stale, and everything comes back.
    const begun = Date.now();
    world.hosts.freeze("bastion");
    const ids = world.hosts.names.map((name) => world.id(name));
    await Promise.all(ids.map((id) => world.watch.until(id, ({ phase }) => phase === "stale", 30_000)));
    world.check(Date.now() - begun < 16_000, `bastion: all were told after ${Date.now() - begun} ms`);
    world.hosts.heal("bastion");
    await Promise.all(ids.map((id) => world.watch.until(id, ({ phase }) => phase === "live", 90_000)));
    world.passed += 1;
  },
  "64 kbit/s": async (world) => {
    // Slow is not dead: the node may lag, but it is never taken for lost, and others go on.
    const slow = world.id("n1");
    await world.watch.until(slow, ({ phase }) => phase === "live", 60_000);
    world.hosts.slow("n1", 64);
    const begun = Date.now();
    const before = world.watch.seen(slow).length;
    await sleep(60_000);
    world.hosts.heal("n1");
    // An answer that takes long is told as an old picture; the connection must not be given up for it.
    const given = world.watch.told.filter(
      ({ atMs, event }) =>
        atMs > begun &&
        event.type === "node" &&
        event.state.nodeId === slow &&
        /taken for lost|Trying again/.test(event.state.detail ?? ""),
    );
    world.check(given.length === 0, "64 kbit/s: the connection was taken for lost");
    const seen = world.watch.seen(slow).length - before;
    world.check(seen >= 3, `64 kbit/s: ${seen} refreshes in a minute`);
    const others = Math.max(
      ...world.hosts.names.slice(1).map((name) => world.watch.longestPause(world.id(name), begun)),
    );
    world.check(others < PAUSE_MS, `64 kbit/s: another node paused for ${others} ms`);
  },
};

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "podglass-network-"));
  const hosts = await startHosts(NODES);
  // Twenty readers and twenty sshd share this machine's cores: a slower pace than the window's.
  const watch = new Watch(folder, hosts.config, EVERY_MS);
  try {
    const ids = new Map(await Promise.all(hosts.names.map(async (name) => [name, await watch.open(name)] as const)));
    const world = new World(hosts, watch, ids);
    await Promise.all([...ids.values()].map((id) => watch.until(id, ({ phase }) => phase === "live", 120_000)));
    world.passed += 1;
    for (const [name, work] of Object.entries(cases)) {
      try {
        await work(world);
      } catch (error) {
        world.failures.push(`${name}: ${String(error)}`);
        hosts.heal("bastion");
        hosts.heal("n1");
      }
    }
    return { passed: world.passed, failures: world.failures };
  } finally {
    await watch.close();
    await hosts.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
