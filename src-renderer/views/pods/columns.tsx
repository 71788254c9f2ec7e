import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
} from "@tanstack/react-table";
import type { ReactNode } from "react";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import { Icon } from "../../ui/icons.tsx";
import { StripHead } from "../../ui/strip.tsx";

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});

export type PodColumn = ColumnDef<typeof features, PodRow>;

export interface ColumnLook {
  title: string;
  /** In the table's head, where it is another than the title. */
  head?: ReactNode;
  /** What the head's words mean. */
  hint?: string;
  /** The least that its content needs, in rem. */
  least: number;
  /** Its share of what is left; none: it stays as narrow as that. */
  share?: number;
  align?: "right";
  /** Shown unless the person took it away. */
  usual: boolean;
  /** Where the window is narrow, the highest goes first; none: it stays. */
  givesWay?: number;
}

/** Titles, widths and what is shown at first, by column id; the order of the table. */
export const LOOKS: Record<string, ColumnLook> = {
  worst: {
    title: "findings",
    head: <Icon name="warn" label="findings" />,
    hint: "The worst that was found of this pod",
    least: 3,
    usual: true,
  },
  node: { title: "node", least: 8, share: 10, usual: false },
  name: { title: "pod", least: 9.5, share: 17, usual: true },
  namespace: { title: "namespace", least: 7, share: 10, usual: true, givesWay: 2 },
  runtime: { title: "runtime", least: 6.5, share: 8.5, usual: true, givesWay: 7 },
  sandbox: { title: "sandbox", least: 6.5, share: 9, usual: true },
  strip: { title: "namespaces", head: <StripHead />, least: 9.375, usual: true, givesWay: 1 },
  qos: { title: "QoS", least: 6.5, share: 8.5, usual: true, givesWay: 6 },
  memory: { title: "memory of effective limit", head: "memory of limit", least: 12, share: 10, usual: true },
  trend: {
    title: "memory, last 5 min",
    head: "last 5 min",
    hint: "Memory over the last five minutes, from its lowest to its highest",
    least: 5.5,
    usual: false,
    givesWay: 9,
  },
  pressure: { title: "stalled", least: 4.5, align: "right", usual: false, givesWay: 3 },
  containers: { title: "containers", least: 5.75, align: "right", usual: false, givesWay: 8 },
  ip: { title: "address", least: 8, usual: false, givesWay: 4 },
  cost: {
    title: "pause, own memory (Pss)",
    head: "pause Pss",
    hint: "Memory of the pause process alone: its proportional share (Pss); its resident size where the node did not tell that",
    least: 5.5,
    align: "right",
    usual: true,
    givesWay: 5,
  },
};

const leastOf = (id: string): number => LOOKS[id]?.least ?? 0;

/** Those of the chosen columns that fit `room` rem side by side, in the table's order: a narrow table scrolls no column away. */
export function fitting(shown: readonly string[], room: number): string[] {
  let kept = Object.keys(LOOKS).filter((id) => shown.includes(id));
  const going = kept
    .filter((id) => LOOKS[id]?.givesWay !== undefined)
    .sort((a, b) => (LOOKS[b]?.givesWay ?? 0) - (LOOKS[a]?.givesWay ?? 0));
  for (const id of going) {
    if (kept.reduce((sum, one) => sum + leastOf(one), 0) <= room) break;
    kept = kept.filter((one) => one !== id);
  }
  return kept;
}

/** The columns as tracks of a CSS grid. */
export const tracksOf = (ids: readonly string[]): string =>
  ids
    .map((id) =>
      LOOKS[id]?.share === undefined ? `${leastOf(id)}rem` : `minmax(${leastOf(id)}rem, ${LOOKS[id].share}fr)`,
    )
    .join(" ");

const SEVERITY = { critical: 3, warning: 2, info: 1 } as const;

/** What a column is sorted by. What its cells show is in cells.tsx. */
export const POD_COLUMNS: PodColumn[] = [
  { id: "worst", accessorFn: (row) => (row.worst ? SEVERITY[row.worst] : 0), sortDescFirst: true },
  { id: "node", accessorFn: (row) => row.node?.label ?? "" },
  { id: "name", accessorFn: (row) => row.name },
  { id: "namespace", accessorFn: (row) => row.namespace },
  { id: "runtime", accessorFn: (row) => row.runtime },
  { id: "sandbox", accessorFn: (row) => row.sandbox },
  { id: "strip", accessorFn: (row) => Object.values(row.strip).filter((place) => place === "shared").length },
  { id: "qos", accessorFn: (row) => row.qos },
  { id: "memory", accessorFn: (row) => row.memory ?? -1, sortDescFirst: true },
  { id: "trend", accessorFn: (row) => row.memory ?? -1, sortDescFirst: true },
  { id: "pressure", accessorFn: (row) => row.pressure?.percent ?? -1, sortDescFirst: true },
  { id: "containers", accessorFn: (row) => row.containers, sortDescFirst: true },
  { id: "ip", accessorFn: (row) => row.pod.ips[0] ?? "" },
  { id: "cost", accessorFn: (row) => row.cost ?? -1, sortDescFirst: true },
];
