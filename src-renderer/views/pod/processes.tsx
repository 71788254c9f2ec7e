import { useMemo } from "react";
import { bytesShort, inert } from "../../../src-shared/format.ts";
import { isZombie } from "../../../src-shared/liveness.ts";
import type { Pod, Process, Snapshot } from "../../../src-shared/model.ts";
import { podProcesses } from "../../../src-shared/questions/process-tree.ts";
import { Icon } from "../../ui/icons.tsx";

interface Line {
  process: Process;
  depth: number;
  container?: string;
  gone?: boolean;
}

/** The pod's processes as a tree: a parent of another pod, or of the runtime, is not drawn. */
export function processLines(snapshot: Snapshot, pod: Pod, gone: readonly Process[] = []): Line[] {
  const names = new Map<number, string>();
  for (const container of snapshot.containers)
    if (container.podKey === pod.key) for (const pid of container.pids) names.set(pid, container.name);
  if (pod.sandbox.pid !== undefined && !names.has(pod.sandbox.pid)) names.set(pod.sandbox.pid, "pause");
  const own = snapshot.processes.filter(({ pid }) => names.has(pid));
  const pids = new Set(own.map(({ pid }) => pid));
  const children = new Map<number, Process[]>();
  for (const process of own)
    if (pids.has(process.ppid)) children.set(process.ppid, [...(children.get(process.ppid) ?? []), process]);
  const lines: Line[] = [];
  const seen = new Set<number>();
  const walk = (process: Process, depth: number) => {
    if (seen.has(process.pid)) return;
    seen.add(process.pid);
    lines.push({ process, depth, container: names.get(process.pid) });
    for (const child of children.get(process.pid) ?? []) walk(child, depth + 1);
  };
  const first = own.filter(({ ppid }) => !pids.has(ppid));
  for (const process of first.sort(
    (a, b) => Number(b.pid === pod.sandbox.pid) - Number(a.pid === pod.sandbox.pid) || a.pid - b.pid,
  ))
    walk(process, 0);
  for (const process of gone) if (!pids.has(process.pid)) lines.push({ process, depth: 0, gone: true });
  return lines;
}

/** The process tree with its zombies. */
export function Processes({ snapshot, pod, gone }: { snapshot: Snapshot; pod: Pod; gone?: readonly Process[] }) {
  const lines = useMemo(() => processLines(snapshot, pod, gone), [snapshot, pod, gone]);
  const reapers = useMemo(
    () =>
      new Map(
        podProcesses(snapshot, pod).flatMap((one) =>
          one.reaper ? [[one.process.pid, inert(one.reaper.words, 300)] as const] : [],
        ),
      ),
    [snapshot, pod],
  );
  if (lines.length === 0)
    return (
      <p className="dim none">
        No live process. {pod.sandbox.state === "dropped" && "Pins alone keep the namespaces."}
      </p>
    );
  return (
    <table className="ps">
      <thead>
        <tr>
          <th scope="col">process</th>
          <th scope="col">container</th>
          <th scope="col" className="num">
            pid
          </th>
          <th scope="col" className="num">
            in pod
          </th>
          <th scope="col" className="num">
            memory
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ process, depth, container, gone: left }) => {
          const zombie = isZombie(process);
          return (
            <tr key={`${process.pid}:${process.startTicks}`} className={`${zombie ? "z" : ""} ${left ? "gone" : ""}`}>
              <td title={inert(process.cmdline.join(" ") || process.comm, 500)}>
                <span className="cut" style={{ paddingLeft: `${Math.min(depth, 8)}rem` }}>
                  {zombie && <Icon name="zombie" label="zombie" />}
                  {process.pid === pod.sandbox.pid && <Icon name="pause" />}
                  {inert(process.comm, 40)}
                  {zombie && <span title={reapers.get(process.pid)}>, waits for its parent</span>}
                </span>
              </td>
              <td className="dim cut">{inert(container ?? "", 40)}</td>
              <td className="num mono">{process.pid}</td>
              <td className="num mono dim">{process.nsPids?.at(-1) ?? "–"}</td>
              <td className="num mono">{zombie ? "–" : bytesShort(process.rssBytes)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
