/** A pod's processes as they hang together: who is pid 1 inside, which are zombies, and who ought to reap them. */
import { isZombie } from "../liveness.ts";
import { lookup } from "../lookup.ts";
import type { Container, Pod, Process, Snapshot } from "../model.ts";

export interface PodProcess {
  process: Process;
  container?: Container;
  /** 0 for those whose parent is outside the pod. */
  depth: number;
  /** Its pid as it sees itself: the last of NSpid. */
  insidePid?: number;
  /** It is pid 1 of its PID namespace, and inherits the orphans there. */
  init: boolean;
  zombie: boolean;
  /** Of a zombie: the process that has to wait for it, and what happens if it never does. */
  reaper?: { pid: number; comm: string; words: string };
}

/** Parents before children, the sandbox first. */
export function podProcesses(snapshot: Snapshot, pod: Pod): PodProcess[] {
  const find = lookup(snapshot);
  const sandbox = find.sandboxOf(pod);
  const containers = [...(sandbox ? [sandbox] : []), ...pod.containers.flatMap((id) => find.container(id) ?? [])];
  const pids = new Set(containers.flatMap((container) => container.pids));
  if (pod.sandbox.pid !== undefined) pids.add(pod.sandbox.pid);
  const children = new Map<number, Process[]>();
  const tops: Process[] = [];
  for (const pid of [...pids].sort((a, b) => a - b)) {
    const process = find.process(pid);
    if (!process) continue;
    if (!pids.has(process.ppid)) tops.push(process);
    else children.set(process.ppid, [...(children.get(process.ppid) ?? []), process]);
  }
  const found: PodProcess[] = [];
  const seen = new Set<number>();
  const walk = (process: Process, depth: number): void => {
    if (seen.has(process.pid)) return;
    seen.add(process.pid);
    found.push(describe(snapshot, process, depth));
    for (const child of children.get(process.pid) ?? []) walk(child, depth + 1);
  };
  tops.sort((a, b) => Number(b.pid === pod.sandbox.pid) - Number(a.pid === pod.sandbox.pid) || a.pid - b.pid);
  for (const process of tops) walk(process, 0);
  return found;
}

function describe(snapshot: Snapshot, process: Process, depth: number): PodProcess {
  const find = lookup(snapshot);
  const zombie = isZombie(process);
  const insidePid = process.nsPids?.at(-1);
  const pidNamespace = process.namespaces.pid;
  return {
    process,
    container: find.containerOfPid(process.pid),
    depth,
    ...(insidePid === undefined ? {} : { insidePid }),
    init: pidNamespace !== undefined && find.initOf(pidNamespace)?.pid === process.pid,
    zombie,
    ...(zombie ? { reaper: reaperOf(snapshot, process) } : {}),
  };
}

/** A zombie waits for its parent's wait(2); when the parent ends, pid 1 of the namespace inherits it: pid_namespaces(7). */
function reaperOf(snapshot: Snapshot, zombie: Process): PodProcess["reaper"] {
  const find = lookup(snapshot);
  const parent = find.process(zombie.ppid);
  if (!parent) return undefined;
  const inode = zombie.namespaces.pid ?? parent.namespaces.pid;
  const init = inode === undefined ? undefined : find.initOf(inode);
  const base = { pid: parent.pid, comm: parent.comm };
  if (!init || init.pid === parent.pid) {
    return {
      ...base,
      words: `${parent.comm} is pid 1 here and has to wait for it: until it does, the pid stays taken`,
    };
  }
  const heir =
    find.containerOfPid(init.pid)?.kind === "sandbox"
      ? `pause (pid ${init.pid}), which reaps`
      : `${init.comm} (pid ${init.pid})`;
  return { ...base, words: `its parent ${parent.comm} does not wait for it; when that ends, it falls to ${heir}` };
}
