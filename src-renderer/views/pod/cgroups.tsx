import { useMemo, useState } from "react";
import { lineage } from "../../../src-shared/cgroups/headroom.ts";
import { nextToDie, type OomDomain, oomDomainOf, oomOrder, oomRanks } from "../../../src-shared/cgroups/oom-order.ts";
import { worstStall } from "../../../src-shared/cgroups/stall.ts";
import { bytes, inert, inertPath } from "../../../src-shared/format.ts";
import { lookup } from "../../../src-shared/lookup.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import type { CgroupReport } from "../../../src-shared/reports.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { reportsByPath, reportsOf } from "../../state/derived.ts";
import { hover, useSelection } from "../../state/selection.ts";
import { BY_PATH, motion, useSteady } from "../../state/steady.ts";
import { MemoryCells } from "../../ui/bar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { STALL_TITLE, StallMark } from "../../ui/stall.tsx";
import { ordinal } from "../../ui/words.ts";

interface Line {
  report: CgroupReport;
  depth: number;
  role: "above" | "pod" | "within";
}

/** The pod's cgroup between what stands above it and what lies in it; where there is none, its containers' own. */
function linesOf(snapshot: Snapshot, pod: Pod, within: readonly CgroupReport[]): Line[] {
  const byPath = reportsByPath(snapshot);
  const root = pod.cgroupPath ?? within[0]?.path;
  if (root === undefined) return [];
  const above = lineage(byPath, root)
    .filter(({ path }) => path !== root && path !== "/")
    .reverse();
  const depthOf = (path: string) => path.split("/").length;
  const base = above.length;
  const lines: Line[] = above.map((report, depth) => ({ report, depth, role: "above" }));
  for (const report of within)
    lines.push({
      report,
      depth: pod.cgroupPath ? base + depthOf(report.path) - depthOf(root) : base,
      role: report.path === pod.cgroupPath ? "pod" : "within",
    });
  return lines;
}

/** By group, of those that are shown: a container's, or the process's own for what is of none (a monitor). */
function ordersOf(domain: OomDomain | undefined, snapshot: Snapshot, lines: readonly Line[]): Map<string, number> {
  const shown = new Set(lines.map(({ report }) => report.path));
  const { process } = lookup(snapshot);
  const containerAt = new Map<string | undefined, string>();
  for (const { report } of lines)
    if (report.containerId !== undefined && !containerAt.has(report.containerId))
      containerAt.set(report.containerId, report.path);
  return oomRanks(domain?.order ?? [], ({ containerId, pid }) => {
    const cgroup = process(pid)?.cgroup;
    const path = containerAt.get(containerId) ?? cgroup?.v2 ?? cgroup?.v1?.memory;
    return path !== undefined && shown.has(path) ? path : undefined;
  });
}

function Row(props: { line: Line; snapshot: Snapshot; order?: number; motion: string }) {
  const { line, snapshot, order } = props;
  const { report, depth, role } = line;
  const { hovered } = useSelection();
  const key = report.containerId === undefined ? itemKey.cgroup(report.path) : itemKey.container(report.containerId);
  const container = snapshot.containers.find(({ id }) => id === report.containerId);
  return (
    <tr
      className={`${role} ${hovered === key ? "lit" : ""} ${props.motion}`}
      onPointerEnter={() => hover(key)}
      onPointerLeave={() => hover(undefined)}
    >
      <th scope="row" title={inert(report.path, 400)}>
        <span className="cut" style={{ paddingLeft: `${Math.min(depth, 5) * 0.75}rem` }}>
          {container?.kind === "sandbox" ? (
            <>
              <Icon name="pause" /> pause
            </>
          ) : (
            inert(report.name, 60)
          )}
        </span>
      </th>
      <MemoryCells report={report} />
      <td className="num">
        <StallMark stall={worstStall(report.pressure)} />
      </td>
      <td className="num">
        {order !== undefined && <span className={`ord ${order === 1 ? "first" : ""}`}>{ordinal(order)}</span>}
      </td>
    </tr>
  );
}

/** Who dies first and why; equal ones are all named, in an order that does not change. */
function FirstToDie({ order }: { order: OomDomain["order"] }) {
  const equal = nextToDie(order).sort((a, b) => a.pid - b.pid);
  const [one] = equal;
  if (one === undefined) return null;
  const named = equal.slice(0, 3).map(({ comm, pid }) => `${inert(comm, 30)} (${pid})`);
  if (equal.length > named.length) named.push("one of their like");
  return (
    <>
      <b>{named.join(" or ")}</b>
      {equal.length === 1
        ? ` dies first: ${inert(one.why, 160)}.`
        : " dies first: the kernel counts them as good as equal."}
    </>
  );
}

/** The pod's cgroups with memory against the limit that really holds, stalls, and who would be killed first. */
export function PodCgroups({ snapshot, pod }: { snapshot: Snapshot; pod: Pod }) {
  const [over, setOver] = useState(false);
  const mine = useMemo(() => reportsOf(snapshot).filter((report) => report.podKey === pod.key), [snapshot, pod.key]);
  const within = useSteady(mine, BY_PATH, over);
  const lines = useMemo(() => linesOf(snapshot, pod, within.items), [snapshot, pod, within]);
  const domain = useMemo(() => {
    const report = lines.find(({ role }) => role !== "above")?.report;
    return report && oomOrder(snapshot, oomDomainOf(report, reportsByPath(snapshot)));
  }, [snapshot, lines]);
  const orders = ordersOf(domain, snapshot, lines);
  const { cgroupMode } = snapshot.node;
  const noPsi = lines.every(({ report }) => report.pressure === undefined);
  return (
    <>
      <div className="panel-h">
        <h2>Cgroups</h2>
        <span className="dim">{cgroupMode === "hybrid" ? "v1, hybrid" : cgroupMode}</span>
        <span className="sep" />
        <span className="dim">memory</span>
      </div>
      {lines.length === 0 ? (
        <p className="dim none">No cgroup of this pod could be read.</p>
      ) : (
        <table className="cg" onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
          <thead>
            <tr>
              <th scope="col">group</th>
              <th scope="col" colSpan={2}>
                used of effective limit
              </th>
              <th scope="col" className="num" title={STALL_TITLE}>
                psi 10 s
              </th>
              <th scope="col" className="num" title="Who the kernel would kill first">
                oom
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Row
                key={line.report.path}
                line={line}
                snapshot={snapshot}
                order={orders.get(line.report.path)}
                motion={motion(within, line.report.path)}
              />
            ))}
          </tbody>
        </table>
      )}
      <p className="cg-key">
        <span>
          <i className="cap" /> limit set here
        </span>
        <span>
          <i className="cap in" /> inherited from above
        </span>
        {noPsi && lines.length > 0 && <span>{cgroupMode === "v2" ? "psi was not read" : "psi: cgroup v2 only"}</span>}
      </p>
      {domain?.order[0] && (
        <p className="cg-oom">
          Out of memory in <code title={inert(domain.path, 400)}>{inertPath(domain.path, 34)}</code> (
          {bytes(domain.sizeBytes)}):{" "}
          {domain.stops ? "nobody is killed, everything in it stops." : <FirstToDie order={domain.order} />}
        </p>
      )}
    </>
  );
}
