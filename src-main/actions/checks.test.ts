import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACTIONS, type ActionName } from "../../src-shared/actions.ts";
import type { Pod } from "../../src-shared/model.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import { containerOf, namespaceOf, podOf, processOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { checksOf } from "./checks.ts";
import type { Look } from "./look.ts";
import type { Question } from "./question.ts";
import { actionOf } from "./table.ts";
import { targetOf } from "./target.ts";
import { ordinary, seen } from "./testing/question.ts";

const pause = processOf(50, {
  comm: "pause",
  namespaces: { net: 900, ipc: 901, uts: 902 },
  cgroup: { v2: "/pod/pause" },
});
const app = processOf(60, { namespaces: { net: 900, ipc: 901, uts: 902 } });
const pod = (key: string, more: Partial<Pod> = {}) =>
  podOf(key, {
    sandbox: { state: "process", pid: 50, why: "" },
    containers: ["app"],
    namespaces: { net: 900, ipc: 901, uts: 902 },
    cgroupPath: "/pod",
    ...more,
  });
const look: Look = {
  ...seen,
  pins: new Set(["net:[900]", "ipc:[901]", "uts:[902]"]),
  said: new Map(["identity", "pid-namespace"].map((check) => [check, { ok: true, detail: "" }])),
};

function question(action: ActionName, of: Pod, more: Partial<Question> = {}, kubelet = false): Question {
  const snapshot = snapshotOf({
    pods: [of],
    processes: [pause, app],
    containers: [containerOf("app", { pid: 60, pids: [60], labels: {} })],
  });
  if (kubelet) snapshot.node.kubelet = { pid: 700 };
  return { action, snapshot, target: targetOf(snapshot, of), look, ...ordinary, ...more };
}
const failing = (asked: Question) => checksOf(asked).flatMap(({ name, ok }) => (ok ? [] : [name]));

describe("checks of a drop", () => {
  it("are eight, each with a name of the contract, in every case", () => {
    expect(checksOf(question("drop", pod("containerd/a"))).map(({ name }) => name)).toEqual([
      "identity",
      "pinned",
      "pid-namespace",
      "kubelet",
      "network-survives",
      "mount-namespace",
      "privilege",
      "read-only",
    ]);
    expect(failing(question("drop", pod("containerd/a")))).toEqual([]);
  });

  it("keep a kubelet's pod, and never let a static one go", () => {
    const its = pod("containerd/a", { uid: "7d4f2c1e-0000-4000-8000-000000000001" });
    expect(failing(question("drop", its, {}, true))).toEqual(["kubelet"]);
    expect(failing(question("drop", its, { acceptRestart: true }, true))).toEqual([]);
    const fixed: Pod = { ...its, owner: { kind: "kubelet", static: true, evidence: "" } };
    expect(failing(question("drop", fixed, { acceptRestart: true }, true))).toEqual(["kubelet"]);
    // A stopped kubelet owns its pods all the same.
    expect(failing(question("drop", fixed, { acceptRestart: true }))).toEqual(["kubelet"]);
    expect(failing(question("drop", pod("lab/web"), {}, true))).toEqual([]);
  });

  it("know which runtime tears the network down", () => {
    const networks: [string, string | undefined, boolean][] = [
      ["podman/a", "bridge", false],
      ["podman/a", undefined, false],
      ["podman/a", "none", true],
      ["podman/a", "ns:/run/netns/x", true],
      ["docker/a", "bridge", false],
      ["docker/a", undefined, false],
      ["docker/a", "none", true],
      ["containerd/a", "cni", true],
      ["cri-o/a", undefined, true],
    ];
    for (const [key, networkMode, ok] of networks)
      expect(failing(question("drop", pod(key, { networkMode }))), `${key} ${networkMode}`).toEqual(
        ok ? [] : ["network-survives"],
      );
    const nodes = pod("docker/a", { namespaces: { ipc: 901 }, networkMode: "host" });
    expect(failing(question("drop", nodes))).toEqual([]);
  });

  it("rely on our own pins alone, and on no namespace that cannot be pinned", () => {
    const fewer = { ...look, pins: new Set(["net:[900]"]) };
    expect(failing(question("drop", pod("lab/a"), { look: fewer }))).toEqual(["pinned"]);
    expect(failing(question("drop", pod("lab/a"), { look: fewer, pinFirst: true }))).toEqual([]);
    const shares = pod("lab/a", { namespaces: { net: 900, ipc: 901, uts: 902, cgroup: 903 } });
    expect(failing(question("drop", shares, { pinFirst: true }))).toEqual(["pinned"]);
  });

  it("never end an application that a hand-made pod began with", () => {
    const asked = question("drop", pod("docker/a", { networkMode: "none" }));
    const nginx = { ...pause, comm: "nginx" };
    asked.snapshot.processes = [nginx, app];
    asked.target.sandbox = nginx;
    expect(failing(asked)).toEqual(["identity"]);
  });
});

describe("a pin", () => {
  it("takes net, ipc, uts and user, and says why the rest is left", () => {
    const all = { net: 900, ipc: 901, uts: 902, pid: 903, cgroup: 904, time: 905 };
    const asked = question("pin", pod("containerd/a", { namespaces: all }));
    const pinned = checksOf(asked).find(({ name }) => name === "pinned")!;
    expect(pinned.detail).toMatch(/pid is not: .*ENOMEM.*cgroup is not: .*time is not/);
    const commands = actionOf(asked.action)
      .steps(asked)
      .map(({ command }) => command);
    expect(commands.filter((command) => command.includes("--bind"))).toHaveLength(3);
    expect(failing(question("pin", pod("containerd/a", { namespaces: {} })))).toEqual(["pinned"]);
  });
});

describe("whose a pod is", () => {
  const his = pod("containerd/a", { owner: { kind: "user", uid: 1000, evidence: "its monitor runs as user 1000" } });
  it("is said, and a user's is acted on only where that was accepted", () => {
    for (const action of ["pin", "drop"] as const) {
      expect(failing(question(action, his))).toEqual(["owner"]);
      const accepted = checksOf(question(action, his, { asUserMade: true }));
      expect(accepted.filter(({ ok }) => !ok)).toEqual([]);
      expect(accepted.find(({ name }) => name === "owner")?.detail).toContain("user 1000");
    }
  });
  it("matters to every action: one in a container that is a node is left alone, and the way in is named", () => {
    const inside = pod("containerd/a", { within: "abcdef0123456789" });
    for (const action of ACTIONS) {
      const no = checksOf(question(action, inside, { asUserMade: true, acceptRestart: true }));
      expect(no.find(({ name }) => name === "within")).toMatchObject({
        ok: false,
        detail: expect.stringContaining("docker:abcdef012345"),
      });
    }
  });
});

describe("unpin", () => {
  const dropped = pod("cri-o/a", { sandbox: { state: "dropped", why: "" } });
  const runtimes = (type: "net" | "ipc" | "uts", inode: number, pinned = true) =>
    namespaceOf(type, inode, { pins: pinned ? [{ path: `/run/${type}ns/x`, mountNamespace: 5 }] : [] });
  const asked = (pinned: boolean, named = true): Question => {
    const all = question("unpin", dropped);
    all.snapshot.namespaces = [runtimes("net", 900), runtimes("ipc", 901), runtimes("uts", 902, pinned)];
    const ociNamespaces = named ? ["net", "ipc", "uts"].map((type) => ({ type, path: `/var/run/${type}ns/x` })) : [];
    all.snapshot.containers = [containerOf("app", { pid: 60, pids: [60], labels: {}, ociNamespaces })];
    const manifest = { namespaces: { net: 900, ipc: 901, uts: 902 } } as unknown as NonNullable<Look["manifest"]>;
    return { ...all, look: { ...look, manifest } };
  };
  it("counts the runtime's own pins that records name, since new members join those", () => {
    const all = checksOf(asked(true));
    expect(all.filter(({ ok }) => !ok)).toEqual([]);
    expect(all.find(({ name }) => name === "last-holder")?.detail).toContain("/run/netns/x");
    const [call] = actionOf("unpin").calls(asked(true), { journalId: "id", at: "now" });
    expect(call?.args.slice(7)).toEqual([
      "3",
      "/run/netns/x",
      "net=900",
      "/run/ipcns/x",
      "ipc=901",
      "/run/utsns/x",
      "uts=902",
    ]);
  });
  it("does not count one that no record names, nor two of three", () => {
    expect(failing(asked(true, false))).toEqual(["last-holder"]);
    expect(failing(asked(false))).toEqual(["last-holder"]);
  });
});

describe("drop and readiness", () => {
  const types = ["net", "ipc", "uts", "user", "pid", "cgroup", "time"] as const;
  const described = fc.record({
    runtime: fc.constantFrom("containerd", "cri-o", "docker", "podman", "lab"),
    state: fc.constantFrom("process", "process", "process", "dropped", "dead", "none", "starting"),
    kind: fc.constantFrom(undefined, "pause", "init", "vm"),
    comm: fc.constantFrom("pause", "sleep", "nginx", "runsc-sandbox"),
    shared: fc.subarray([...types]),
    unread: fc.subarray(["net", "pid"] as const, { maxLength: 1 }),
    networkMode: fc.constantFrom(undefined, "none", "host", "bridge", "cni", "ns:/run/netns/x", "container:x"),
    owner: fc.constantFrom(
      undefined,
      { kind: "kubelet", evidence: "e" },
      { kind: "kubelet", static: true, evidence: "e" },
      { kind: "user", uid: 1000, evidence: "e" },
    ),
    within: fc.constantFrom(undefined, undefined, undefined, "c".repeat(64)),
    uid: fc.constantFrom(undefined, "7d4f2c1e-0000-4000-8000-000000000001"),
    kubelet: fc.boolean(),
    told: fc.boolean(),
    seen: fc.constantFrom(true, true, true, false),
    standIn: fc.boolean(),
  });

  it("agree on any pod that can be described, in the same words", () => {
    let yes = 0;
    fc.assert(
      fc.property(described, (it) => {
        const reasons = it.standIn ? [{ code: "stand-in" as const, pid: 50 }] : undefined;
        const of = pod(`${it.runtime}/a`, {
          sandbox: {
            state: it.state as Pod["sandbox"]["state"],
            ...(it.state === "process" ? { pid: 50 } : {}),
            why: "because",
            ...(it.kind ? { kind: it.kind as "pause" } : {}),
            ...(reasons ? { reasons } : {}),
          },
          namespaces: Object.fromEntries(it.shared.map((type, at) => [type, 900 + at])),
          unread: it.unread,
          networkMode: it.networkMode,
          owner: it.owner as Pod["owner"],
          within: it.within,
          uid: it.uid,
        });
        const asked = question("drop", of, { pinFirst: true }, it.kubelet);
        const spaces = Object.fromEntries(it.shared.map((type, at) => [type, 900 + at]));
        asked.snapshot.processes = it.seen
          ? [
              processOf(50, { comm: it.comm, namespaces: spaces, nsPids: [50, 1] }),
              processOf(60, { namespaces: spaces }),
            ]
          : [];
        asked.snapshot.containers = [containerOf("app", { pid: 60, pids: [60], ...(it.told ? { labels: {} } : {}) })];
        asked.target = targetOf(asked.snapshot, of);
        const answer = readiness(asked.snapshot).pods[0]!;
        const no = checksOf(asked).filter(({ ok }) => !ok);
        expect(no.length === 0, JSON.stringify({ answer, no })).toBe(answer.verdict === "yes");
        const words = no.map(({ detail }) => detail).join("; ");
        if (answer.verdict !== "yes" && of.owner?.kind !== "user" && of.within === undefined)
          for (const reason of answer.reasons) expect(words).toContain(reason);
        if (answer.verdict === "yes") yes += 1;
      }),
      { numRuns: 3000 },
    );
    expect(yes).toBeGreaterThan(20);
  });
});
