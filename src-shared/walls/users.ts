/** Whose user namespace a pod's processes are in: what `hostUsers: false` asks for (Kubernetes, "User Namespaces"), told by the maps. */
import { lookup } from "../lookup.ts";
import type { Pod, Snapshot } from "../model.ts";
import { outsideId } from "./identity.ts";

/**
 * node: its uids are the node's. own: root inside is somebody else outside. same: a user namespace of its own in which
 * root is root all the same, so that it walls off capabilities but no files. mixed: its containers differ.
 */
export type Users = "node" | "own" | "same" | "mixed" | "unknown" | "none";

export function usersOf(snapshot: Snapshot, pod: Pod): Users {
  const find = lookup(snapshot);
  const found = new Set<Users>();
  for (const { pid } of find.containersOf(pod.key)) {
    if (pid !== null) found.add(usersOfProcess(snapshot, pid));
  }
  if (found.size === 0) return "none";
  if (found.has("unknown")) return "unknown";
  return found.size === 1 ? [...found][0]! : "mixed";
}

function usersOfProcess(snapshot: Snapshot, pid: number): Users {
  const find = lookup(snapshot);
  const process = find.process(pid);
  const inode = process?.namespaces.user;
  const space = inode === undefined ? undefined : find.namespace("user", inode);
  if (space === undefined) return "unknown";
  if (space.initial) return "node";
  const map = process?.security?.uidMap;
  if (map === undefined) return "unknown";
  return outsideId(map, 0) === 0 ? "same" : "own";
}

/** For a filter and a line of facts. */
export const USERS_WORDS: Record<Users, string> = {
  node: "the node's users",
  own: "users of its own",
  same: "root is the node's root",
  mixed: "users differ",
  unknown: "users not known",
  none: "no process",
};
