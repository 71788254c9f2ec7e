import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { worstStall } from "../../../src-shared/cgroups/stall.ts";
import { cores, inert } from "../../../src-shared/format.ts";
import type { CgroupReport } from "../../../src-shared/reports.ts";
import { MemoryCells } from "../../ui/bar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { useRem } from "../../ui/rem.ts";
import { Spark } from "../../ui/spark.tsx";
import { StallMark } from "../../ui/stall.tsx";
import { ordinal } from "../../ui/words.ts";
import { type OomRanks, SORTED_BY, type SortedBy, type TreeRow } from "./rows.ts";

export interface TreeProps {
  nodeId: string;
  rows: TreeRow[];
  /** Paths that have just gone from the node, and that have just come. */
  gone: ReadonlySet<string>;
  fresh: ReadonlySet<string>;
  /** The pointer rests on the rows: what is under it must stay there. */
  onOver: (over: boolean) => void;
  oom: OomRanks;
  /** What siblings are put in order by; undefined: by path. */
  by: SortedBy | undefined;
  onSort: (by: SortedBy) => void;
  selected: string | null;
  hovered: string | null;
  onHover: (path: string | null) => void;
  onSelect: (path: string) => void;
  onToggle: (path: string, open: boolean) => void;
}

/** The tree as a table: arrows walk it and open and close it, as the ARIA practice for tree grids has it. */
export function CgroupTree(props: TreeProps) {
  const { rows, gone, fresh, oom, by, onSort, selected, hovered, onOver, onHover, onSelect, onToggle } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const height = 1.6875 * useRem();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (i) => rows[i]?.report.path ?? i,
  });
  const at = rows.findIndex(({ report }) => report.path === selected);
  // Only a new selection scrolls; a refresh that adds rows above leaves the view where it is.
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (selected === shown.current || at < 0) return;
    shown.current = selected;
    virtual.scrollToIndex(at, { align: "auto" });
  }, [selected, at, virtual]);

  const keyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const go = (to: number) => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (next && next.report.path !== selected) onSelect(next.report.path);
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at < 0 ? 0 : at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "PageDown") go(at + 15);
    else if (event.key === "PageUp") go(at - 15);
    else if (row && event.key === "ArrowRight")
      row.open || row.children === 0 ? go(at + 1) : onToggle(row.report.path, true);
    else if (row && event.key === "ArrowLeft") {
      if (row.open) onToggle(row.report.path, false);
      else go(rows.findLastIndex((above, i) => i < at && above.depth < row.depth));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div
      className="cg-tree"
      ref={scroll}
      onPointerEnter={() => onOver(true)}
      onPointerLeave={() => {
        onOver(false);
        onHover(null);
      }}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree grid is a table that one walks by keys
        role="treegrid"
        aria-label="Cgroups as a tree"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={at < 0 ? undefined : `cg-${at}`}
        tabIndex={0}
        onKeyDown={keyDown}
      >
        <colgroup>
          {COLUMNS.map(([name, width]) => (
            <col key={name} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map(([name, , numbers]) => (
              <th
                key={name}
                scope="col"
                className={numbers ? "num" : undefined}
                title={name === "oom" ? `Who dies first when ${oom.domain} is full` : undefined}
                aria-sort={name === by ? "descending" : undefined}
              >
                {isSortedBy(name) ? (
                  <button
                    type="button"
                    title="Most first among siblings; again: in the order of paths"
                    onClick={() => onSort(name)}
                  >
                    {name}
                    {name === by && " ↓"}
                  </button>
                ) : (
                  name
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {items.map((item) => {
            const row = rows[item.index]!;
            const { path } = row.report;
            return (
              <tr
                key={item.key}
                id={`cg-${item.index}`}
                className={[
                  path === selected ? "on" : "",
                  path === hovered ? "hot" : "",
                  gone.has(path) ? "gone" : fresh.has(path) ? "arrived" : "",
                ].join(" ")}
                aria-rowindex={item.index + 2}
                aria-level={row.depth + 1}
                aria-posinset={row.at}
                aria-setsize={row.of}
                aria-expanded={row.children > 0 ? row.open : undefined}
                aria-selected={path === selected}
                style={{ height: item.size }}
                onClick={() => onSelect(path)}
                onPointerEnter={() => onHover(path)}
              >
                <Cells nodeId={props.nodeId} row={row} oom={oom} onToggle={onToggle} />
              </tr>
            );
          })}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

/** Name, width, whether numbers stand in it. */
const COLUMNS: [string, string, boolean][] = [
  ["group", "auto", false],
  ["of its limit", "5.5rem", false],
  ["memory", "7.25rem", true],
  ["cpu limit", "4.75rem", true],
  ["weight", "3.5rem", true],
  ["pids", "4rem", true],
  ["psi 10 s", "4.75rem", true],
  ["oom", "3.25rem", true],
  ["last 5 min", "5.5rem", false],
];

const isSortedBy = (name: string): name is SortedBy => SORTED_BY.includes(name as SortedBy);

interface CellsProps {
  nodeId: string;
  row: TreeRow;
  oom: OomRanks;
  onToggle: TreeProps["onToggle"];
}

function Cells({ nodeId, row, oom, onToggle }: CellsProps) {
  const { report } = row;
  const cpu = report.effective.cpuMaxCores;
  const pids = report.effective.pidsMax;
  const rank = oom.byPath.get(report.path);
  const marks = marksOf(report);
  return (
    <>
      <td title={inert(report.path, 400)}>
        <div className="cg-name" style={{ paddingLeft: `${row.depth * 0.875}rem` }}>
          {row.children > 0 ? (
            <button
              type="button"
              tabIndex={-1}
              className="twist"
              aria-label={row.open ? "Close" : "Open"}
              onClick={(event) => {
                event.stopPropagation();
                onToggle(report.path, !row.open);
              }}
            >
              <Icon name={row.open ? "down" : "right"} />
            </button>
          ) : (
            <span className="twist" />
          )}
          <span className={report.podKey && !report.containerId ? "cut strong" : "cut"}>{inert(report.name, 80)}</span>
          {marks.length > 0 && (
            <span className="warn" title={marks.join("\n")}>
              <Icon name="warn" label={marks.join("; ")} />
            </span>
          )}
        </div>
      </td>
      <MemoryCells report={report} />
      <td className={`num ${cpu && cpu.setBy !== report.path ? "dim" : ""}`}>{cpu ? cores(cpu.value) : "–"}</td>
      <td className="num" title={report.weight?.file}>
        {report.weight?.value ?? "–"}
      </td>
      <td className="num">
        {report.usage.pids ?? "–"}
        {pids && <span className="dim"> / {pids.value}</span>}
      </td>
      <td className="num">
        <StallMark stall={worstStall(report.pressure)} />
      </td>
      <td className="num">
        {rank !== undefined && <span className={rank === 1 ? "tag warn" : "dim"}>{ordinal(rank)}</span>}
      </td>
      <td>
        <Spark nodeId={nodeId} path={report.path} />
      </td>
    </>
  );
}

/** Where v1's hierarchies do not agree about this cgroup. */
export const marksOf = (report: CgroupReport): string[] => [
  ...(report.missingIn && report.missingIn.length > 0 ? [`not there in ${report.missingIn.join(", ")}`] : []),
  ...(report.marks ?? []),
];
