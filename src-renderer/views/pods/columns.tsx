import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
} from "@tanstack/react-table";
import type { ReactNode } from "react";
import { bytesShort } from "../../../src-shared/format.ts";
import { Bar } from "../../ui/bar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { SANDBOX } from "../../ui/sandbox.ts";
import { Strip, StripHead } from "../../ui/strip.tsx";
import { plural } from "../../ui/words.ts";
import type { PodRow } from "./rows.ts";

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});

export type PodColumn = ColumnDef<typeof features, PodRow>;

export interface ColumnLook {
  title: string;
  /** In the table's head, where it is more than the title. */
  head?: ReactNode;
  /** CSS width; of the fixed table layout. */
  width: string;
  align?: "right";
  /** Shown unless the person took it away. */
  usual: boolean;
}

/** Titles, widths and what is shown at first, by column id; the order of the table. */
export const LOOKS: Record<string, ColumnLook> = {
  name: { title: "pod", width: "17%", usual: true },
  namespace: { title: "namespace", width: "10%", usual: true },
  runtime: { title: "runtime", width: "8.5%", usual: true },
  sandbox: { title: "sandbox", width: "9%", usual: true },
  strip: { title: "namespaces", head: <StripHead />, width: "9.375rem", usual: true },
  qos: { title: "QoS", width: "8.5%", usual: true },
  memory: { title: "memory of effective limit", width: "15rem", usual: true },
  pressure: { title: "stalled", width: "4.5rem", align: "right", usual: false },
  containers: { title: "containers", width: "5.5rem", align: "right", usual: false },
  ip: { title: "address", width: "8rem", usual: false },
  cost: { title: "pause", width: "5.5rem", align: "right", usual: true },
  worst: {
    title: "findings",
    head: <span className="hidden-words">findings</span>,
    width: "3rem",
    align: "right",
    usual: true,
  },
};

const SEVERITY = { critical: 3, warning: 2, info: 1 } as const;
const SIGN = { critical: "bad", warning: "warn", info: "info" } as const;

function Sandbox({ row }: { row: PodRow }) {
  const look = SANDBOX[row.sandbox];
  const { pid } = row.pod.sandbox;
  return (
    <span className={`pt-sandbox ${row.sandbox === "dead" ? "bad" : ""}`} title={row.pod.sandbox.why}>
      <Icon name={look.icon} />
      {pid === undefined ? look.word : <span className="mono">{pid}</span>}
    </span>
  );
}

function Memory({ row, outOf }: { row: PodRow; outOf: number }) {
  return (
    <span className="pt-memory">
      <Bar used={row.memory} limit={row.limit?.value} here={row.limitHere} outOf={outOf} />
      <span className="num">
        {row.memory === undefined ? "–" : bytesShort(row.memory)}
        {row.memory !== undefined && row.limit && <span className="dim"> / {bytesShort(row.limit.value)}</span>}
      </span>
    </span>
  );
}

function Worst({ row }: { row: PodRow }) {
  if (row.worst === undefined) return null;
  const words = `${plural(row.findings.length, "finding")}: ${row.findings[0]?.title}`;
  return (
    <Icon
      name={SIGN[row.worst]}
      className={row.worst === "critical" ? "bad" : row.worst === "warning" ? "warn" : ""}
      label={words}
    />
  );
}

/** `outOf` is the node's memory in bytes, the track of a bar that nothing limits; `costs` is pause's price by pod. */
export function podColumns(outOf: number, costs: ReadonlyMap<string, number>): PodColumn[] {
  return [
    { id: "name", accessorFn: (row) => row.name, cell: ({ row }) => row.original.name },
    { id: "namespace", accessorFn: (row) => row.namespace, cell: ({ row }) => row.original.namespace || "–" },
    { id: "runtime", accessorFn: (row) => row.runtime, cell: ({ row }) => row.original.runtime },
    { id: "sandbox", accessorFn: (row) => row.sandbox, cell: ({ row }) => <Sandbox row={row.original} /> },
    {
      id: "strip",
      accessorFn: (row) => Object.values(row.strip).filter((place) => place === "shared").length,
      cell: ({ row }) => <Strip places={row.original.strip} />,
    },
    { id: "qos", accessorFn: (row) => row.qos, cell: ({ row }) => row.original.qos },
    {
      id: "memory",
      accessorFn: (row) => row.memory ?? -1,
      sortDescFirst: true,
      cell: ({ row }) => <Memory row={row.original} outOf={outOf} />,
    },
    {
      id: "pressure",
      accessorFn: (row) => row.pressure ?? -1,
      sortDescFirst: true,
      cell: ({ row }) => (row.original.pressure === undefined ? "–" : `${row.original.pressure.toFixed(1)} %`),
    },
    {
      id: "containers",
      accessorFn: (row) => row.containers,
      sortDescFirst: true,
      cell: ({ row }) => row.original.containers,
    },
    {
      id: "ip",
      accessorFn: (row) => row.pod.ips[0] ?? "",
      cell: ({ row }) => <span className="mono">{row.original.pod.ips[0] ?? "–"}</span>,
    },
    {
      id: "cost",
      accessorFn: (row) => costs.get(row.key) ?? -1,
      sortDescFirst: true,
      cell: ({ row }) => {
        const cost = costs.get(row.original.key);
        return cost === undefined ? "" : bytesShort(cost);
      },
    },
    {
      id: "worst",
      accessorFn: (row) => (row.worst ? SEVERITY[row.worst] : 0),
      sortDescFirst: true,
      cell: ({ row }) => <Worst row={row.original} />,
    },
  ];
}
