import { inert } from "../../../src-shared/format.ts";
import type { OomKill, Pod, Snapshot } from "../../../src-shared/model.ts";
import { reportsOf } from "../../state/derived.ts";
import { Head } from "../../ui/table.tsx";

/** What an OOM kill leaves behind: the counters of the pod's groups, and what the kernel log says of them. */
export function Traces({ snapshot, pod }: { snapshot: Snapshot; pod: Pod }) {
  const groups = reportsOf(snapshot).filter(({ podKey }) => podKey === pod.key);
  const file = snapshot.node.cgroupMode === "v2" ? "memory.events" : "memory.oom_control";
  return (
    <>
      <table className="les-traces">
        <caption>{file}</caption>
        <Head of={["group", { words: "oom", numbers: true }, { words: "oom_kill", numbers: true }]} />
        <tbody>
          {groups.map(({ path, name, events }) => (
            <tr key={path}>
              <th scope="row" title={inert(path, 400)}>
                {inert(name, 60)}
              </th>
              <td className="num">{events?.oom ?? "–"}</td>
              <td className={`num ${events?.oomKill ? "bad" : ""}`}>{events?.oomKill ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3 className="les-log">Kernel log</h3>
      <Log kills={snapshot.oomKills ?? (snapshot.deep ? [] : undefined)} pod={pod} />
    </>
  );
}

function Log({ kills, pod }: { kills: OomKill[] | undefined; pod: Pod }) {
  if (kills === undefined) return <p className="dim">Not read yet. It is a slow place: Look again reads it.</p>;
  const path = pod.cgroupPath;
  const mine = kills.filter(
    ({ cgroup }) => path !== undefined && (cgroup === path || cgroup?.startsWith(`${path}/`) === true),
  );
  if (mine.length === 0) return <p className="dim">It names no kill in {inert(pod.name, 60)}.</p>;
  return mine.map(({ line }) => (
    <pre key={line} className="les-out">
      {inert(line, 2000)}
    </pre>
  ));
}
