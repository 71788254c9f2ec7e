/** For tests: readings put together by hand, for what no node at hand can show. Every default is an idle process of the node. */
import {
  NAMESPACE_TYPES,
  type NamespaceInodes,
  type NamespaceType,
  type Pod,
  type Snapshot,
} from "../../src-shared/model.ts";
import { emptyReading, type RawProcess, type Reading } from "../../src-shared/reading.ts";

export const NODE: Record<NamespaceType, number> = {
  net: 4026531840,
  ipc: 4026531839,
  uts: 4026531838,
  pid: 4026531836,
  mnt: 4026531841,
  cgroup: 4026531835,
  user: 4026531837,
  time: 4026531834,
};

/** What a pod shares, and its uid. */
export const SHARED = { net: 4026540001, ipc: 4026540002, uts: 4026540003 };
export const UID = "11111111-2222-3333-4444-555555555555";

/** The one pod of a node that has no other. */
export function only({ pods }: Snapshot): Pod {
  const [pod, ...others] = pods;
  if (pod === undefined || others.length > 0) throw new Error(`not one pod: ${pods.map(({ key }) => key).join(" ")}`);
  return pod;
}

/** Ids as long as runtimes make them, told apart by a word. */
export const idOf = (word: string): string =>
  [...word]
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join("")
    .padEnd(64, "0")
    .slice(0, 64);

export interface ProcessOptions extends Partial<RawProcess> {
  pid: number;
  /** Namespaces that are not the node's. */
  in?: NamespaceInodes;
  /** v2 path. */
  at?: string;
}

export class Scene {
  reading: Reading = emptyReading();

  constructor() {
    const { reading } = this;
    reading.deep = true;
    Object.assign(reading.node, { bootId: "boot-1", privilege: "root", self: { ...NODE }, hostname: "scene" });
    reading.node.cgroupMounts = [{ hierarchy: "v2", mountPoint: "/sys/fs/cgroup" }];
    reading.mounts.push({ mountNamespace: NODE.mnt, pid: 1, mounts: [] });
    this.process({ pid: 1, comm: "systemd", ppid: 0, startTicks: 1, at: "/init.scope" });
    this.process({ pid: 2, comm: "kthreadd", ppid: 0, startTicks: 1, cmdline: [], at: "/" });
  }

  process(options: ProcessOptions): this {
    const { in: own = {}, at = "/", ...raw } = options;
    const inner = own.pid !== undefined && own.pid !== NODE.pid;
    this.reading.processes.push({
      ppid: 1,
      startTicks: 1000 + options.pid,
      state: "S",
      uid: 0,
      comm: "sleep",
      cmdline: [options.comm ?? "sleep"],
      rssBytes: 4096,
      oomScoreAdj: 0,
      ns: { ...NODE, ...own },
      cgroup: { "": at },
      nsPids: inner ? [options.pid, 1] : [options.pid],
      ...raw,
    });
    return this;
  }

  file(path: string, content: unknown): this {
    this.reading.files[path] = typeof content === "string" ? content : JSON.stringify(content);
    return this;
  }

  /** A bind mount of a namespace. @param mountNamespace default: the node's */
  pin(path: string, type: NamespaceType, inode: number, mountNamespace = NODE.mnt): this {
    const found = this.reading.mounts.find((entry) => entry.mountNamespace === mountNamespace);
    const table = found ?? { mountNamespace, pid: 1, mounts: [] };
    if (!found) this.reading.mounts.push(table);
    table.mounts.push({
      root: `${type}:[${inode}]`,
      mountPoint: path,
      fstype: "nsfs",
      source: "nsfs",
      propagation: [],
    });
    return this;
  }

  cgroup(path: string): this {
    this.reading.cgroups.push({ hierarchy: "v2", path, files: {} });
    return this;
  }
}

/** An OCI config.json with what tests ask of one. @param joined path by OCI type; "" is a new namespace */
export const oci = (
  annotations: Record<string, string>,
  joined: Record<string, string> = {},
  more: Record<string, unknown> = {},
): object => ({
  ociVersion: "1.1.0",
  process: { args: ["/bin/sleep"], oomScoreAdj: 900 },
  annotations,
  linux: { namespaces: Object.entries(joined).map(([type, path]) => (path ? { type, path } : { type })), ...more },
});

export const own = (from: number, types: readonly NamespaceType[] = ["mnt", "pid"]): NamespaceInodes =>
  Object.fromEntries(types.map((type) => [type, from + NAMESPACE_TYPES.indexOf(type)]));
