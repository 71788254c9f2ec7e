import type { Subject } from "./sides.ts";

/** Commands that show the difference on the node; nothing in them but numbers that we read. */
export function byHandOf(left: Subject, right: Subject): string[] {
  const [a, b] = [pidOf(left), pidOf(right)];
  const commands = ["findmnt -t nsfs"];
  if (a !== undefined && b !== undefined && left.side.nodeId === right.side.nodeId)
    commands.unshift(`diff <(ls -l /proc/${a}/ns) <(ls -l /proc/${b}/ns)`);
  else for (const pid of [a, b]) if (pid !== undefined) commands.unshift(`ls -l /proc/${pid}/ns`);
  return commands;
}

function pidOf({ snapshot, side, pod }: Subject): number | undefined {
  const ids = pod ? pod.containers : [side.key];
  for (const id of ids) {
    const pid = snapshot.containers.find((one) => one.id === id)?.pid;
    if (pid) return pid;
  }
  return pod?.sandbox.pid;
}
