/** For tests and benches: a reading of many containerd pods, ten processes each, on a node of either cgroup version. */

import type { Reading } from "../../src-shared/reading.ts";
import { idOf, NODE, oci, Scene } from "./scene.ts";

const V1 = ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "name=systemd"];

/** @param processes about as many as asked for: pods have a pause, a shim and two containers of four processes */
export function crowd(processes: number, mode: "v1" | "v2" = "v2"): Reading {
  const scene = new Scene();
  const { reading } = scene;
  const state = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";
  if (mode === "v1") {
    reading.node.cgroupMounts = V1.map((hierarchy) => ({ hierarchy, mountPoint: `/sys/fs/cgroup/${hierarchy}` }));
  }
  // The reader gives one object for one text (src-main/probe/state.ts); so does this.
  const places = new Map<string, Record<string, string>>();
  const at = (path: string): Record<string, string> => {
    const known = places.get(path) ?? placeOf(path);
    places.set(path, known);
    return known;
  };
  const placeOf = (path: string): Record<string, string> =>
    mode === "v2" ? { "": path } : Object.fromEntries(V1.map((hierarchy) => [hierarchy, path]));
  const group = (path: string) => {
    for (const hierarchy of mode === "v2" ? ["v2"] : V1)
      reading.cgroups.push({ hierarchy, path, files: { "pids.current": "4" } });
  };
  for (let pod = 0; pod < processes / 10; pod++) {
    const uid = `00000000-0000-4000-8000-${pod.toString(16).padStart(12, "0")}`;
    const parent = `/kubepods/burstable/pod${uid}`;
    const [pause, ...apps] = ["pause", "app", "side"].map((name) => idOf(`${pod}-${name}`)) as [string, string, string];
    const base = 4030000000 + pod * 40;
    const shared = { net: base, ipc: base + 1, uts: base + 2 };
    const first = 1000 + pod * 20;
    const note = {
      "io.kubernetes.cri.sandbox-id": pause,
      "io.kubernetes.cri.sandbox-name": `pod-${pod}`,
      "io.kubernetes.cri.sandbox-namespace": "crowd",
      "io.kubernetes.cri.sandbox-uid": uid,
    };
    group(parent);
    scene.process({
      pid: first,
      comm: "containerd-shim",
      cmdline: ["/usr/bin/containerd-shim-runc-v2", "-namespace", "k8s.io", "-id", pause],
      cgroup: at("/system.slice/containerd.service"),
    });
    scene.process({
      pid: first + 1,
      ppid: first,
      comm: "pause",
      in: { ...shared, mnt: base + 3, pid: base + 4 },
      cgroup: at(`${parent}/${pause}`),
    });
    group(`${parent}/${pause}`);
    scene.file(
      `${state}/${pause}/config.json`,
      oci(
        { ...note, "io.kubernetes.cri.container-type": "sandbox" },
        { network: `/run/netns/cni-${pod}`, ipc: "", uts: "", pid: "" },
      ),
    );
    scene.file(`${state}/${pause}/init.pid`, String(first + 1));
    scene.pin(`/run/netns/cni-${pod}`, "net", shared.net);
    reading.net.push({
      inode: shared.net,
      pid: first + 1,
      files: {
        dev: "h\nh\n lo: 0\n eth0: 0",
        fib_trie: `Main:\nLocal:\n     |-- 10.1.${pod >> 8}.${pod & 255}\n        /32 host LOCAL\n`,
        if_inet6: "",
      },
    });
    apps.forEach((id, index) => {
      const path = `${parent}/${id}`;
      const top = first + 2 + index * 4;
      const ns = { ...NODE, ...shared, mnt: base + 10 + index * 5, pid: base + 11 + index * 5 };
      group(path);
      for (let n = 0; n < 4; n++) {
        scene.process({
          pid: top + n,
          ppid: n === 0 ? first : top,
          ns,
          nsPids: [top + n, n + 1],
          cgroup: at(path),
          cmdline: ["/bin/server", "--listen", "0.0.0.0:8080"],
        });
      }
      const joined = (type: string) => `/proc/${first + 1}/ns/${type}`;
      scene.file(
        `${state}/${id}/config.json`,
        oci(
          { ...note, "io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.container-name": `c${index}` },
          { network: joined("net"), ipc: joined("ipc"), uts: joined("uts"), pid: "" },
          { cgroupsPath: path, resources: { memory: { limit: 1 << 28 } } },
        ),
      );
      scene.file(`${state}/${id}/init.pid`, String(top));
    });
  }
  reading.node.self = { ...NODE };
  return reading;
}
