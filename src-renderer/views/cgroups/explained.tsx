import { Fragment, type ReactNode } from "react";
import { counterparts } from "../../../src-shared/cgroups/counterparts.ts";
import { headroom } from "../../../src-shared/cgroups/headroom.ts";
import { type InsideRow, seenInside } from "../../../src-shared/cgroups/inside.ts";
import { requestFor } from "../../../src-shared/cgroups/oom-adjust.ts";
import { protectionLevels } from "../../../src-shared/cgroups/protection.ts";
import { kubePath } from "../../../src-shared/cgroups/qos.ts";
import { reservations } from "../../../src-shared/cgroups/reservations.ts";
import { FORMULAS, milliCpuFor } from "../../../src-shared/cgroups/weights.ts";
import { bytes, cores, count, duration, inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { CgroupReport } from "../../../src-shared/reports.ts";
import { reportsByPath, reportsOf, ruleNotesOf, sinceOf, treeOf } from "../../state/derived.ts";
import { Fact } from "../../ui/table.tsx";

/** What the numbers of one cgroup mean: each part stands only where there is something to say. */
export function Explained({ snapshot, report }: { snapshot: Snapshot; report: CgroupReport }) {
  return (
    <>
      <Lately snapshot={snapshot} report={report} />
      <Left snapshot={snapshot} report={report} />
      <Protected snapshot={snapshot} report={report} />
      <Inside snapshot={snapshot} report={report} />
      <Asked snapshot={snapshot} report={report} />
      <Reserved snapshot={snapshot} report={report} />
      {ruleNotesOf(snapshot)
        .filter((note) => note.path === report.path)
        .map((note) => (
          <p key={note.rule} className="note dim">
            {inert(note.detail, 300)}
          </p>
        ))}
      <OtherVersion snapshot={snapshot} report={report} />
    </>
  );
}

type Part = { snapshot: Snapshot; report: CgroupReport };

function Table({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    <table className="kv">
      <caption>{caption}</caption>
      <tbody>{children}</tbody>
    </table>
  );
}

function Lately({ snapshot, report }: Part) {
  const since = sinceOf(snapshot, report);
  if (!since) return null;
  return (
    <Table caption={`In the last ${duration(since.elapsedMs * 1000)}`}>
      {since.cpuCores !== undefined && <Fact of="cpu used">{cores(since.cpuCores)}</Fact>}
      {since.throttledUsec > 0 && (
        <Fact of="throttled" mood="warn">
          {duration(since.throttledUsec)}
        </Fact>
      )}
      {since.oomKills > 0 && (
        <Fact of="OOM kills" mood="bad">
          {since.oomKills}
        </Fact>
      )}
    </Table>
  );
}

function Left({ snapshot, report }: Part) {
  const levels = headroom(reportsByPath(snapshot), report.path);
  if (levels.length === 0) return null;
  return (
    <Table caption="Memory left before a limit hits, least first">
      {levels.map((level) => (
        <Fact key={level.path} of={inert(level.name, 60)} by={`of ${bytes(level.limitBytes)}, ${level.measure}`}>
          {bytes(level.leftBytes)}
        </Fact>
      ))}
    </Table>
  );
}

function Protected({ snapshot, report }: Part) {
  const levels = protectionLevels(reportsByPath(snapshot), report.path);
  if (levels.length === 0) return null;
  return (
    <Table caption="Protected from reclaim, up to, level by level">
      {levels.map((level) => (
        <Fact
          key={level.path}
          of={inert(level.name, 60)}
          by={`min ${bytes(level.minBytes)}, low ${bytes(level.lowBytes)}`}
        >
          {bytes(Math.max(level.minUpToBytes, level.lowUpToBytes))}
        </Fact>
      ))}
    </Table>
  );
}

const shown = (row: InsideRow, value: number | null): string =>
  value === null
    ? "no limit"
    : row.what === "memory"
      ? bytes(value)
      : row.what === "cpu"
        ? cores(value)
        : String(value);

function Inside({ snapshot, report }: Part) {
  if (report.containerId === undefined) return null;
  const view = seenInside(snapshot, reportsByPath(snapshot), report.containerId);
  if (!view) return null;
  const root = view.namespace === "own" ? "its own cgroup namespace: this is /" : "the node's cgroup namespace";
  return (
    <Table caption={`What the container sees, and what holds (${root})`}>
      {view.rows.map((row) => (
        <Fact
          key={row.what}
          of={row.what}
          mood={row.misleads && "warn"}
          by={`holds: ${shown(row, row.holds)}${row.misleads ? `, from ${inert(row.setBy ?? "", 60)}: out of its sight` : ""}`}
        >
          {shown(row, row.inside)}
        </Fact>
      ))}
    </Table>
  );
}

/** What was asked for, read back from what reached the node: never one number, and not the same by both formulas. */
function Asked({ snapshot, report }: Part) {
  const pid = snapshot.containers.find(({ id }) => id === report.containerId)?.pid;
  const adjust = snapshot.processes.find((process) => process.pid === pid)?.oomScoreAdj;
  const memory =
    report.qos === "Burstable" && typeof adjust === "number"
      ? requestFor(adjust, snapshot.node.memoryBytes)
      : undefined;
  const cpu = report.weight?.file === "cpu.weight" && report.qos ? milliCpuFor(report.weight.value) : [];
  if (!memory && cpu.length === 0) return null;
  return (
    <Table caption="Requests that would give this, where a kubelet made it">
      {cpu.map((one) => (
        <Fact key={one.formula} of={`cpu, ${one.formula}`} by={FORMULAS[one.formula]}>
          {one.from === one.to ? `${one.from}m` : `${one.from}m to ${one.to}m`}
        </Fact>
      ))}
      {memory && (
        <Fact of="memory" by={`from oom_score_adj ${adjust}`}>
          {bytes(memory.from)} to {bytes(memory.to)}
        </Fact>
      )}
    </Table>
  );
}

/** On the kubelet's own folders: what the node keeps for itself, and that classes differ in weight alone. */
function Reserved({ snapshot, report }: Part) {
  const level = kubePath(report.path)?.level;
  const found = level === "pods" || level === "class" ? reservations(snapshot, reportsOf(snapshot)) : undefined;
  if (!found) return null;
  return (
    <Table caption="All pods of this node: classes differ in weight, not in limits">
      <Fact of="kept from pods">{found.reservedBytes === undefined ? "nothing" : bytes(found.reservedBytes)}</Fact>
      {found.classes.map((one) => (
        <Fact key={one.qos} of={one.qos} by={one.weight !== undefined && `${one.file} ${one.weight}`}>
          {count(one.pods, "pod")}
        </Fact>
      ))}
    </Table>
  );
}

function OtherVersion({ snapshot, report }: Part) {
  const node = treeOf(snapshot).byPath.get(report.path);
  const rows = node ? counterparts(node) : [];
  if (rows.length === 0) return null;
  return (
    <details className="other-version">
      <summary>{snapshot.node.cgroupMode === "v2" ? "The same on cgroup v1" : "The same on cgroup v2"}</summary>
      <dl>
        {rows.map((row) => (
          <Fragment key={row.here.file}>
            <dt className="mono">
              {row.here.file} {inert(row.here.value, 40)}
            </dt>
            <dd>
              {row.there.map((other) => (
                <span key={`${other.file} ${other.by ?? ""}`} className="mono">
                  {other.file} {inert(other.value, 40)}
                  {other.by && <span className="by">{other.by}</span>}
                </span>
              ))}
              {row.note && <span className="by">{row.note}</span>}
            </dd>
          </Fragment>
        ))}
      </dl>
    </details>
  );
}
