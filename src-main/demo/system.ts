/** What runs on the demo node besides pods: init, a few kernel threads, the daemons; and their configuration files. */
import { INITIAL, type Kernel } from "./kernel.ts";
import { MiB, type PodSpec, type Scene } from "./scene.ts";

const KERNEL_THREADS = [
  "pool_workqueue_release",
  "kworker/R-rcu_gp",
  "ksoftirqd/0",
  "rcu_preempt",
  "migration/0",
  "kauditd",
  "oom_reaper",
  "kcompactd0",
  "kswapd0",
  "jbd2/vda1-8",
];

/** Returns the daemons' pids by runtime. */
export function startSystem(
  kernel: Kernel,
  scene: Scene,
  files: Map<string, string>,
): Partial<Record<PodSpec["runtime"], number>> {
  const { node } = scene;
  const init = kernel.fork(0, {
    comm: "systemd",
    cmdline: ["/usr/lib/systemd/systemd", "--switched-root", "--system"],
    cgroup: "/init.scope",
    rssBytes: 16 * MiB,
  });
  kernel.fork(0, { comm: "kthreadd", cmdline: [], cgroup: "/" });
  for (const name of KERNEL_THREADS) kernel.fork(2, { comm: name, cmdline: [], cgroup: "/" });
  kernel.space("net", INITIAL.net).addresses.push({ interface: "eth0", address: node.address, prefix: 24 });
  kernel.passPids(240);
  const service = (
    comm: string,
    cmdline: string[],
    mib: number,
    more: { cores?: number; adj?: number; uid?: number; port?: number } = {},
  ) =>
    kernel.fork(init.pid, {
      comm,
      cmdline,
      cgroup: `/system.slice/${comm}.service`,
      rssBytes: mib * MiB,
      cores: more.cores,
      oomScoreAdj: more.adj,
      uid: more.uid,
      listens: more.port ? [{ protocol: "tcp", port: more.port }] : [],
    }).pid;
  service("systemd-journal", ["/usr/lib/systemd/systemd-journald"], 14, { adj: -250 });
  service("dbus-daemon", ["/usr/bin/dbus-daemon", "--system", "--address=systemd:"], 5, { uid: 101, adj: -900 });
  service("sshd", ["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"], 7, { adj: -1000, port: 22 });
  kernel.passPids(610);
  const daemons: Partial<Record<PodSpec["runtime"], number>> = {};
  if (node.runtimes.includes("containerd") || node.runtimes.includes("docker")) {
    daemons.containerd = service("containerd", ["/usr/bin/containerd"], 54, { cores: 0.01, adj: -999 });
    files.set(
      "/etc/containerd/config.toml",
      `version = 3\n[plugins.'io.containerd.cri.v1.runtime']\n  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n    SystemdCgroup = ${node.driver === "systemd"}\n`,
    );
  }
  if (node.runtimes.includes("docker")) {
    daemons.docker = daemons.containerd;
    service("dockerd", ["/usr/sbin/dockerd", "-H", "fd://", "--containerd=/run/containerd/containerd.sock"], 88, {
      cores: 0.01,
      adj: -500,
    });
  }
  if (node.runtimes.includes("cri-o")) {
    daemons["cri-o"] = service("crio", ["/usr/bin/crio"], 61, { cores: 0.01, adj: -999 });
    const keeps = scene.pods.some((pod) => pod.keepPause);
    files.set(
      "/etc/crio/crio.conf",
      `[crio.runtime]\ndrop_infra_ctr = ${!keeps}\ncgroup_manager = "${node.driver}"\ndefault_runtime = "crun"\nnamespaces_dir = "/var/run"\n`,
    );
  }
  if (node.kubelet) {
    service("kubelet", ["/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml"], 96, {
      cores: 0.03,
      adj: -999,
      port: 10250,
    });
    files.set(
      "/var/lib/kubelet/config.yaml",
      `kind: KubeletConfiguration\ncgroupDriver: ${node.driver}\nstaticPodPath: /etc/kubernetes/manifests\n`,
    );
  }
  kernel.passPids(900);
  return daemons;
}

/** Answers of each tool's --version, by the name under which the probe asks. */
export function versions(scene: Scene): Record<string, string> {
  const known: Record<PodSpec["runtime"], [string, string]> = {
    containerd: ["containerd", "containerd github.com/containerd/containerd/v2 2.1.9"],
    "cri-o": ["crio", "crio version 1.36.3"],
    docker: ["docker", "Docker version 28.5.2, build 3ef3c07"],
  };
  return Object.fromEntries(scene.node.runtimes.map((name) => known[name]));
}
