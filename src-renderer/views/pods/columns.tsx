import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
} from "@tanstack/react-table";
import type { ReactNode } from "react";
import { StripHead } from "../../ui/strip.tsx";
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
  /** A track of CSS grid: rem where the content has a size of its own, else a share of what is left. */
  width: string;
  align?: "right";
  /** Shown unless the person took it away. */
  usual: boolean;
}

/** Titles, widths and what is shown at first, by column id; the order of the table. */
export const LOOKS: Record<string, ColumnLook> = {
  name: { title: "pod", width: "minmax(0, 17fr)", usual: true },
  namespace: { title: "namespace", width: "minmax(0, 10fr)", usual: true },
  runtime: { title: "runtime", width: "minmax(0, 8.5fr)", usual: true },
  sandbox: { title: "sandbox", width: "minmax(0, 9fr)", usual: true },
  strip: { title: "namespaces", head: <StripHead />, width: "9.375rem", usual: true },
  qos: { title: "QoS", width: "minmax(0, 8.5fr)", usual: true },
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

/** What a column is sorted by; `costs` is pause's price by pod. What its cells show is in cells.tsx. */
export function podColumns(costs: ReadonlyMap<string, number>): PodColumn[] {
  return [
    { id: "name", accessorFn: (row) => row.name },
    { id: "namespace", accessorFn: (row) => row.namespace },
    { id: "runtime", accessorFn: (row) => row.runtime },
    { id: "sandbox", accessorFn: (row) => row.sandbox },
    { id: "strip", accessorFn: (row) => Object.values(row.strip).filter((place) => place === "shared").length },
    { id: "qos", accessorFn: (row) => row.qos },
    { id: "memory", accessorFn: (row) => row.memory ?? -1, sortDescFirst: true },
    { id: "pressure", accessorFn: (row) => row.pressure ?? -1, sortDescFirst: true },
    { id: "containers", accessorFn: (row) => row.containers, sortDescFirst: true },
    { id: "ip", accessorFn: (row) => row.pod.ips[0] ?? "" },
    { id: "cost", accessorFn: (row) => costs.get(row.key) ?? -1, sortDescFirst: true },
    { id: "worst", accessorFn: (row) => (row.worst ? SEVERITY[row.worst] : 0), sortDescFirst: true },
  ];
}
