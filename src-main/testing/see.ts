/** For tests on real nodes: this machine as it is now, and the few ways of asking the kernel behind our back. */

import { readFileSync, readlinkSync } from "node:fs";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { count } from "../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../src-shared/model.ts";
import { readNode } from "../probe/index.ts";
import { localConnection } from "../transport/local.ts";

export async function seeThisMachine(deep = true, reader?: "perl" | "awk"): Promise<Snapshot> {
  const connection = localConnection();
  try {
    return assemble(await readNode(connection, { deep, reader }));
  } finally {
    connection.close();
  }
}

/** Inode of a process's namespace, by its link. */
export const inodeOf = (pid: number, type: string): number =>
  Number(/\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${type}`))![1]);

export function podOf(snapshot: Snapshot, name: string): Pod {
  const found = snapshot.pods.filter((pod) => pod.name === name);
  if (found.length !== 1) throw new Error(`${count(found.length, "pod is", "pods are")} called ${name}`);
  return found[0]!;
}

/** The cgroup that the kernel says: v2's on a v2 node, else memory's. */
export function cgroupOf(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
  const line = lines.find((entry) => entry.includes(":memory:")) ?? lines.find((entry) => entry.startsWith("0::"))!;
  return line.split(":").slice(2).join(":");
}
