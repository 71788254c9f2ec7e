/** What the verifications of several actions ask of a fresh reading of the node. */

import type { Outcome } from "../../src-shared/actions.ts";
import { isLive } from "../../src-shared/liveness.ts";
import type { Process, Snapshot } from "../../src-shared/model.ts";
import type { Question } from "./question.ts";

export type Verified = Outcome["verified"][number];

/** The mount namespace of pid 1; where it cannot be read, of kthreadd. */
export const firstMountNamespace = (snapshot: Snapshot) =>
  snapshot.namespaces.find(({ type, initial }) => type === "mnt" && initial)?.inode ??
  snapshot.processes.find(({ pid }) => pid === 1 || pid === 2)?.namespaces.mnt;

export function pinned({ target }: Question, after: Snapshot): Verified[] {
  const first = firstMountNamespace(after);
  return target.pinned.map(({ type, inode }) => {
    const path = `${target.folder}/${type}`;
    const pins = after.namespaces.find((each) => each.type === type && each.inode === inode)?.pins ?? [];
    const ok = pins.some((pin) => pin.path === path && (first === undefined || pin.mountNamespace === first));
    return {
      name: `pin ${type}`,
      ok,
      detail: ok ? `${type}:[${inode}] is held by ${path}` : `${path} does not hold ${type}:[${inode}]`,
    };
  });
}

export const same = (snapshot: Snapshot, process: Pick<Process, "pid" | "startTicks">): Process | undefined =>
  snapshot.processes.find((each) => each.pid === process.pid && each.startTicks === process.startTicks && isLive(each));

/** Every container that lived before lives on in the same namespaces. */
export function containers({ target, snapshot }: Question, after: Snapshot): Verified[] {
  return snapshot.containers.flatMap(({ id, name, pid }) => {
    const process = target.pod.containers.includes(id) && snapshot.processes.find((each) => each.pid === pid);
    if (!process) return [];
    const now = same(after, process);
    const moved = target.pinned.filter(({ type }) => now?.namespaces[type] !== process.namespaces[type]);
    const ok = now !== undefined && moved.length === 0;
    return {
      name: `container ${name}`,
      ok,
      detail: ok
        ? `process ${pid} runs on in the same namespaces`
        : `process ${pid} ${now ? "is elsewhere now" : "has ended"}`,
    };
  });
}

export function address({ target }: Question, after: Snapshot): Verified {
  const before = target.pod.ips.join(", ");
  const now = after.pods.find(({ key }) => key === target.pod.key)?.ips.join(", ") ?? "";
  const detail = now === before ? `${now || "none"}, as before` : `${before || "none"} before, ${now || "none"} now`;
  return { name: "address", ok: now === before, detail };
}
