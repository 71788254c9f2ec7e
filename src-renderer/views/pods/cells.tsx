import { memo, type ReactNode } from "react";
import { bytesShort, inert } from "../../../src-shared/format.ts";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import { Bar } from "../../ui/bar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { SANDBOX } from "../../ui/sandbox.ts";
import { SEVERITY } from "../../ui/severity.ts";
import { Spark } from "../../ui/spark.tsx";
import { StallMark } from "../../ui/stall.tsx";
import { Strip } from "../../ui/strip.tsx";
import { plural } from "../../ui/words.ts";

export interface CellFacts {
  /** Of the table; a table of several nodes has rows that say their own. */
  nodeId?: string;
  row: PodRow;
}

function Sandbox({ row }: { row: PodRow }) {
  const look = SANDBOX[row.sandbox];
  const { pid } = row.pod.sandbox;
  return (
    <span className={`pt-sandbox ${row.sandbox === "dead" ? "bad" : ""}`} title={row.pod.sandbox.why}>
      <Icon name={look.icon} />
      <span className={pid === undefined ? "" : "mono"}>{pid ?? look.word}</span>
    </span>
  );
}

const Trend = ({ nodeId, row }: Partial<CellFacts> & { row: PodRow }) =>
  nodeId === undefined ? null : <Spark nodeId={nodeId} path={row.pod.cgroupPath} />;

function Memory({ row }: { row: PodRow }) {
  return (
    <span className="pt-memory">
      <Bar used={row.memory} limit={row.limit?.value} here={row.limitHere} />
      <span className="num">
        {row.memory === undefined ? "–" : bytesShort(row.memory)}
        <span className="dim">{row.memory !== undefined && row.limit && ` / ${bytesShort(row.limit.value)}`}</span>
      </span>
    </span>
  );
}

function Worst({ row }: { row: PodRow }) {
  if (row.worst === undefined) return null;
  const words = `${plural(row.findings.length, "finding")}: ${row.findings[0]?.title}`;
  const { icon, tone } = SEVERITY[row.worst];
  return (
    <span title={words}>
      <Icon name={icon} className={tone} label={words} />
    </span>
  );
}

/** Most pods share the same: a row that comes in where another went out keeps its eight places. */
const SameStrip = memo(Strip, (a, b) => JSON.stringify(a.places) === JSON.stringify(b.places));

/** What stands in a column's cells, by column id. */
export const CELLS: Record<string, (facts: CellFacts) => ReactNode> = {
  node: ({ row }) => row.node && <span title={row.node.label}>{inert(row.node.label, 80)}</span>,
  name: ({ row }) => row.name,
  namespace: ({ row }) => row.namespace || "–",
  runtime: ({ row }) => row.runtime,
  sandbox: ({ row }) => <Sandbox row={row} />,
  strip: ({ row }) => <SameStrip places={row.strip} />,
  qos: ({ row }) => row.qos,
  memory: ({ row }) => <Memory row={row} />,
  trend: ({ nodeId, row }) => <Trend nodeId={row.node?.id ?? nodeId} row={row} />,
  pressure: ({ row }) => <StallMark stall={row.pressure} />,
  containers: ({ row }) => row.containers,
  ip: ({ row }) => <span className="mono">{row.pod.ips[0] ?? "–"}</span>,
  cost: ({ row }) => (row.cost === undefined ? "" : bytesShort(row.cost)),
  worst: ({ row }) => <Worst row={row} />,
};
