import { FlexRender, type Row, type SortingState, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { useRem } from "../../ui/rem.ts";
import { features, LOOKS, podColumns } from "./columns.tsx";
import type { PodRow } from "./rows.ts";

export type Grouping = "nothing" | "namespace" | "runtime";

type PodTableRow = Row<typeof features, PodRow>;
type Line = { kind: "group"; value: string; count: number } | { kind: "row"; row: PodTableRow };

/** Sorted rows, under a heading for each group; groups in the order of their names. */
function linesOf(rows: readonly PodTableRow[], grouping: Grouping): Line[] {
  if (grouping === "nothing") return rows.map((row) => ({ kind: "row", row }));
  const groups = new Map<string, PodTableRow[]>();
  for (const row of rows) {
    const value = row.original[grouping] || "no namespace";
    const list = groups.get(value);
    if (list) list.push(row);
    else groups.set(value, [row]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([value, list]) => [
      { kind: "group" as const, value, count: list.length },
      ...list.map((row) => ({ kind: "row" as const, row })),
    ]);
}

/** While the pointer is over the rows their order stands still: what one is about to click must not move. */
function useCalmOrder(rows: readonly PodTableRow[], frozen: boolean): PodTableRow[] {
  const order = useRef<string[]>([]);
  return useMemo(() => {
    if (!frozen) {
      order.current = rows.map(({ id }) => id);
      return [...rows];
    }
    const at = new Map(order.current.map((key, i) => [key, i]));
    const end = order.current.length;
    return [...rows].sort((a, b) => (at.get(a.id) ?? end) - (at.get(b.id) ?? end));
  }, [rows, frozen]);
}

export interface PodsTableProps {
  rows: PodRow[];
  nodeMemory: number;
  costs: ReadonlyMap<string, number>;
  shown: readonly string[];
  sorting: SortingState;
  onSorting: (sorting: SortingState) => void;
  grouping: Grouping;
  cursor: string | undefined;
  marked: readonly string[];
  arrived: Record<string, number>;
  onCursor: (key: string) => void;
  onOpen: (key: string) => void;
  onMark: (key: string) => void;
}

interface PodTrProps extends Pick<PodsTableProps, "shown" | "onCursor" | "onOpen" | "onMark"> {
  row: PodTableRow;
  index: number;
  selected: boolean;
  marked: boolean;
  fresh: boolean;
}

/** One row; drawn again only when it is another, so that scrolling draws what comes in and nothing else. */
const PodTr = memo(function PodTr({ row, index, selected, marked, fresh, onCursor, onOpen, onMark }: PodTrProps) {
  const { key, gone } = row.original;
  return (
    <tr
      id={`pod-${key}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-marked={marked || undefined}
      className={`${fresh ? "arrived" : ""} ${gone ? "gone" : ""}`}
      onClick={(event) => {
        onCursor(key);
        if (event.ctrlKey || event.metaKey || event.shiftKey) onMark(key);
        else onOpen(key);
      }}
    >
      {row.getVisibleCells().map((cell) => (
        <td key={cell.id} className={`c-${cell.column.id} ${LOOKS[cell.column.id]?.align ?? ""}`}>
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  );
});

export function PodsTable(props: PodsTableProps) {
  const { rows, nodeMemory, costs, shown, sorting, onSorting, grouping, cursor, marked } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const columns = useMemo(() => podColumns(nodeMemory, costs), [nodeMemory, costs]);
  const visibility = useMemo(
    () => Object.fromEntries(Object.keys(LOOKS).map((id) => [id, shown.includes(id)])),
    [shown],
  );
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row) => row.key,
    state: { sorting, columnVisibility: visibility },
    onSortingChange: (next) => onSorting(typeof next === "function" ? next(sorting) : next),
  });
  const sorted = table.getRowModel().rows;
  const calm = useCalmOrder(sorted, over);
  const lines = useMemo(() => linesOf(calm, grouping), [calm, grouping]);
  const rowHeight = 1.875 * useRem();
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (i) => {
      const line = lines[i];
      return line?.kind === "row" ? line.row.id : `group ${line?.value}`;
    },
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measure again when the text size changes
  useEffect(() => virtual.measure(), [rowHeight]);
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const headers = table.getHeaderGroups()[0]?.headers ?? [];

  const move = (by: number | "first" | "last") => {
    const keys = lines.flatMap((line) => (line.kind === "row" ? [line.row.id] : []));
    const at = cursor === undefined ? -1 : keys.indexOf(cursor);
    const to = by === "first" ? 0 : by === "last" ? keys.length - 1 : Math.max(0, Math.min(keys.length - 1, at + by));
    const key = keys[to];
    if (key === undefined) return;
    props.onCursor(key);
    virtual.scrollToIndex(lines.findIndex((line) => line.kind === "row" && line.row.id === key));
  };
  const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 300) / rowHeight) - 2);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const steps: Record<string, number | "first" | "last"> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: "first",
      End: "last",
    };
    const step = steps[event.key];
    if (step !== undefined) move(step);
    else if (event.key === "Enter" && cursor !== undefined) props.onOpen(cursor);
    else if (event.key === " " && cursor !== undefined) props.onMark(cursor);
    else return;
    event.preventDefault();
  };

  return (
    <div className="pt-scroll" ref={scroll} onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
      <table
        className="pt"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is walked by arrow keys is a grid
        role="grid"
        aria-label="Pods"
        aria-rowcount={lines.length + 1}
        tabIndex={0}
        aria-activedescendant={cursor === undefined ? undefined : `pod-${cursor}`}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {headers.map(({ id }) => (
            <col key={id} style={{ width: LOOKS[id]?.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {headers.map((header) => {
              const sort = header.column.getIsSorted();
              return (
                <th
                  key={header.id}
                  scope="col"
                  className={LOOKS[header.id]?.align}
                  aria-sort={sort === "asc" ? "ascending" : sort === "desc" ? "descending" : undefined}
                >
                  <button type="button" onClick={() => header.column.toggleSorting()}>
                    {LOOKS[header.id]?.head ?? LOOKS[header.id]?.title}
                    {sort && <Icon name="up" className={sort === "desc" ? "flip" : ""} />}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {items.map((item) => {
            const line = lines[item.index];
            if (line === undefined) return null;
            if (line.kind === "group")
              return (
                <tr key={item.key} className="pt-group" aria-rowindex={item.index + 2}>
                  <th colSpan={headers.length} scope="colgroup">
                    {line.value} <span className="dim">{line.count}</span>
                  </th>
                </tr>
              );
            const { id } = line.row;
            return (
              <PodTr
                key={item.key}
                row={line.row}
                index={item.index}
                selected={id === cursor}
                marked={marked.includes(id)}
                fresh={props.arrived[id] !== undefined}
                shown={shown}
                onCursor={props.onCursor}
                onOpen={props.onOpen}
                onMark={props.onMark}
              />
            );
          })}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
