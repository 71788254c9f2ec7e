import { type Range, useVirtualizer } from "@tanstack/react-virtual";
import { memo, type RefObject, useEffect, useImperativeHandle, useRef } from "react";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import { CELLS, type CellFacts } from "./cells.tsx";
import { LOOKS } from "./columns.tsx";

export type Line = { kind: "group"; value: string; count: number } | { kind: "row"; row: PodRow };

/** Rows drawn beyond each edge, for what the compositor scrolls before the next frame is drawn. */
const OVERSCAN = 6;
/** A pod that came fades in for so long, in ms; scrolled back to later it just stands there. */
const FRESH_MS = 2000;
/** So long after the last step the rows count as at rest, in ms; longer than a slow frame. */
const REST_MS = 500;

interface PodTrProps extends CellFacts {
  index: number;
  top: number;
  selected: boolean;
  marked: boolean;
  fresh: boolean;
  shown: readonly string[];
}

/** One row, drawn again only when it says something else. What clicks do is the table's: a row holds no function. */
const PodTr = memo(function PodTr({ index, top, selected, marked, fresh, shown, ...facts }: PodTrProps) {
  const { key, gone } = facts.row;
  return (
    <tr
      id={`pod-${key}`}
      data-key={key}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-marked={marked || undefined}
      className={`${fresh ? "arrived" : ""} ${gone ? "gone" : ""}`}
      style={{ top }}
    >
      {shown.map((id) => (
        <td key={id} className={`c-${id} ${LOOKS[id]?.align ?? ""}`}>
          {CELLS[id]?.(facts)}
        </td>
      ))}
    </tr>
  );
});

export interface BodyHandle {
  scrollTo: (line: number) => void;
}

export interface PodsBodyProps {
  handle: RefObject<BodyHandle | null>;
  scroll: RefObject<HTMLDivElement | null>;
  lines: readonly Line[];
  rowHeight: number;
  /** Height of the head that stays above the rows, in px. */
  headHeight: number;
  shown: readonly string[];
  nodeId?: string;
  cursor: string | undefined;
  marked: readonly string[];
  arrived: Record<string, number>;
}

/**
 * The rows in sight. A row's elements are used again for the row that comes in as it leaves (slot = index modulo their
 * number): making, styling and throwing away forty rows a frame is what a fling cannot afford.
 */
export function PodsBody(props: PodsBodyProps) {
  const { handle, scroll, lines, rowHeight, headHeight, shown, cursor, marked, arrived } = props;
  const slots = useRef(0);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    rangeExtractor: (range) => indexes(range, slots),
    isScrollingResetDelay: REST_MS,
    scrollPaddingStart: headHeight,
    // The rows begin below the head that sticks to the top.
    scrollMargin: headHeight,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measure again when the text size changes
  useEffect(() => virtual.measure(), [rowHeight]);
  useImperativeHandle(handle, () => ({ scrollTo: (line) => virtual.scrollToIndex(line) }), [virtual]);
  const now = Date.now();
  const items = virtual.getVirtualItems().flatMap((item) => {
    const line = lines[item.index];
    return line === undefined
      ? []
      : [{ line, index: item.index, top: item.start - headHeight, slot: item.index % slots.current }];
  });
  // A slot keeps its place among its siblings while it scrolls; at rest they stand in the order one reads them.
  if (virtual.isScrolling) items.sort((a, b) => a.slot - b.slot);
  return (
    <tbody className="pt-body" style={{ height: lines.length * rowHeight }}>
      {items.map(({ line, index, top, slot }) =>
        line.kind === "group" ? (
          <tr key={`group ${slot}`} className="pt-group" aria-rowindex={index + 2} style={{ top }}>
            <th colSpan={shown.length} scope="colgroup">
              {line.value} <span className="dim">{line.count}</span>
            </th>
          </tr>
        ) : (
          <PodTr
            key={slot}
            row={line.row}
            index={index}
            top={top}
            selected={line.row.key === cursor}
            marked={marked.includes(line.row.key)}
            fresh={now - (arrived[line.row.key] ?? 0) < FRESH_MS}
            shown={shown}
            nodeId={props.nodeId}
          />
        ),
      )}
    </tbody>
  );
}

/**
 * As many rows as there are slots, wherever one is: a slot that stood empty would be made anew. Their number grows with
 * the window and is at least what contiguous rows need so that no two meet in one.
 */
function indexes({ startIndex, endIndex, count }: Range, slots: RefObject<number>): number[] {
  slots.current = Math.max(slots.current, endIndex - startIndex + 2 + 2 * OVERSCAN);
  const first = Math.max(0, Math.min(startIndex - OVERSCAN, count - slots.current));
  return Array.from({ length: Math.min(slots.current, count) }, (_, i) => first + i);
}
