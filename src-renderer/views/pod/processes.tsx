import { useMemo } from "react";
import { bytesShort, inert } from "../../../src-shared/format.ts";
import { isZombie } from "../../../src-shared/liveness.ts";
import { type Pod, type Process, processId, type Snapshot } from "../../../src-shared/model.ts";
import { type PodProcess, podProcesses } from "../../../src-shared/questions/process-tree.ts";
import { Icon } from "../../ui/icons.tsx";
import { Head } from "../../ui/table.tsx";

interface Line extends Pick<PodProcess, "process" | "depth" | "reaper"> {
  container?: string;
  gone?: boolean;
}

/** The pod's processes as a tree, and those that have just gone: a parent of another pod, or of the runtime, is not drawn. */
export function processLines(snapshot: Snapshot, pod: Pod, gone: readonly Process[] = []): Line[] {
  const lines = podProcesses(snapshot, pod).map(({ process, depth, reaper, container }): Line => {
    const name = container?.name ?? (process.pid === pod.sandbox.pid ? "pause" : undefined);
    return { process, depth, reaper, container: name };
  });
  const there = new Set(lines.map(({ process }) => process.pid));
  return [...lines, ...gone.filter(({ pid }) => !there.has(pid)).map((process) => ({ process, depth: 0, gone: true }))];
}

/** The process tree with its zombies. */
export function Processes({ snapshot, pod, gone }: { snapshot: Snapshot; pod: Pod; gone?: readonly Process[] }) {
  const lines = useMemo(() => processLines(snapshot, pod, gone), [snapshot, pod, gone]);
  if (lines.length === 0)
    return (
      <p className="dim none">
        No live process. {pod.sandbox.state === "dropped" && "Pins alone keep the namespaces."}
      </p>
    );
  return (
    <table className="ps">
      <Head
        of={[
          "process",
          "container",
          { words: "pid", numbers: true },
          { words: "in pod", numbers: true },
          { words: "memory", numbers: true },
        ]}
      />
      <tbody>
        {lines.map(({ process, depth, container, reaper, gone: left }) => {
          const zombie = isZombie(process);
          return (
            <tr key={processId(process)} className={`${zombie ? "z" : ""} ${left ? "gone" : ""}`}>
              <td title={inert(process.cmdline.join(" ") || process.comm, 500)}>
                <span className="cut" style={{ paddingLeft: `${Math.min(depth, 8)}rem` }}>
                  {zombie && <Icon name="zombie" label="zombie" />}
                  {process.pid === pod.sandbox.pid && <Icon name="pause" />}
                  {inert(process.comm, 40)}
                  {zombie && <span title={reaper && inert(reaper.words, 300)}>, waits for its parent</span>}
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
