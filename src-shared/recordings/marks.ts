/** What a person steering along a timeline wants to jump to: few words a change, counted where there are many. */
import { type Pod, processId, type Snapshot } from "../model.ts";

const MOST = 6;

/** Changes from one snapshot to the next, worst first; at most six. */
export function marksBetween(before: Snapshot, after: Snapshot): string[] {
  const marks = [...oomMarks(before, after), ...podMarks(before, after), ...containerMarks(before, after)];
  return marks.length > MOST ? [...marks.slice(0, MOST - 1), `${marks.length - MOST + 1} more changes`] : marks;
}

function oomMarks(before: Snapshot, after: Snapshot): string[] {
  const kills = (snapshot: Snapshot) => {
    const counts = new Map<string, number>();
    for (const group of snapshot.cgroups) {
      const text =
        group.files["memory.events.local"] ?? group.files["memory.events"] ?? group.files["memory.oom_control"];
      const count = text && /^oom_kill (\d+)$/m.exec(text)?.[1];
      if (count) counts.set(group.path, Number(count));
    }
    return counts;
  };
  const old = kills(before);
  const names = new Map(after.containers.concat(before.containers).map((one) => [one.cgroupPath, one.name]));
  const marks: string[] = [];
  for (const [path, count] of kills(after)) {
    const was = old.get(path);
    // memory.events of older kernels counts upwards too: the container's own group says it, its parents would repeat it.
    if (was !== undefined && count > was && names.has(path)) marks.push(`OOM kill in ${names.get(path)}`);
  }
  if (marks.length > 0) return marks;
  const known = new Set(before.oomKills?.map((kill) => kill.line));
  return (after.oomKills ?? []).filter((kill) => !known.has(kill.line)).map((kill) => `OOM kill of ${kill.comm}`);
}

function podMarks(before: Snapshot, after: Snapshot): string[] {
  const old = new Map(before.pods.map((pod) => [pod.key, pod]));
  const marks: string[] = [];
  const added: Pod[] = [];
  for (const pod of after.pods) {
    const was = old.get(pod.key);
    old.delete(pod.key);
    if (!was) {
      added.push(pod);
      continue;
    }
    const [from, to] = [was.sandbox.state, pod.sandbox.state];
    if (from === to) continue;
    if (to === "dead") marks.push(`pause of ${pod.name} died`);
    else if (to === "dropped")
      marks.push(from === "process" ? `pause of ${pod.name} dropped` : `${pod.name} is held by pins`);
    else if (to === "process") marks.push(`pause of ${pod.name} is back`);
    else marks.push(`${pod.name} has no sandbox any more`);
  }
  const gone = [...old.values()];
  const told = (pods: Pod[], verb: string) => {
    if (pods.length === 1) marks.push(`pod ${pods[0]?.name} ${verb}`);
    else if (pods.length > 1) marks.push(`${pods.length} pods ${verb}`);
  };
  told(gone, "gone");
  told(added, "added");
  return marks;
}

/** A container that ended, or runs as another process now, in a pod that is there before and after. */
function containerMarks(before: Snapshot, after: Snapshot): string[] {
  const processes = new Map(before.processes.map((one) => [one.pid, processId(one)]));
  const now = new Map(after.processes.map((one) => [one.pid, processId(one)]));
  const pods = new Set(after.pods.map((pod) => pod.key).filter((key) => before.pods.some((pod) => pod.key === key)));
  const place = (one: { podKey?: string; name: string }) => `${one.podKey}/${one.name}`;
  const later = new Map(after.containers.filter((one) => one.kind !== "sandbox").map((one) => [place(one), one]));
  const marks: string[] = [];
  for (const was of before.containers) {
    if (was.kind === "sandbox" || was.pid === null || !was.podKey || !pods.has(was.podKey)) continue;
    const is = later.get(place(was));
    if (is && is.pid !== null && now.get(is.pid) === processes.get(was.pid)) continue;
    marks.push(is && is.pid !== null ? `${was.name} restarted` : `${was.name} ended`);
  }
  return marks;
}
