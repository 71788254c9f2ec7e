import { Fragment, memo } from "react";
import { bytesShort, inert } from "../../../src-shared/format.ts";
import { fleetSums } from "../../../src-shared/questions/fleet.ts";
import type { Severity } from "../../../src-shared/reports.ts";
import { goToNode } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { SEVERITY } from "../../ui/severity.ts";
import { NodeSign, NodeWords } from "../../ui/sign.tsx";
import { Head } from "../../ui/table.tsx";
import { type GroupBy, grouped, type Line } from "./rows.ts";

const COLUMNS = ["pods", "pause", "share", "dead", "could go", "critical", "warnings"] as const;

/** A row a node, worst first, and what they come to together. */
export function FleetNodes({ lines, by }: { lines: readonly Line[]; by: GroupBy }) {
  return (
    <>
      <div className="fleet-body">
        <table className="fleet-table">
          <Head
            of={["node", "kernel, cgroups, runtimes", ...COLUMNS.map((words) => ({ words, numbers: true as const }))]}
          />
          <tbody>
            {grouped(lines, by).map((group) => (
              <Fragment key={group.title}>
                {group.title !== "" && (
                  <tr className="fleet-group">
                    <th scope="colgroup" colSpan={COLUMNS.length + 2}>
                      {inert(group.title, 120)} <span className="num">{group.lines.length}</span>
                    </th>
                  </tr>
                )}
                {group.lines.map((line) => (
                  <Row key={line.nodeId} {...line} />
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
      <footer className="fleet-foot">{fleetSums(lines.flatMap(({ row }) => row ?? []))}</footer>
    </>
  );
}

const Row = memo(function Row({ nodeId, state, row }: Line) {
  const read = row?.pods !== undefined;
  return (
    <tr>
      <th scope="row">
        <button type="button" className="fleet-node" title={state.target} onClick={() => goToNode(nodeId)}>
          <NodeSign state={state} />
          <b className="cut">{inert(state.label, 80)}</b>
        </button>
        <small>
          <NodeWords state={state} />
        </small>
      </th>
      {read ? (
        <>
          <td className="fleet-what">
            {[row.kernel, row.cgroupMode && `cgroup ${row.cgroupMode}`, ...(row.runtimes ?? []).map(({ name }) => name)]
              .map((word) => word && inert(word, 60))
              .filter(Boolean)
              .join(" · ")}
          </td>
          <td className="num">{row.pods?.all}</td>
          <td className="num">{row.pause?.processes}</td>
          <td className="num">
            {row.pause && row.pause.processes > row.pause.pssUnread ? bytesShort(row.pause.pssBytes) : "?"}
          </td>
          <td className="num">{row.pods?.dead}</td>
          <td className="num">{row.readiness?.yes}</td>
          <Count of={row.findings?.critical} severity="critical" />
          <Count of={row.findings?.warning} severity="warning" />
        </>
      ) : (
        <td className="fleet-why" colSpan={COLUMNS.length + 1}>
          {row === undefined ? "not read yet" : inert(row.error ?? "", 300)}
        </td>
      )}
    </tr>
  );
});

/** With its sign, so that it is not told by colour alone. */
function Count({ of, severity }: { of: number | undefined; severity: Severity }) {
  const { icon, tone, word } = SEVERITY[severity];
  return (
    <td className={`num ${of ? tone : ""}`}>
      {of ? <Icon name={icon} className={tone} label={word} /> : null} {of}
    </td>
  );
}
