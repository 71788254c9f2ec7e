/** Was it done? Told by a fresh reading of the node, not by an exit status. */
import { count } from "../../src-shared/format.ts";
import { isLive } from "../../src-shared/liveness.ts";
import type { Outcome, Process, Snapshot } from "../../src-shared/model.ts";
import { isStandIn, type Question } from "./checks.ts";

type Verified = Outcome["verified"][number];

/** `before` is what the plan was made from, `after` the fresh reading. */
export function verify(before: Question, after: Snapshot): Verified[] {
  switch (before.action) {
    case "pin":
      return [...pinned(before, after), ...containers(before, after)];
    case "unpin":
      return [unpinned(before, after), ...containers(before, after)];
    case "drop":
      return [gone(before, after), ...pinned(before, after), ...containers(before, after), address(before, after)];
    case "restore":
      return [standIn(before, after), ...pinned(before, after), ...containers(before, after), address(before, after)];
  }
}

/** The mount namespace of pid 1; where it cannot be read, of kthreadd. */
const firstMounts = (snapshot: Snapshot) =>
  snapshot.namespaces.find(({ type, initial }) => type === "mnt" && initial)?.inode ??
  snapshot.processes.find(({ pid }) => pid === 1 || pid === 2)?.namespaces.mnt;

function pinned({ target }: Question, after: Snapshot): Verified[] {
  const first = firstMounts(after);
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

function unpinned({ target }: Question, after: Snapshot): Verified {
  const first = firstMounts(after);
  const left = after.namespaces.flatMap(({ pins }) => pins.filter(({ path }) => path.startsWith(`${target.folder}/`)));
  const here = left.filter(({ mountNamespace }) => first === undefined || mountNamespace === first);
  const copies = left.length - here.length;
  return {
    name: "unpinned",
    ok: here.length === 0,
    detail:
      here.length > 0
        ? `${here.map(({ path }) => path).join(", ")} is still mounted`
        : `nothing is mounted in ${target.folder}${copies > 0 ? `; ${count(copies, "copy lives", "copies live")} on in other mount namespaces` : ""}`,
  };
}

const same = (snapshot: Snapshot, process: Pick<Process, "pid" | "startTicks">): Process | undefined =>
  snapshot.processes.find((each) => each.pid === process.pid && each.startTicks === process.startTicks && isLive(each));

function gone({ target }: Question, after: Snapshot): Verified {
  const { sandbox } = target;
  const still = sandbox && same(after, sandbox);
  return {
    name: "pause",
    ok: !still,
    detail: still ? `process ${sandbox.pid} is still there` : `process ${sandbox?.pid} is gone`,
  };
}

/** Every container that lived before lives on in the same namespaces. */
function containers({ target, snapshot }: Question, after: Snapshot): Verified[] {
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

function address({ target }: Question, after: Snapshot): Verified {
  const before = target.pod.ips.join(", ");
  const now = after.pods.find(({ key }) => key === target.pod.key)?.ips.join(", ") ?? "";
  const detail = now === before ? `${now || "none"}, as before` : `${before || "none"} before, ${now || "none"} now`;
  return { name: "address", ok: now === before, detail };
}

function standIn(question: Question, after: Snapshot): Verified {
  const sandbox = after.pods.find(({ key }) => key === question.target.pod.key)?.sandbox;
  const process = after.processes.find(({ pid }) => pid === sandbox?.pid);
  const ok =
    sandbox?.state === "process" &&
    process !== undefined &&
    question.target.pinned.every(({ type, inode }) => process.namespaces[type] === inode);
  return {
    name: isStandIn(question) ? "sandbox" : "stand-in",
    ok,
    detail: ok ? `process ${process.pid} holds the namespaces` : "no sandbox process holds the namespaces",
  };
}
