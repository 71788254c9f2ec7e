import { describe, expect, it } from "vitest";
import type { ActionName, Pod } from "../../src-shared/model.ts";
import { containerOf, podOf, processOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { checksOf, type Question } from "./checks.ts";
import type { Look } from "./look.ts";
import { stepsOf } from "./steps.ts";
import { targetOf } from "./target.ts";

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
const seen: Look = {
  looked: true,
  entered: false,
  pins: new Set(["net:[900]", "ipc:[901]", "uts:[902]"]),
  copies: [],
  missing: [],
  unsafe: [],
  locked: false,
  standIns: [],
  said: new Map([
    ["identity", { ok: true, detail: "" }],
    ["pid-namespace", { ok: true, detail: "" }],
  ]),
};

function question(action: ActionName, of: Pod, more: Partial<Question> = {}, kubelet = false): Question {
  const snapshot = snapshotOf({
    pods: [of],
    processes: [pause, app],
    containers: [containerOf("app", { pid: 60, pids: [60] })],
  });
  if (kubelet) snapshot.node.kubelet = { pid: 700 };
  const rest = { privilege: "root", readOnly: false, acceptRestart: false, pinFirst: false } as const;
  return { action, snapshot, target: targetOf(snapshot, of), look: seen, ...rest, ...more };
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
    const fixed = { ...its, staticPod: true };
    expect(failing(question("drop", fixed, { acceptRestart: true }, true))).toEqual(["kubelet"]);
    const hashed = { ...its, uid: "0123456789abcdef0123456789abcdef" };
    expect(failing(question("drop", hashed, { acceptRestart: true }, true))).toEqual(["kubelet"]);
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
    const look = { ...seen, pins: new Set(["net:[900]"]) };
    expect(failing(question("drop", pod("lab/a"), { look }))).toEqual(["pinned"]);
    expect(failing(question("drop", pod("lab/a"), { look, pinFirst: true }))).toEqual([]);
    const shares = pod("lab/a", { namespaces: { net: 900, ipc: 901, uts: 902, cgroup: 903 } });
    expect(failing(question("drop", shares, { pinFirst: true }))).toEqual(["pinned"]);
  });

  it("never end an application that a hand-made pod began with", () => {
    const asked = question("drop", pod("docker/a", { networkMode: "none" }));
    asked.target.sandbox = { ...pause, comm: "nginx" };
    expect(failing(asked)).toEqual(["identity"]);
  });
});

describe("a pin", () => {
  it("takes net, ipc, uts and user, and says why the rest is left", () => {
    const all = { net: 900, ipc: 901, uts: 902, pid: 903, cgroup: 904, time: 905 };
    const asked = question("pin", pod("containerd/a", { namespaces: all }));
    const pinned = checksOf(asked).find(({ name }) => name === "pinned")!;
    expect(pinned.detail).toMatch(/pid is not: .*ENOMEM.*cgroup is not: .*time is not/);
    const commands = stepsOf(asked).map(({ command }) => command);
    expect(commands.filter((command) => command.includes("--bind"))).toHaveLength(3);
    expect(failing(question("pin", pod("containerd/a", { namespaces: {} })))).toEqual(["pinned"]);
  });
});
