import { type SortingState, useTable } from "@tanstack/react-table";
import { type CSSProperties, useMemo, useRef, useState } from "react";
import { compareText } from "../../../src-shared/order.ts";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { go } from "../../state/route.ts";
import { copyText } from "../../ui/copy.ts";
import { Icon } from "../../ui/icons.tsx";
import { MenuAt, MenuItem, MenuLine, type MenuPlace, menuPlace } from "../../ui/menu.tsx";
import { useRem } from "../../ui/rem.ts";
import { useWidth } from "../../ui/width.ts";
import { type BodyHandle, type Line, PodsBody } from "./body.tsx";
import { features, fitting, LOOKS, POD_COLUMNS, tracksOf } from "./columns.tsx";

export type Grouping = "nothing" | "node" | "namespace" | "runtime";

/** Sorted rows, under a heading for each group; groups in the order of their names. */
function linesOf(rows: readonly PodRow[], grouping: Grouping): Line[] {
  if (grouping === "nothing") return rows.map((row) => ({ kind: "row", row }));
  const groups = new Map<string, PodRow[]>();
  for (const row of rows) {
    const value = grouping === "node" ? (row.node?.label ?? "") : row[grouping] || "no namespace";
    const list = groups.get(value);
    if (list) list.push(row);
    else groups.set(value, [row]);
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([value, list]) => [
      { kind: "group" as const, value, count: list.length },
      ...list.map((row) => ({ kind: "row" as const, row })),
    ]);
}

/**
 * While the pointer is over the rows their order stands still: what one is about to click must not move. Another order is
 * asked for with the pointer over the head, and comes at once.
 */
function useCalmOrder(rows: readonly PodRow[], frozen: boolean, sorting: SortingState): readonly PodRow[] {
  const order = useRef<{ by: string; keys: string[] }>(undefined);
  const by = JSON.stringify(sorting);
  return useMemo(() => {
    if (!frozen || order.current?.by !== by) {
      order.current = { by, keys: rows.map(({ key }) => key) };
      return rows;
    }
    const at = new Map(order.current.keys.map((key, i) => [key, i]));
    const end = order.current.keys.length;
    return [...rows].sort((a, b) => (at.get(a.key) ?? end) - (at.get(b.key) ?? end));
  }, [rows, frozen, by]);
}

export interface PodsTableProps {
  /** Absent: each row says its own. */
  nodeId?: string;
  rows: PodRow[];
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

/** A pointer that moved less than this between press and release did not mean to go elsewhere (px). */
const STILL_PX = 5;
const keyAt = (event: React.MouseEvent): string | undefined =>
  (event.target as Element).closest<HTMLElement>("tr[data-key]")?.dataset.key;

/** Height of a row and of the head, in rem; of the tokens --row and pods.css. */
const ROW = 1.875;
const HEAD = 1.8125;

export function PodsTable(props: PodsTableProps) {
  const { rows, shown, sorting, onSorting, grouping, cursor, marked } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const body = useRef<BodyHandle>(null);
  const [over, setOver] = useState(false);
  const rem = useRem();
  const width = useWidth(scroll);
  const inOrder = useMemo(
    () => fitting(shown, width === undefined ? Number.POSITIVE_INFINITY : width / rem),
    [shown, width, rem],
  );
  const visibility = useMemo(
    () => Object.fromEntries(Object.keys(LOOKS).map((id) => [id, inOrder.includes(id)])),
    [inOrder],
  );
  const table = useTable({
    features,
    columns: POD_COLUMNS,
    data: rows,
    getRowId: (row) => row.key,
    state: { sorting, columnVisibility: visibility },
    onSortingChange: (next) => onSorting(typeof next === "function" ? next(sorting) : next),
  });
  const model = table.getRowModel();
  const sorted = useMemo(() => model.rows.map(({ original }) => original), [model]);
  const calm = useCalmOrder(sorted, over, sorting);
  const lines = useMemo(() => linesOf(calm, grouping), [calm, grouping]);
  const rowHeight = ROW * rem;
  const headers = table.getHeaderGroups()[0]?.headers ?? [];

  const move = (by: number | "first" | "last") => {
    const keys = lines.flatMap((line) => (line.kind === "row" ? [line.row.key] : []));
    const at = cursor === undefined ? -1 : keys.indexOf(cursor);
    const to = by === "first" ? 0 : by === "last" ? keys.length - 1 : Math.max(0, Math.min(keys.length - 1, at + by));
    const key = keys[to];
    if (key === undefined) return;
    props.onCursor(key);
    body.current?.scrollTo(lines.findIndex((line) => line.kind === "row" && line.row.key === key));
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

  const pressed = useRef<{ key: string | undefined; x: number; y: number }>(undefined);
  const onPointerDown = (event: React.PointerEvent) => {
    pressed.current = { key: keyAt(event), x: event.clientX, y: event.clientY };
  };
  const onClick = (event: React.MouseEvent) => {
    const was = pressed.current;
    // Rows move while a node lives: what was under the pointer when it was pressed is meant, not what came there since.
    const stayed = was !== undefined && Math.hypot(event.clientX - was.x, event.clientY - was.y) < STILL_PX;
    const key = (stayed ? was.key : undefined) ?? keyAt(event);
    if (key === undefined) return;
    props.onCursor(key);
    if (event.ctrlKey || event.metaKey || event.shiftKey) props.onMark(key);
    else props.onOpen(key);
  };

  const [menu, setMenu] = useState<{ place: MenuPlace; row: PodRow }>();
  const onMenu = (event: React.MouseEvent) => {
    const over = keyAt(event) ?? cursor;
    const row = rows.find(({ key }) => key === over);
    if (row === undefined) return;
    props.onCursor(row.key);
    setMenu({ place: menuPlace(event), row });
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
        onPointerDown={onPointerDown}
        onClick={onClick}
        onContextMenu={onMenu}
        style={{ "--pt-columns": tracksOf(inOrder) } as CSSProperties}
      >
        <thead>
          <tr aria-rowindex={1}>
            {headers.map((header) => {
              const sort = header.column.getIsSorted();
              return (
                <th
                  key={header.id}
                  scope="col"
                  className={`h-${header.id} ${LOOKS[header.id]?.align ?? ""}`}
                  title={LOOKS[header.id]?.hint}
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
        <PodsBody
          handle={body}
          scroll={scroll}
          lines={lines}
          rowHeight={rowHeight}
          headHeight={HEAD * rem}
          shown={inOrder}
          nodeId={props.nodeId}
          cursor={cursor}
          marked={marked}
          arrived={props.arrived}
        />
      </table>
      {menu && (
        <MenuAt place={menu.place} label={`${menu.row.name}: what can be done`} onClose={() => setMenu(undefined)}>
          <PodItems
            row={menu.row}
            nodeId={menu.row.node?.id ?? props.nodeId}
            marked={marked.includes(menu.row.key)}
            onOpen={props.onOpen}
            onMark={props.onMark}
          />
        </MenuAt>
      )}
    </div>
  );
}

interface PodItemsProps {
  row: PodRow;
  nodeId: string | undefined;
  marked: boolean;
  onOpen: (key: string) => void;
  onMark: (key: string) => void;
}

/** What one does with a pod without opening it. */
function PodItems({ row: { key, pod, name }, nodeId, marked, onOpen, onMark }: PodItemsProps) {
  return (
    <>
      <MenuItem icon="right" keys="Enter" onSelect={() => onOpen(key)}>
        Open
      </MenuItem>
      <MenuItem icon="check" keys="Space" onSelect={() => onMark(key)}>
        {marked ? "Take the mark away" : "Mark, to compare two"}
      </MenuItem>
      {nodeId !== undefined && (
        <>
          <MenuItem icon="picture" onSelect={() => go("picture", { nodeId, params: { at: itemKey.pod(pod.key) } })}>
            Show in the picture
          </MenuItem>
          <MenuItem icon="swap" onSelect={() => go("compare", { nodeId, params: { left: `${nodeId} ${pod.key}` } })}>
            Compare with…
          </MenuItem>
        </>
      )}
      <MenuLine />
      <MenuItem icon="copy" onSelect={() => void copyText(name, "the pod's name")}>
        Copy its name
      </MenuItem>
      {pod.uid !== undefined && (
        <MenuItem icon="copy" onSelect={() => void copyText(String(pod.uid), "the pod's uid")}>
          Copy its uid
        </MenuItem>
      )}
    </>
  );
}
