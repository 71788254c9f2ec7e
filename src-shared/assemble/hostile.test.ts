import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idOf, NODE, Scene } from "../../src-main/testing/scene.ts";
import { diffPods } from "../diff/pods.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../model.ts";
import { findPod } from "../questions/find-pod.ts";
import { checkPaths } from "../questions/oci-paths.ts";
import { checkResources } from "../questions/oci-resources.ts";
import { podReport } from "../questions/pod-report.ts";
import { podProcesses } from "../questions/process-tree.ts";
import { readiness } from "../questions/readiness.ts";
import { sharedVolumes } from "../questions/volumes.ts";
import { whatIf } from "../questions/what-if.ts";
import { assemble } from "./assemble.ts";
import { networkFacts } from "./network.ts";

/** A node is hostile text: whatever it says, every question has an answer, and no answer takes long. */
const words = ["app", "pause", "side"].map(idOf);
const id = fc.constantFrom(...words);
const anything = fc.anything({ maxDepth: 3, withNullPrototype: false });
const pid = fc.integer({ min: 1, max: 12 });
const inode = fc.constantFrom(NODE.net, 7, 8, 9);
const place = fc.oneof(
  fc.constant("/"),
  id.map((one) => `/kubepods/burstable/pod11111111-2222-3333-4444-555555555555/${one}`),
  id.map((one) => `/machine.slice/libpod-${one}.scope/container`),
  id.map((one) => `/a/crio-${one}`),
  fc.string(),
);
const record = fc.oneof(
  anything.map((value) => JSON.stringify(value) ?? ""),
  fc
    .record({
      ociVersion: fc.constant("1.0"),
      annotations: fc.dictionary(
        fc.constantFrom(
          "io.kubernetes.cri.sandbox-id",
          "io.kubernetes.cri-o.SandboxID",
          "io.container.manager",
          "io.kubernetes.cri-o.Labels",
          "io.kubernetes.cri-o.NamespaceOptions",
        ),
        fc.oneof(
          id,
          fc.constant("libpod"),
          anything.map((value) => JSON.stringify(value) ?? ""),
        ),
      ),
      linux: fc.record({
        namespaces: fc.array(
          fc.record({
            type: fc.constantFrom("network", "ipc", "pid", "constructor"),
            path: fc.oneof(
              pid.map((one) => `/proc/${one}/ns/net`),
              fc.constant("/run/netns/x"),
              fc.string(),
            ),
          }),
        ),
        cgroupsPath: fc.oneof(place, fc.string(), fc.constant("a-b.slice:crio:x")),
        resources: anything,
      }),
    })
    .map((value) => JSON.stringify(value)),
);
const folder = fc
  .tuple(
    fc.constantFrom(
      "/run/containerd/io.containerd.runtime.v2.task/k8s.io/ID/config.json",
      "/run/containerd/io.containerd.runtime.v2.task/moby/ID/config.json",
      "/var/lib/containers/storage/overlay-containers/ID/userdata/config.json",
      "/var/lib/docker/containers/ID/config.v2.json",
      "/var/lib/docker/containers/ID/hostconfig.json",
      "/run/crun/ID/status",
      "/run/runc/ID/state.json",
      "/run/podglass/lab/ID/manifest.json",
      "/run/podglass/pins/ID/manifest.json",
      "/run/ID/valueOf",
      "/run/ID/__proto__",
    ),
    id,
  )
  .map(([path, one]) => path.replace("ID", one));

const reading = fc
  .record({
    processes: fc.array(
      fc.record({
        pid,
        ppid: pid,
        startTicks: fc.nat(50),
        state: fc.constantFrom("S", "Z"),
        comm: fc.constantFrom("pause", "conmon", "containerd-shim", "constructor", "__proto__"),
        cmdline: fc.array(fc.oneof(fc.constantFrom("-c", "-n", "-id", "-namespace", "k8s.io"), id)),
        at: place,
        inodes: fc.array(inode, { maxLength: 8 }),
        nsPids: fc.option(fc.array(pid, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      }),
      { maxLength: 12 },
    ),
    files: fc.dictionary(folder, record, { maxKeys: 8 }),
    pins: fc.array(
      fc.tuple(
        fc.constantFrom("/run/netns/x", "/run/podglass/pins/a/net"),
        fc.constantFrom<NamespaceType>("net", "ipc"),
        inode,
      ),
      { maxLength: 4 },
    ),
    relations: fc.array(
      fc.record({ type: fc.constantFrom<NamespaceType>("pid", "user", "net"), inode, parent: inode, owner: inode }),
      { maxLength: 4 },
    ),
    tool: anything.map((value) => JSON.stringify(value) ?? ""),
  })
  .map(({ processes, files, pins, relations, tool }) => {
    const scene = new Scene();
    for (const { inodes, at, ...process } of processes) {
      scene.process({
        ...process,
        at,
        in: Object.fromEntries(inodes.map((one, index) => [NAMESPACE_TYPES[index], one])),
      });
    }
    for (const [path, content] of Object.entries(files)) scene.file(path, content);
    for (const [path, type, one] of pins) scene.pin(path, type, one);
    scene.reading.relations = relations;
    scene.reading.tools = { "podman-pods": tool, "podman-containers": tool };
    return scene.reading;
  });

describe("whatever a node says", () => {
  it("every question has an answer", () => {
    fc.assert(
      fc.property(reading, (raw) => {
        const snapshot = assemble(raw);
        readiness(snapshot);
        for (const runtime of snapshot.node.runtimes) expect(typeof runtime.name).toBe("string");
        for (const pod of snapshot.pods) {
          podReport(snapshot, pod.key);
          podProcesses(snapshot, pod);
          sharedVolumes(snapshot, pod);
          diffPods(snapshot, pod.key, snapshot, pod.key);
          expect(findPod(snapshot, pod.key).pod).toBe(pod);
          expect(pod.sandbox.why).not.toBe("");
          expect(pod.sandbox.pid !== undefined).toBe(pod.sandbox.state === "process");
          expect(Object.keys(pod.namespaces)).not.toContain("mnt");
          if (pod.sandbox.pid !== undefined) whatIf(snapshot, { kind: "sandbox", podKey: pod.key });
        }
        for (const container of snapshot.containers) {
          checkPaths(snapshot, container);
          checkResources(snapshot, container);
          whatIf(snapshot, { kind: "container", id: container.id });
        }
        for (const namespace of snapshot.namespaces) {
          if (namespace.pins.length > 0)
            whatIf(snapshot, { kind: "pin", type: namespace.type, inode: namespace.inode });
        }
      }),
      { numRuns: 300 },
    );
  });
});

it("a pod that gives itself thousands of addresses, each in a network of its own, costs no more than they are", () => {
  const several = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 8}.${i & 255}`);
  const leaf = (address: string, kind: string) => `     |-- ${address}\n        /${kind}\n`;
  const fib_trie = several
    .map((net) => leaf(`${net}.0`, "24 link UNICAST") + leaf(`${net}.1`, "32 host LOCAL"))
    .join("");
  const begun = performance.now();
  const { addresses } = networkFacts({ fib_trie, dev: "titles |\n | titles\n a|b: 0\n" });
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(addresses).toHaveLength(20_000);
  expect(addresses[7]).toEqual({ interface: "a|b", address: "10.0.7.1", prefix: 24, scope: "global" });
});
