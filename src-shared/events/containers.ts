/** Containers that started, ended, or run as another process now. */
import { isLive } from "../liveness.ts";
import { type Container, processId, type Snapshot } from "../model.ts";
import { containerName, type Happening, podName } from "./event.ts";

/** Where a container stands: in its pod by name, or by itself. A restart by a CRI runtime has another id and the same place. */
const place = (container: Container): string =>
  container.podKey === undefined ? `id ${container.id}` : `${container.podKey} ${container.name}`;

/** Containers that were told to have ended and whose pod lives on, by their place: what starts there is a restart. */
export type EndedContainers = Map<string, Pick<Container, "id" | "pid" | "restartCount" | "podKey">>;

export function containerEvents(before: Snapshot, after: Snapshot, ended: EndedContainers = new Map()): Happening[] {
  // A zombie has ended: whoever ought to reap it makes no difference to the container.
  const pids = new Map(before.processes.filter(isLive).map((one) => [one.pid, processId(one)]));
  const now = new Map(after.processes.filter(isLive).map((one) => [one.pid, processId(one)]));
  const seen = new Set(before.processes.map(({ pid }) => pid));
  const live = new Set(now.values());
  const pods = new Map(after.pods.map((pod) => [pod.key, pod]));
  const known = new Set(before.pods.map((pod) => pod.key));
  const told = (container: Container) => container.podKey === undefined || known.has(container.podKey);
  const apps = (snapshot: Snapshot) => snapshot.containers.filter(({ kind }) => kind !== "sandbox");
  const was = byPlace(apps(before));
  const later = byPlace(apps(after));
  const hadProcess = new Set(apps(before).map(({ pid }) => (pid === null ? undefined : pids.get(pid))));
  const happened: Happening[] = [];
  for (const [where, { podKey }] of ended) if (podKey === undefined || !pods.has(podKey)) ended.delete(where);
  for (const [where, is] of later) {
    // A runtime may forget what ended before something starts in its place: a kubelet waits, longer each time.
    const old = was.get(where) ?? ended.get(where);
    if (is.pid === null || !told(is)) continue;
    const identity = now.get(is.pid);
    if (identity === undefined) continue;
    // A container that was there and whose process was not seen before is not known to have started.
    if (old?.pid != null && !seen.has(old.pid)) continue;
    if (old?.pid != null && pids.get(old.pid) === identity) continue;
    if (old?.pid != null && live.has(pids.get(old.pid) ?? "")) continue;
    // A container whose record was not read this time stands under its id alone: it is the one that ran before.
    if (hadProcess.has(identity)) continue;
    ended.delete(where);
    happened.push({
      kind: old === undefined ? "container-started" : "container-restarted",
      ...subject(is),
      ...(is.createdAt !== undefined && old?.id !== is.id ? timeIfBetween(is.createdAt, before, after) : {}),
      text: `container ${containerName(is)}${inPod(is)} ${old === undefined ? "started" : "restarted"} as process ${is.pid}`,
      ...(old === undefined ? {} : { before: { id: old.id, pid: old.pid, restartCount: old.restartCount } }),
      after: { id: is.id, pid: is.pid, restartCount: is.restartCount },
    });
  }
  for (const [where, old] of was) {
    if (old.pid === null || (old.podKey !== undefined && !pods.has(old.podKey))) continue;
    const identity = pids.get(old.pid);
    const is = later.get(where);
    if (identity === undefined || live.has(identity) || is?.pid != null) continue;
    ended.set(where, { ...old, pid: null });
    happened.push({
      kind: "container-ended",
      ...subject(old),
      ...(is?.ended?.at === undefined ? {} : timeIfBetween(is.ended.at, before, after)),
      text: `container ${containerName(old)}${inPod(old)} ended${howOf(is)}`,
      before: { id: old.id, pid: old.pid },
      ...(is?.ended === undefined ? {} : { after: is.ended }),
    });
  }
  return happened;

  function inPod(container: Container): string {
    const pod = container.podKey === undefined ? undefined : pods.get(container.podKey);
    return pod === undefined ? "" : ` of pod ${podName(pod)}`;
  }
}

/** The record of the one before stays beside the one that lives: the living one has the place. */
const byPlace = (containers: readonly Container[]): Map<string, Container> =>
  new Map(
    [...containers].sort((a, b) => Number(a.pid !== null) - Number(b.pid !== null)).map((one) => [place(one), one]),
  );

const subject = ({ id, podKey }: Container) => ({ container: id, ...(podKey === undefined ? {} : { pod: podKey }) });

/** How it ended, where a record says so. */
function howOf(container: Container | undefined): string {
  const ended = container?.ended;
  if (ended === undefined) return "";
  if (ended.oomKilled) return ": the OOM killer ended it";
  if (ended.signal !== undefined && ended.signal > 0) return `: by signal ${ended.signal}`;
  return ended.exitCode === undefined ? "" : `: exit code ${ended.exitCode}`;
}

/** A record's own time, where it lies between the two readings: another is of another run. */
function timeIfBetween(text: string, before: Snapshot, after: Snapshot): { at?: string } {
  const at = Date.parse(text);
  const inside = at >= Date.parse(before.takenAt) - 1000 && at <= Date.parse(after.takenAt) + 1000;
  return inside ? { at: new Date(at).toISOString() } : {};
}
