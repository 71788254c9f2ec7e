import { type SortingState, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { useRem } from "../../ui/rem.ts";
import { features, LOOKS, podColumns } from "./columns.tsx";
import type { PodRow } from "./rows.ts";

export type Grouping = "nothing" | "namespace" | "runtime";

type Line = { kind: "group"; value: string; count: number } | { kind: "row"; row: PodRow };

/** Sorted rows, under a heading for each group; groups in the order of their names. */
function linesOf(rows: readonly PodRow[], grouping: Grouping): Line[] {
  if (grouping === "nothing") return rows.map((row) => ({ kind: "row", row }));
  const groups = new Map<string, PodRow[]>();
  for (const row of rows) {
    const value = row[grouping] || "no namespace";
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
function useCalmOrder(rows: PodRow[], frozen: boolean): PodRow[] {
  const order = useRef<string[]>([]);
  if (!frozen) {
    order.current = rows.map(({ key }) => key);
    return rows;
  }
  const at = new Map(order.current.map((key, i) => [key, i]));
  const end = order.current.length;
  return [...rows].sort((a, b) => (at.get(a.key) ?? end) - (at.get(b.key) ?? end));
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
  const byKey = new Map(sorted.map((row) => [row.id, row]));
  const calm = useCalmOrder(
    sorted.map((row) => row.original),
    over,
  );
  const lines = linesOf(calm, grouping);
  const rowHeight = 1.875 * useRem();
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (i) => {
      const line = lines[i];
      return line?.kind === "row" ? line.row.key : `group ${line?.value}`;
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
    const keys = lines.flatMap((line) => (line.kind === "row" ? [line.row.key] : []));
    const at = cursor === undefined ? -1 : keys.indexOf(cursor);
    const to = by === "first" ? 0 : by === "last" ? keys.length - 1 : Math.max(0, Math.min(keys.length - 1, at + by));
    const key = keys[to];
    if (key === undefined) return;
    props.onCursor(key);
    virtual.scrollToIndex(lines.findIndex((line) => line.kind === "row" && line.row.key === key));
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
            const { key, gone } = line.row;
            const fresh = props.arrived[key] !== undefined ? "arrived" : "";
            return (
              <tr
                key={item.key}
                id={`pod-${key}`}
                aria-rowindex={item.index + 2}
                aria-selected={key === cursor}
                data-marked={marked.includes(key) || undefined}
                className={`${fresh} ${gone ? "gone" : ""}`}
                onClick={(event) => {
                  props.onCursor(key);
                  if (event.ctrlKey || event.metaKey || event.shiftKey) props.onMark(key);
                  else props.onOpen(key);
                }}
              >
                {byKey
                  .get(key)
                  ?.getVisibleCells()
                  .map((cell) => (
                    <td key={cell.id} className={`c-${cell.column.id} ${LOOKS[cell.column.id]?.align ?? ""}`}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ))}
              </tr>
            );
          })}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
