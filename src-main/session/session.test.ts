import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiEvent, NodePhase } from "../../src-shared/api.ts";
import { applyDelta } from "../../src-shared/diff/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { processOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import type { OpenSource, Source } from "../targets/source.ts";
import { ConnectionError } from "../transport/transport.ts";
import { Attention } from "./attention.ts";
import { Session } from "./session.ts";

const readingAt = (at: number): Snapshot =>
  snapshotOf({ takenAt: new Date(at).toISOString(), processes: [processOf(at)] });

/** A source that a test steers: what each opening and each reading does. */
class Steered implements Source {
  readonly target = "t";
  readonly label = "node-a";
  readonly kind = "ssh";
  readonly live = true;
  opens = 0;
  reads = 0;
  rests = 0;
  deep: boolean[] = [];
  open_: () => Promise<void> = async () => {};
  read_: () => Promise<void> = async () => {};
  cut: (why: Error | null) => void = () => {};

  async open(_: unknown, signal: AbortSignal): Promise<OpenSource> {
    this.opens += 1;
    await Promise.race([
      this.open_(),
      new Promise((_ok, no) => signal.addEventListener("abort", () => no(signal.reason))),
    ]);
    const closed = new Promise<Error | null>((resolve) => {
      this.cut = resolve;
    });
    return {
      closed,
      close: () => this.cut(null),
      rest: () => {
        this.rests += 1;
      },
      read: async ({ signal: stop, deep }) => {
        this.reads += 1;
        this.deep.push(deep === true);
        await Promise.race([
          this.read_(),
          new Promise((_ok, no) => stop?.addEventListener("abort", () => no(stop.reason))),
        ]);
        return readingAt(this.reads);
      },
    };
  }
}

const noQuestions = { hostKey: async () => false, prompts: async () => null };
const never = () => new Promise<void>(() => {});

describe("a session", () => {
  let events: ApiEvent[];
  let source: Steered;
  let session: Session;
  let slowMs: number;
  const phases = (): NodePhase[] => events.flatMap((event) => (event.type === "node" ? [event.state.phase] : []));

  beforeEach(() => {
    vi.useFakeTimers();
    events = [];
    source = new Steered();
    slowMs = 30_000;
    const options = { everyMs: 1000, readOnly: false, actions: true, slowEveryMs: () => slowMs };
    session = new Session("id", source, options, noQuestions, (event) => events.push(event));
  });
  afterEach(() => {
    session.close();
    vi.useRealTimers();
  });

  it("connects, reads whole once, then tells what changed", async () => {
    session.start();
    await vi.advanceTimersByTimeAsync(2500);
    expect(phases()).toContain("connecting");
    expect(session.state.phase).toBe("live");
    const whole = events.find((event) => event.type === "snapshot");
    const deltas = events.flatMap((event) => (event.type === "delta" ? [event.delta] : []));
    expect(whole?.type === "snapshot" && whole.snapshot.processes[0]?.pid).toBe(1);
    expect(deltas.length).toBe(2);
    if (whole?.type !== "snapshot") throw new Error("no snapshot came");
    expect(deltas.reduce(applyDelta, whole.snapshot)).toEqual(session.snapshot?.snapshot);
  });

  it("reads the slow places as often as is set, from then on, and never by itself where only a person asks", async () => {
    slowMs = 5000;
    session.start();
    await vi.advanceTimersByTimeAsync(10_500);
    expect(source.deep.flatMap((deep, at) => (deep ? [at] : []))).toEqual([1, 6]);
    slowMs = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(source.deep.filter(Boolean)).toHaveLength(2);
    await session.refresh(true);
    expect(source.deep.filter(Boolean)).toHaveLength(3);
  });

  it("says why it was refused, and waits for a person", async () => {
    source.open_ = async () => {
      throw new ConnectionError("hostkey", "The key of node-a has changed.");
    };
    const why = session.start();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await why).toMatchObject({ kind: "hostkey", message: "The key of node-a has changed." });
    expect(session.state).toMatchObject({
      phase: "refused",
      detail: "The key of node-a has changed.",
      failure: { kind: "hostkey", again: false },
    });
    expect(source.opens).toBe(1);
  });

  it("keeps what it knows as stale when the connection is lost, and comes back by itself with back-off", async () => {
    session.start();
    await vi.advanceTimersByTimeAsync(500);
    source.open_ = async () => {
      throw new ConnectionError("unreachable", "node-a does not answer.");
    };
    source.cut(new ConnectionError("lost", "node-a hung up."));
    await vi.advanceTimersByTimeAsync(10);
    expect(session.state.phase).toBe("stale");
    expect(session.state.detail).toContain("node-a hung up.");
    expect(session.state.failure).toEqual({ kind: "lost", sentence: "node-a hung up.", again: true });
    expect(session.snapshot?.snapshot.processes).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    const tries = source.opens;
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(9);
    source.open_ = async () => {};
    await vi.advanceTimersByTimeAsync(31_000);
    expect(session.state).toMatchObject({ phase: "live", failure: undefined });
  });

  it("gives up a node that does not answer a reading, and one that is cancelled", async () => {
    source.read_ = never;
    session.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(session.state.phase).toBe("reading");
    session.cancel();
    await vi.advanceTimersByTimeAsync(10);
    expect(session.state).toMatchObject({ phase: "refused", detail: "given up at your word" });
    source.read_ = async () => {};
    session.retry();
    await vi.advanceTimersByTimeAsync(100);
    expect(session.state.phase).toBe("live");
  });

  it("calls a node that stops answering slow, then stale within 15 s, and live again when it answers", async () => {
    session.start();
    await vi.advanceTimersByTimeAsync(500);
    let answer: () => void = () => {};
    source.read_ = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(session.state).toMatchObject({ phase: "live", detail: "node-a has not answered for 4 s." });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(session.state.phase).toBe("stale");
    expect(session.snapshot).not.toBeNull();
    source.read_ = async () => {};
    answer();
    await vi.advanceTimersByTimeAsync(10);
    expect(session.state).toMatchObject({ phase: "live", detail: undefined });
  });

  it("tries again by itself where a reading took too long, also the first one", async () => {
    source.read_ = never;
    session.start();
    await vi.advanceTimersByTimeAsync(60_500);
    expect(session.state.phase).toBe("connecting");
    expect(session.state.detail).toBe("node-a did not finish its reading within 60 s. Trying again in 1 s.");
    source.read_ = async () => {};
    await vi.advanceTimersByTimeAsync(2_000);
    expect(session.state.phase).toBe("live");
    // As the live reader says it: "cancelled" is a person's word alone.
    source.read_ = () =>
      new Promise((_ok, no) =>
        setTimeout(() => no(new ConnectionError("cancelled", "the reading was cancelled")), 60_001),
      );
    const before = source.opens;
    await vi.advanceTimersByTimeAsync(63_000);
    const said = events.flatMap((event) => (event.type === "node" ? [event.state.detail] : []));
    expect(said.filter((text) => text?.endsWith("within 60 s. Trying again in 1 s."))).toHaveLength(2);
    expect(source.opens).toBe(before + 1);
  });

  it("does not try again after a person gave up", async () => {
    source.read_ = never;
    session.start();
    await vi.advanceTimersByTimeAsync(60_500);
    session.cancel();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(source.opens).toBe(1);
    expect(session.state).toMatchObject({ phase: "refused", detail: "not trying to reconnect" });
  });

  it("shares one reading among those who ask at once, and stops when it is closed", async () => {
    session.start();
    await vi.advanceTimersByTimeAsync(100);
    const before = source.reads;
    await Promise.all([session.refresh(false), session.refresh(false), session.refresh(false)]);
    expect(source.reads - before).toBeLessThanOrEqual(2);
    session.close();
    const after = source.reads;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(source.reads).toBe(after);
    expect(events.at(-1)).toEqual({ type: "gone", nodeId: "id" });
  });

  it("a change of pace holds, and zero means still", async () => {
    session.start();
    await vi.advanceTimersByTimeAsync(100);
    session.setEvery(0);
    expect(session.state.phase).toBe("still");
    const before = source.reads;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(source.reads).toBe(before);
  });

  it("keeps a summary where nobody looks, reads now and then, and is whole again at once for who comes to look", async () => {
    const watched: (Snapshot | undefined)[] = [];
    session.watchers.add((snapshot) => watched.push(snapshot));
    session.start();
    await vi.advanceTimersByTimeAsync(1500);
    session.rest(30_000);
    expect([session.snapshot, session.summary?.row.pods?.all, session.state.resting]).toEqual([null, 0, true]);
    expect(watched.at(-1)).toBeUndefined();
    const [reads, heard] = [source.reads, events.length];
    await vi.advanceTimersByTimeAsync(65_000);
    expect(source.reads).toBe(reads + 2);
    expect(source.rests).toBe(3);
    expect(events.slice(heard).map(({ type }) => type)).not.toContain("delta");
    expect(session.state.seenAtMs).toBeGreaterThan(Date.now() - 30_000);

    source.cut(new ConnectionError("lost", "the cable"));
    source.open_ = never;
    await vi.advanceTimersByTimeAsync(10);
    expect([session.state.phase, session.summary?.row.node]).toEqual(["stale", "t"]);
    source.open_ = async () => {};
    await vi.advanceTimersByTimeAsync(70_000);
    expect(session.state).toMatchObject({ phase: "live", resting: true });

    session.wake();
    expect(session.state.phase).toBe("reading");
    await vi.advanceTimersByTimeAsync(10);
    const whole = events.findLast((event) => event.type !== "node");
    expect(whole?.type === "snapshot" && whole.seq).toBe(session.snapshot?.seq);
    expect([session.state.phase, session.summary]).toEqual(["live", undefined]);
    const awake = source.reads;
    await vi.advanceTimersByTimeAsync(3000);
    expect(source.reads).toBe(awake + 3);
  });

  it("looks at its pace again for a node of a fleet that was not reached at first, and says meanwhile why", async () => {
    const options = { everyMs: 1000, readOnly: false, actions: true, slowEveryMs: () => 0, restEveryMs: 30_000 };
    session = new Session("id", source, options, noQuestions, (event) => events.push(event));
    const fails = (kind: ConnectionError["kind"]) => {
      source.open_ = async () => {
        throw new ConnectionError(kind, "Nobody answers.");
      };
    };
    fails("unreachable");
    session.start();
    await vi.advanceTimersByTimeAsync(65_000);
    expect(source.opens).toBe(3);
    expect(new Set(phases().slice(1))).toEqual(new Set(["refused"]));
    expect(session.state.detail).toBe("Nobody answers. Trying again in 30 s.");
    // A person presses while it is tried: theirs counts, and nothing was given up.
    source.open_ = never;
    await vi.advanceTimersByTimeAsync(30_000);
    session.retry();
    await vi.advanceTimersByTimeAsync(10);
    expect(session.state).toMatchObject({ phase: "connecting", detail: "connecting to node-a" });
    fails("unreachable");
    session.retry();
    await vi.advanceTimersByTimeAsync(10);
    source.open_ = async () => {};
    await vi.advanceTimersByTimeAsync(30_000);
    expect([session.state.phase, session.summary?.row.node]).toEqual(["live", "t"]);
    session.close();

    session = new Session("id", source, options, noQuestions, (event) => events.push(event));
    fails("login");
    session.start();
    const before = source.opens;
    await vi.advanceTimersByTimeAsync(120_000);
    expect([source.opens, session.state.detail]).toEqual([before, "Nobody answers."]);
  });

  it("lets those rest at which no window looks, and none that is recorded, asked or opened a moment ago", async () => {
    const goOn = Array.from({ length: 4 }, () => ({ resting: false, mayRest: false, wake() {} }) as unknown as Session);
    const sessions = new Map([["id", session], ...goOn.map((one, index) => [`${index}`, one] as const)]);
    let everyMs = 30_000;
    const attention = new Attention(sessions, () => everyMs);
    session.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.resting).toBe(false);
    attention.look(["id", "another"]);
    await vi.advanceTimersByTimeAsync(10_000);
    attention.look([...goOn.keys()].map(String));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.resting).toBe(false);
    let done: () => void = () => {};
    const work = attention.during("id", () => new Promise<void>((resolve) => (done = resolve)));
    await vi.advanceTimersByTimeAsync(200_000);
    expect(session.resting).toBe(false);
    done();
    await work;
    await vi.advanceTimersByTimeAsync(10);
    attention.look([...goOn.keys()].map(String));
    session.recordingTo = "a file";
    await vi.advanceTimersByTimeAsync(100_000);
    expect(session.resting).toBe(false);
    session.recordingTo = undefined;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(session.resting).toBe(true);
    attention.look(["id"]);
    expect(session.resting).toBe(false);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(session.resting, "the few that were looked at last go on").toBe(false);
    attention.look([...goOn.keys()].map(String));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(session.resting).toBe(true);
    everyMs = 0;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(session.resting).toBe(false);
    attention.close();
  });
});
