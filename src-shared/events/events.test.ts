import { describe, expect, it } from "vitest";
import type { Snapshot } from "../model.ts";
import { cgroupOf, containerOf, GiB, namespaceOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import type { PodglassEvent } from "./event.ts";
import { Follower } from "./follow.ts";

const KEY = "containerd/s1";
type More = Parameters<typeof snapshotOf>[0];

/** A pod with a pause process (100) and one container (101), at second `at`. */
function node(at: number, more: More = {}, memory: Record<string, string> = {}): Snapshot {
  const time = `2026-11-28T03:00:${String(at).padStart(2, "0")}.000Z`;
  return snapshotOf({
    takenAt: time,
    processes: [processOf(100, { comm: "pause" }), processOf(101)],
    containers: [
      containerOf("s1", { kind: "sandbox", pid: 100, pids: [100], podKey: KEY, name: "POD" }),
      containerOf("c1", { name: "app", pid: 101, pids: [101], podKey: KEY, cgroupPath: "/pods/p/c1" }),
    ],
    pods: [
      podOf(KEY, {
        name: "web",
        namespace: "shop",
        uid: "u1",
        sandbox: { state: "process", pid: 100, why: "" },
        containers: ["c1"],
      }),
    ],
    cgroups: [
      cgroupOf("/"),
      cgroupOf("/pods", { "memory.events": "oom_kill 0", "memory.events.local": "oom_kill 0" }),
      cgroupOf("/pods/p", { "memory.events": "oom_kill 0", "memory.events.local": "oom_kill 0" }),
      cgroupOf(
        "/pods/p/c1",
        { "memory.max": String(GiB), "memory.events.local": "oom_kill 0", ...memory },
        { pids: [101] },
      ),
    ],
    oomKills: [],
    ...more,
  });
}

function happened(...snapshots: Snapshot[]): PodglassEvent[] {
  const follower = new Follower("a");
  return snapshots.flatMap((one) => follower.next(one));
}
const kinds = (events: PodglassEvent[]) => events.map(({ kind }) => kind);

describe("what happened between two readings", () => {
  it("says nothing of a node on which nothing happened", () => {
    expect(happened(node(1), node(2), node(3))).toEqual([]);
  });

  it("tells once of a process whose command line does not answer any more", () => {
    const stuck = (at: number) =>
      node(at, { processes: [processOf(100), processOf(101, { stuck: true, cmdline: [] })] });
    const told = happened(node(1), stuck(2), stuck(3)).filter(({ kind }) => kind === "process-stuck");
    expect(told).toMatchObject([{ text: expect.stringContaining("pid 101"), after: { pid: 101 } }]);
  });

  it("tells a pause process that ended, by the pod's name and the node's clock", () => {
    const after = node(2, {
      processes: [processOf(101)],
      pods: [podOf(KEY, { name: "web", namespace: "shop", sandbox: { state: "dead", why: "" }, containers: ["c1"] })],
    });
    expect(happened(node(1), after)).toMatchObject([
      {
        schema: "podglass.event/1",
        at: "2026-11-28T03:00:02.000Z",
        node: "a",
        kind: "sandbox-changed",
        pod: KEY,
        text: "the sandbox process of pod shop/web ended (100)",
        before: { state: "process", pid: 100 },
        after: { state: "dead" },
      },
    ]);
  });

  it("says that it is not known when, where nothing was read for long; a clock that was set back is no such time", () => {
    const dead = (takenAt: string) => ({
      ...node(2, { pods: [podOf(KEY, { sandbox: { state: "dead", why: "" } })] }),
      takenAt,
    });
    const [late] = happened(node(1), dead("2026-11-28T03:05:01.000Z"));
    expect(late?.text).toMatch(/^the sandbox process of pod .* ended \(100\), some time in the 5 min before$/);
    const [back] = happened(node(1), dead("2026-11-27T03:00:00.000Z"));
    expect(back).toMatchObject({ at: "2026-11-27T03:00:00.000Z", text: expect.stringMatching(/ended \(100\)$/) });
  });

  it("tells a restart once, whether the runtime keeps the id or not", () => {
    for (const id of ["c1", "c2"]) {
      const after = node(2, {
        processes: [processOf(100), processOf(202)],
        containers: [containerOf(id, { name: "app", pid: 202, pids: [202], podKey: KEY, cgroupPath: `/pods/p/${id}` })],
      });
      const events = happened(node(1), after);
      expect(kinds(events)).toEqual(["container-restarted"]);
      expect(events[0]?.text).toBe("container app of pod shop/web restarted as process 202");
    }
  });

  it("tells a restart where the runtime forgot meanwhile what ended, and where its record stays beside the new one", () => {
    const ended = node(2, { processes: [processOf(100)], containers: [] });
    const again = (second: number, ...others: ReturnType<typeof containerOf>[]) =>
      node(second, {
        processes: [processOf(100), processOf(202)],
        containers: [
          containerOf("b2", { name: "app", pid: 202, pids: [202], podKey: KEY, cgroupPath: "/pods/p/b2" }),
          ...others,
        ],
      });
    expect(kinds(happened(node(1), ended, node(3, { processes: [processOf(100)], containers: [] }), again(9)))).toEqual(
      ["container-ended", "container-restarted"],
    );
    const record = containerOf("c1", { name: "app", podKey: KEY, cgroupPath: "/pods/p/c1" });
    expect(kinds(happened(node(1), again(2, record), again(3, record)))).toEqual(["container-restarted"]);
  });

  it("calls no container started whose name was only not read: it ran before", () => {
    const nameless = node(2, {
      containers: [containerOf("c1", { name: "c1", pid: 101, pids: [101], podKey: KEY, cgroupPath: "/pods/p/c1" })],
    });
    expect(kinds(happened(node(1), nameless, node(3)))).toEqual([]);
  });

  it("takes a zombie for ended: a restart whose old process nobody reaped yet is a restart", () => {
    const after = node(2, {
      processes: [processOf(100), processOf(101, { state: "Z" }), processOf(202)],
      containers: [containerOf("c1", { name: "app", pid: 202, pids: [202], podKey: KEY })],
    });
    expect(kinds(happened(node(1), after))).toEqual(["container-restarted"]);
  });

  it("tells how a container ended, and when, where a record says so", () => {
    const after = node(4, {
      processes: [processOf(100)],
      containers: [
        containerOf("c1", {
          name: "app",
          podKey: KEY,
          ended: { exitCode: 137, signal: 9, oomKilled: true, at: "2026-11-28T03:00:02.500Z" },
        }),
      ],
    });
    const [event] = happened(node(1), after);
    expect(event).toMatchObject({ kind: "container-ended", at: "2026-11-28T03:00:02.500Z", container: "c1" });
    expect(event?.text).toBe("container app of pod shop/web ended: the OOM killer ended it");
  });

  it("calls nothing ended or gone whose process lives on: a record was only not read", () => {
    expect(happened(node(1), node(2, { containers: [], pods: [] }))).toEqual([]);
    expect(happened(node(1), node(2, { containers: [containerOf("c1", { name: "app", podKey: KEY })] }))).toEqual([]);
  });

  it("tells a pod that goes as that, and not each pin that its runtime takes away with it", () => {
    const pinned = (at: number, more: More, path?: string) =>
      node(at, {
        namespaces: [
          namespaceOf("mnt", 5, { initial: true }),
          namespaceOf("net", 4026532001, { pins: path ? [{ path, mountNamespace: 5 }] : [] }),
        ],
        ...more,
      });
    const pod = podOf(KEY, {
      name: "web",
      namespace: "shop",
      sandbox: { state: "process", pid: 100, why: "" },
      namespaces: { net: 4026532001 },
    });
    const before = pinned(1, { pods: [pod] }, "/run/netns/cni-1");
    expect(kinds(happened(before, pinned(2, { pods: [pod] })))).toEqual(["pin-gone"]);
    expect(kinds(happened(before, pinned(2, { pods: [], containers: [], processes: [processOf(999)] })))).toEqual([
      "pod-gone",
    ]);
  });

  it("tells a new sandbox of the same pod as that, with both addresses", () => {
    const before = node(1);
    const after = node(2, {
      processes: [processOf(300)],
      containers: [containerOf("s2", { kind: "sandbox", pid: 300, pids: [300], podKey: "containerd/s2" })],
      pods: [
        podOf("containerd/s2", {
          name: "web",
          namespace: "shop",
          uid: "u1",
          ips: ["10.0.0.2"],
          sandbox: { state: "process", pid: 300, why: "" },
        }),
      ],
    });
    expect(happened(before, after)).toMatchObject([
      { kind: "sandbox-changed", pod: "containerd/s2", before: { key: KEY, pid: 100 }, after: { pid: 300 } },
    ]);
  });

  it("lays a kill at the group whose own counter moved, and does not tell it again when the log comes", () => {
    const killed = { "memory.events.local": "oom_kill 1" };
    const counted = node(2, {}, killed);
    for (const group of counted.cgroups)
      if (group.path.startsWith("/pods")) group.files["memory.events"] = "oom_kill 1";
    const line = "oom-kill:constraint=CONSTRAINT_MEMCG,…";
    const logged = {
      ...counted,
      takenAt: "2026-11-28T03:00:09.000Z",
      oomKills: [{ at: "2026-11-28T03:00:01.700Z", pid: 101, comm: "hog", cgroup: "/pods/p/c1", line }],
    };
    const events = happened(node(1), counted, logged);
    expect(events).toMatchObject([{ kind: "oom-kill", pod: KEY, container: "c1" }]);
    const both = happened(node(1), logged);
    expect(both).toMatchObject([
      { kind: "oom-kill", at: "2026-11-28T03:00:01.700Z", container: "c1", after: { pid: 101, comm: "hog" } },
    ]);
  });

  it("tells the first kill of a log, where the log was read before; never at a time that is still to come", () => {
    const kill = { pid: 7, comm: "hog", cgroup: "/pods/p/gone", line: "oom-kill:…" };
    const told = (at: string, before: More) =>
      happened(node(1, { oomKills: undefined, ...before }), node(30, { deep: true, oomKills: [{ ...kill, at }] })).map(
        (event) => `${event.kind} ${event.at}`,
      );
    const during = "2026-11-28T03:00:12.000Z";
    expect(told(during, { deep: true })).toEqual([`oom-kill ${during}`]);
    expect(told("2026-11-28T04:00:00.000Z", { deep: true })).toEqual([`oom-kill ${node(30).takenAt}`]);
    expect(told(during, {})).toEqual([]);
    expect(told(during, { deep: true, gaps: [{ what: "the kernel log", why: "no", count: 1 }] })).toEqual([]);
  });

  it("lays a kill below a group that is gone at its nearest living ancestor, as that", () => {
    const gone = (at: number, kills: number) => {
      const one = node(at);
      one.cgroups = one.cgroups.filter(({ path }) => path !== "/pods/p/c1");
      for (const group of one.cgroups) if (group.path !== "/") group.files = { "memory.events": `oom_kill ${kills}` };
      return one;
    };
    expect(happened(gone(1, 0), gone(2, 1))).toMatchObject([
      {
        kind: "oom-kill",
        text: "the OOM killer ended a process in /pods/p or below it",
        after: { cgroup: "/pods/p", kills: 1 },
      },
    ]);
  });

  it("tells a limit that changed, and nothing of one whose file was not read", () => {
    expect(happened(node(1), node(2, {}, { "memory.max": String(2 * GiB) }))).toMatchObject([
      {
        kind: "limit-changed",
        text: "the memory limit of /pods/p/c1 is 2 GiB, it was 1 GiB",
        before: GiB,
        after: 2 * GiB,
      },
    ]);
    const unread = node(2);
    for (const group of unread.cgroups) group.files = {};
    expect(happened(node(1), unread)).toEqual([]);
  });

  it("takes no limit for changed that is written while its group is being made, nor one that reads again as it was", () => {
    const none = { "memory.max": "max" };
    const made = (at: number) => ({ ...node(at), cgroups: node(at).cgroups.slice(0, -1) });
    expect(happened(made(1), node(2, {}, none), node(3), node(4))).toEqual([]);
    expect(kinds(happened(made(1), node(2, {}, none), node(3), node(4), node(5, {}, none)))).toEqual(["limit-changed"]);
  });

  it("tells in one bounded line of plain words, whatever things are called", () => {
    const evil = `</td><script>alert(1)</script>\u202e\u2066\u0007\u001b[31m\n\r\u2028\u200f"'&${"x".repeat(10_000)}`;
    const named = (at: number, first: number, more: More = {}) =>
      node(at, {
        processes: [processOf(100, { comm: evil }), processOf(first, { comm: evil })],
        containers: [
          containerOf("s1", { kind: "sandbox", pid: 100, pids: [100], podKey: KEY, name: evil }),
          containerOf(evil, { name: evil, pid: first, pids: [first], podKey: KEY, cgroupPath: `/${evil}` }),
        ],
        pods: [podOf(KEY, { name: evil, namespace: evil, sandbox: { state: "process", pid: 100, why: evil } })],
        cgroups: [
          cgroupOf("/"),
          cgroupOf(`/${evil}`, { "memory.max": String(at * GiB), "memory.events.local": "oom_kill 0" }),
        ],
        namespaces: [namespaceOf("net", 4026532000), namespaceOf("mnt", 5, { initial: true })],
        ...more,
      });
    const kill = { pid: 7, comm: evil, cgroup: `/${evil}`, line: evil };
    const pins = [{ path: `/run/${evil}`, mountNamespace: 5 }];
    const dead = podOf(KEY, { name: evil, namespace: evil, sandbox: { state: "dead", why: evil } });
    const events = happened(
      named(1, 101),
      named(2, 101),
      named(3, 102, {
        oomKills: [kill],
        processes: [processOf(100, { comm: evil }), processOf(102, { comm: evil, stuck: true, cmdline: [] })],
        pods: [dead, podOf("crio/new", { name: evil, namespace: evil })],
        namespaces: [namespaceOf("net", 4026532000, { pins }), namespaceOf("mnt", 5, { initial: true })],
      }),
      named(4, 102, { pods: [], containers: [], processes: [processOf(1)] }),
    );
    const told = [
      "container-restarted",
      "limit-changed",
      "oom-kill",
      "pin-new",
      "pod-gone",
      "pod-new",
      "process-stuck",
    ];
    expect(kinds(events)).toEqual(expect.arrayContaining([...told, "sandbox-changed", "pin-gone"]));
    for (const { text } of events) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(text.length).toBeLessThan(1500);
    }
  });

  it("tells pins of pid 1's mount namespace; elsewhere only where both readings looked", () => {
    const pinned = (at: number, mountNamespace: number, deep?: boolean) =>
      node(at, {
        deep,
        namespaces: [
          namespaceOf("net", 4026532000, { pins: [{ path: "/run/podglass/pins/x/net", mountNamespace }] }),
          namespaceOf("mnt", 70),
          namespaceOf("mnt", 5, { initial: true }),
        ],
      });
    const bare = (at: number, deep?: boolean) =>
      node(at, {
        deep,
        namespaces: [namespaceOf("net", 4026532000), namespaceOf("mnt", 170), namespaceOf("mnt", 5, { initial: true })],
      });
    expect(kinds(happened(bare(1), pinned(2, 5)))).toEqual(["pin-new"]);
    expect(kinds(happened(pinned(1, 5), bare(2)))).toEqual(["pin-gone"]);
    expect(kinds(happened(pinned(1, 170, true), bare(2)))).toEqual([]);
    expect(kinds(happened(pinned(1, 170, true), bare(2, true)))).toEqual(["pin-gone"]);
  });

  it("compares nothing across a boot", () => {
    const events = happened(
      node(1),
      node(30, { node: { bootId: "another" }, processes: [], containers: [], pods: [] }),
    );
    expect(kinds(events)).toEqual(["node-rebooted"]);
  });

  it("counts what comes in floods", () => {
    const many = (at: number, from: number) =>
      node(at, {
        processes: Array.from({ length: 20 }, (_, i) => processOf(from + i)),
        containers: Array.from({ length: 20 }, (_, i) =>
          containerOf(`c${from + i}`, { pid: from + i, pids: [from + i] }),
        ),
        pods: [],
      });
    const events = happened(many(1, 1000), many(2, 2000));
    expect(kinds(events)).toEqual(["container-started", "container-ended"]);
    expect(events[0]?.text).toMatch(/^20 containers started: /);
  });

  it("tells a finding only when it stays", () => {
    const follower = new Follower("a");
    const zombies = (at: number) =>
      node(at, {
        processes: [
          processOf(100),
          processOf(101),
          ...[1, 2, 3, 4, 5].map((i) => processOf(500 + i, { state: "Z", ppid: 101 })),
        ],
      });
    const all = [node(1), zombies(2), node(3), node(4)].flatMap((one) => follower.next(one));
    expect(all.filter(({ kind }) => kind.startsWith("finding"))).toEqual([]);
    const stays = [zombies(5), zombies(6), zombies(7)].flatMap((one) => follower.next(one));
    expect(new Set(kinds(stays))).toEqual(new Set(["finding-new"]));
  });

  it("tells the same of a stretch that is read again, wherever it begins: a report says what the window said", () => {
    const zombies = [1, 2, 3, 4, 5].map((i) => processOf(500 + i, { state: "Z", ppid: 101 }));
    const sick = (at: number) => node(at, { processes: [processOf(100), processOf(101), ...zombies] });
    const all = Array.from({ length: 40 }, (_, at) => (at >= 13 && at <= 18 ? sick(at) : node(at)));
    const told = (from: number) => {
      const follower = new Follower("a");
      return all.slice(from).flatMap((one) => follower.next(one).filter(({ kind }) => kind.startsWith("finding-")));
    };
    expect(kinds(told(0))).toEqual(["finding-new", "finding-gone"]);
    for (const from of [1, 3, 7, 11]) expect(told(from)).toEqual(told(0));
  });
});
