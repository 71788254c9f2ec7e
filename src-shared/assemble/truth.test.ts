import { describe, expect, it } from "vitest";
import { fixtureReading, fixtureSnapshot } from "../../src-main/testing/fixture.ts";
import { idOf, oci, own, Scene } from "../../src-main/testing/scene.ts";
import type { Container, Snapshot } from "../model.ts";
import { checkPaths } from "../questions/oci-paths.ts";
import { checkResources } from "../questions/oci-resources.ts";
import { podProcesses } from "../questions/process-tree.ts";
import { sharedVolumes } from "../questions/volumes.ts";
import { assemble } from "./assemble.ts";

const containerOf = (snapshot: Snapshot, name: string, runtime: string): Container =>
  snapshot.containers.find((entry) => entry.name === name && entry.runtime === runtime)!;
const verdicts = (snapshot: Snapshot, container: Container): Record<string, string> =>
  Object.fromEntries(checkPaths(snapshot, container).map((check) => [check.type, check.verdict]));

describe("namespace paths of a config.json", () => {
  it("hold on a healthy node, by process and by pin", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const app = containerOf(node, "app", "containerd");
    expect(verdicts(node, app)).toEqual({
      pid: "own",
      ipc: "holds",
      uts: "holds",
      mount: "own",
      network: "holds",
      cgroup: "own",
    });
    expect(checkPaths(node, app).find((check) => check.type === "ipc")?.words).toMatch(
      /^pause's \(pid \d+\): it lives only as long/,
    );
    const crio = fixtureSnapshot("cri-o-dropped");
    const pinned = checkPaths(crio, containerOf(crio, "app", "cri-o")).find((check) => check.type === "ipc");
    expect(pinned).toMatchObject({ verdict: "holds", words: "a pin: it needs no process" });
    for (const container of node.containers) {
      for (const check of checkPaths(node, container)) expect(check.verdict).toMatch(/^(own|holds)$/);
    }
  });
  it("are gone after pause was killed, where they led to its process", () => {
    const scene = new Scene();
    const app = idOf("app");
    scene
      .process({ pid: 20, in: { ipc: 5, ...own(900) }, at: `/kubepods/pod1/${app}` })
      .file(
        `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${app}/config.json`,
        oci({ "io.kubernetes.cri.sandbox-id": idOf("s") }, { ipc: "/proc/10/ns/ipc" }),
      );
    const snapshot = assemble(scene.reading);
    expect(verdicts(snapshot, snapshot.containers[0]!)).toEqual({ ipc: "gone" });
  });
  it.each([
    ["a stranger's namespace", { pid: 10, in: { ipc: 6 } }],
    ["a stranger in the same namespace", { pid: 10, in: { ipc: 5 } }],
  ])("are stale when the pid was given out again: %s", (_, stranger) => {
    const scene = new Scene();
    const app = idOf("app");
    scene
      .process({ ...stranger, startTicks: 99_999, at: "/user.slice" })
      .process({ pid: 20, in: { ipc: 5, ...own(900) }, at: `/kubepods/pod1/${app}` })
      .file(
        `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${app}/config.json`,
        oci({ "io.kubernetes.cri.sandbox-id": idOf("s") }, { ipc: "/proc/10/ns/ipc" }),
      );
    const snapshot = assemble(scene.reading);
    expect(verdicts(snapshot, snapshot.containers[0]!)).toEqual({ ipc: "stale" });
  });
});

describe("resources that were asked for", () => {
  it.each(["bookworm-v2", "modern-v2", "cri-o-dropped"] as const)(
    "are what the kernel holds on %s, by either weight formula",
    (name) => {
      const snapshot = fixtureSnapshot(name);
      const checks = snapshot.containers.flatMap((container) =>
        container.pid === null
          ? []
          : checkResources(snapshot, container).map((check) => ({ ...check, of: container.name })),
      );
      expect(checks.length).toBeGreaterThan(10);
      expect(checks.filter((check) => check.same === false)).toEqual([]);
    },
  );
  it("say so when somebody changed a limit since", () => {
    const reading = fixtureReading("bookworm-v2");
    const group = reading.cgroups.find(
      (entry) => entry.files["memory.max"] === "67108864" && entry.path.includes("cri-containerd"),
    )!;
    group.files["memory.max"] = "134217728";
    const snapshot = assemble(reading);
    const changed = checkResources(snapshot, containerOf(snapshot, "sidecar", "containerd")).filter(
      (check) => check.same === false,
    );
    expect(changed).toMatchObject([{ name: "memory.limit", asked: "67108864", file: "memory.max", now: "134217728" }]);
    expect(changed[0]?.words).toContain("changed since the start");
  });
  it("reads cgroup v1 and OCI's unified keys too", () => {
    const scene = new Scene();
    const app = idOf("app");
    const path = `/docker/${app}`;
    scene.reading.node.cgroupMounts = [{ hierarchy: "memory", mountPoint: "/sys/fs/cgroup/memory" }];
    scene
      .process({ pid: 20, in: own(900), cgroup: { memory: path, cpu: path } })
      .file(
        `/run/docker/io.containerd.runtime.v2.task/moby/${app}/config.json`,
        oci({}, {}, { resources: { memory: { limit: 1_000_000, swap: -1 }, cpu: { shares: 512, quota: 50_000 } } }),
      );
    scene.reading.cgroups.push(
      {
        hierarchy: "memory",
        path,
        files: { "memory.limit_in_bytes": "999424", "memory.memsw.limit_in_bytes": "9223372036854771712" },
      },
      { hierarchy: "cpu", path, files: { "cpu.shares": "512", "cpu.cfs_quota_us": "-1" } },
    );
    const snapshot = assemble(scene.reading);
    const checks = checkResources(snapshot, snapshot.containers[0]!);
    expect(checks.map((check) => [check.name, check.same])).toEqual([
      ["memory.limit", true],
      ["memory.swap", true],
      ["cpu.shares", true],
      ["cpu.quota", false],
    ]);
  });
});

describe("processes of a pod", () => {
  const node = fixtureSnapshot("bookworm-v2");
  const shared = podProcesses(node, node.pods.find((pod) => pod.name === "shared" && pod.runtime === "containerd")!);
  it("starts with the sandbox, which is pid 1 inside", () => {
    expect(shared[0]).toMatchObject({ depth: 0, insidePid: 1, init: true, zombie: false });
    expect(shared[0]?.process.comm).toBe("pause");
  });
  it("knows each zombie, who does not wait for it and who inherits it", () => {
    const zombies = shared.filter((entry) => entry.zombie);
    expect(zombies).toHaveLength(3);
    expect(zombies[0]?.reaper?.words).toMatch(
      /^its parent sleep does not wait for it; when that ends, it falls to pause \(pid \d+\), which reaps$/,
    );
    expect(zombies[0]?.depth).toBe(1);
  });
  it("where an application is pid 1 itself, it has to wait", () => {
    const scene = new Scene();
    const id = idOf("zombieapp");
    const inside = { ...own(900), pid: 901 };
    scene
      .process({ pid: 20, comm: "app", in: inside, at: `/docker/${id}` })
      .process({ pid: 21, ppid: 20, state: "Z", in: { pid: 901 }, nsPids: [21, 2], at: `/docker/${id}` })
      .process({ pid: 30, in: { ...own(1000), net: 7 }, at: `/docker/${idOf("other")}` })
      .file(`/var/lib/docker/containers/${id}/hostconfig.json`, { NetworkMode: `container:${idOf("other")}` })
      .file(`/var/lib/docker/containers/${idOf("other")}/hostconfig.json`, {});
    const snapshot = assemble(scene.reading);
    const zombie = podProcesses(snapshot, snapshot.pods[0]!).find((entry) => entry.zombie);
    expect(zombie?.reaper?.words).toContain("app is pid 1 here and has to wait for it");
  });
});

describe("volumes", () => {
  it("that two containers mount from one place are the pod's", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const web = node.pods.find((pod) => pod.name === "web" && pod.runtime === "containerd")!;
    const shm = sharedVolumes(node, web).find((volume) => volume.source.endsWith("/shm"));
    expect(shm?.mounts.map((mount) => mount.name).sort()).toEqual(["app", "sidecar"]);
    const separate = node.pods.find((pod) => pod.name === "lab-b")!;
    expect(sharedVolumes(node, separate)).toEqual([]);
  });
  it("and mounts as the container itself sees them are read in its own mount namespace", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const app = containerOf(node, "app", "containerd");
    expect(app.mounts?.find((mount) => mount.destination === "/etc/hostname")?.source).toMatch(
      /\/sandboxes\/[0-9a-f]{64}\/hostname$/,
    );
  });
});
