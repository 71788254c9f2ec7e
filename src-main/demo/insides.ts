/**
 * What is read slowly on the demo node: the mount table of each container as its runtime and the kubelet make one, and
 * the sysctls of its namespaces. Only a deep reading asks for it.
 */
import type { Reading } from "../../src-shared/reading.ts";
import type { NodeParts } from "./parts.ts";
import type { MadeContainer, MadePod } from "./runtimes.ts";

type Mount = Reading["mounts"][number]["mounts"][number];

const mount = (mountPoint: string, root: string, fstype: string, source: string): Mount => ({
  root,
  mountPoint,
  fstype,
  source,
  propagation: [],
});

/** Each stands in the nearest before it that is on a folder above, the first is the container's root; a token is there to be read alone, as the kubelet mounts it. */
const numbered = (table: Mount[], first: number): Mount[] =>
  table.map((one, at) => ({
    ...one,
    id: first + at,
    parent: first + parentOf(table.slice(0, at), one.mountPoint),
    readOnly: one.mountPoint.startsWith("/var/run/secrets/"),
    // containerd and CRI-O make what they mount a slave of the node's (rslave is rootfsPropagation's default).
    propagation: one.fstype === "ext4" ? ["master:1"] : [],
  }));

const parentOf = (before: readonly Mount[], path: string): number =>
  before.findLastIndex(({ mountPoint }) => mountPoint === "/" || path.startsWith(`${mountPoint}/`));

/** Where a runtime keeps what it mounts into every container of a pod. */
const SHARED: Record<MadePod["spec"]["runtime"], (sandboxId: string) => string> = {
  containerd: (id) => `/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${id}`,
  "cri-o": (id) => `/var/lib/containers/storage/overlay-containers/${id}/userdata`,
  docker: (id) => `/var/lib/docker/containers/${id}`,
};

function tableOf(pod: MadePod, made: MadeContainer): Mount[] {
  const shared = SHARED[pod.spec.runtime](pod.sandbox.id);
  const kubelet = `/var/lib/kubelet/pods/${pod.uid}`;
  const own = pod.spec.runtime === "docker" ? [] : [mount("/etc/hosts", `${kubelet}/etc-hosts`, "ext4", "/dev/vda1")];
  const base = [
    mount("/", "/", "overlay", "overlay"),
    mount("/proc", "/", "proc", "proc"),
    mount("/dev", "/", "tmpfs", "tmpfs"),
    mount("/sys", "/", "sysfs", "sysfs"),
    mount("/dev/shm", `${shared}/shm`, "tmpfs", "shm"),
    mount("/etc/resolv.conf", `${shared}/resolv.conf`, "ext4", "/dev/vda1"),
  ];
  if (made === pod.sandbox) return base;
  const token = `${kubelet}/volumes/kubernetes.io~projected/kube-api-access`;
  return [
    ...base,
    mount("/etc/hostname", `${shared}/hostname`, "ext4", "/dev/vda1"),
    ...own,
    ...(pod.spec.runtime === "docker"
      ? []
      : [
          mount("/dev/termination-log", `${kubelet}/containers/${made.spec?.name}/0`, "ext4", "/dev/vda1"),
          mount("/var/run/secrets/kubernetes.io/serviceaccount", token, "tmpfs", "tmpfs"),
        ]),
  ];
}

/** The mount namespaces of containers that run, each once. */
export function containerMounts({ kernel, runtimes }: NodeParts): Reading["mounts"] {
  return runtimes.pods.flatMap((pod) =>
    [pod.sandbox, ...pod.containers].flatMap((made) => {
      const task = made.pid === undefined ? undefined : kernel.tasks.get(made.pid);
      const mountNamespace = task?.ns.mnt;
      if (task === undefined || mountNamespace === undefined || task.state === "Z") return [];
      return [{ mountNamespace, pid: task.pid, mounts: numbered(tableOf(pod, made), 1000 + 40 * task.pid) }];
    }),
  );
}

/** What a network namespace begins with, whatever the node has set for its own (Documentation/networking/ip-sysctl.rst). */
const NET = {
  "net.core.somaxconn": "4096",
  "net.ipv4.ip_forward": "0",
  "net.ipv4.ip_local_port_range": "32768\t60999",
  "net.ipv4.ip_unprivileged_port_start": "1024",
  "net.ipv4.ping_group_range": "1\t0",
  "net.ipv4.tcp_syncookies": "1",
};
const IPC = { "kernel.msgmax": "8192", "kernel.sem": "32000\t1024000000\t500\t32000", "kernel.shmmni": "4096" };
/** A node that carries pods forwards packets, as kubeadm's preflight asks; containerd lets pods bind low ports. */
const NODE = { "net.ipv4.ip_forward": "1" };
const POD = { "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0\t2147483647" };

/** The sysctls that a namespace shows, with those that were set in it. */
export function sysctlsOf(
  type: "net" | "ipc" | "uts",
  space: { sysctls: Record<string, string> },
  place: { initial: boolean; hostname: string },
): Record<string, string> {
  const own: Record<string, string> =
    type === "net"
      ? { ...NET, ...(place.initial ? NODE : POD) }
      : type === "ipc"
        ? IPC
        : { "kernel.hostname": place.hostname, "kernel.domainname": "(none)" };
  return { ...own, ...space.sysctls };
}
