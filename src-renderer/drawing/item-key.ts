/** The names of what pictures and tables show, as selections, addresses and drawings keep them: written and read here alone. */
import { lookup } from "../../src-shared/lookup.ts";
import { type Namespace, namespaceId, type Process, processId, type Snapshot } from "../../src-shared/model.ts";

export const itemKey = {
  pod: (key: string): string => `pod:${key}`,
  /** What holds, or held, a pod's namespaces. */
  sandbox: (podKey: string): string => `sandbox:${podKey}`,
  container: (id: string): string => `container:${id}`,
  process: (process: Pick<Process, "pid" | "startTicks">): string => `process:${processId(process)}`,
  namespace: (space: Pick<Namespace, "type" | "inode">): string => `ns:${namespaceId(space)}`,
  /** By its namespaceId. */
  space: (id: string): string => `ns:${id}`,
  cgroup: (path: string): string => `cgroup:${path}`,
  pin: (path: string): string => `pin:${path}`,
  file: (pid: number, fd: number): string => `fd:${pid}:${fd}`,
};

const KINDS = ["pod", "sandbox", "container", "process", "ns", "cgroup", "pin", "fd"] as const;
export type ItemKind = (typeof KINDS)[number];

/** What a key names; undefined for what is no item ("host", "outside"). */
export function itemOf(key: string | null | undefined): { kind: ItemKind; id: string } | undefined {
  const at = key?.indexOf(":") ?? -1;
  const kind = KINDS.find((one) => one === key?.slice(0, at));
  return kind && { kind, id: key!.slice(at + 1) };
}

/** The id of an item of this kind; undefined for a key of another. */
export const idOf = (kind: ItemKind, key: string | null | undefined): string | undefined => {
  const item = itemOf(key);
  return item?.kind === kind ? item.id : undefined;
};

/** The cgroup that an item is, or has. */
export function cgroupPathOf(snapshot: Snapshot, key: string | null | undefined): string | undefined {
  const item = itemOf(key);
  if (item?.kind === "cgroup") return item.id;
  if (item?.kind === "pod") return lookup(snapshot).pod(item.id)?.cgroupPath;
  return item?.kind === "container" ? lookup(snapshot).container(item.id)?.cgroupPath : undefined;
}
