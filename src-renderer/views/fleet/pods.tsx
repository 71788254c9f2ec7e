import type { SortingState } from "@tanstack/react-table";
import { useMemo, useState } from "react";
import { count } from "../../../src-shared/format.ts";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import type { OpenNode } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { isTexts, useSetting } from "../../state/settings.ts";
import { Button, Empty } from "../../ui/parts.tsx";
import { LOOKS } from "../pods/columns.tsx";
import { filterRows, NO_FILTER } from "../pods/facets.ts";
import { type Grouping, PodsTable } from "../pods/table.tsx";
import { Toolbar } from "../pods/toolbar.tsx";
import { usePodsCursor } from "../pods/use-cursor.ts";
import { leftOut, podsOf } from "./rows.ts";
import "../pods/pods.css";

const USUAL = ["node", ...Object.keys(LOOKS).filter((id) => LOOKS[id]?.usual)];
const BY_WORST: SortingState = [
  { id: "worst", desc: true },
  { id: "node", desc: false },
  { id: "name", desc: false },
];

/** The pods of every open node in one table, under the filters of one node's. A row's key is its node's id and its own. */
export function FleetPods({ nodes }: { nodes: readonly OpenNode[] }) {
  const [shown, setShown] = useSetting("fleet.columns", USUAL, isTexts);
  const [sorting, setSorting] = useState(BY_WORST);
  const [grouping, setGrouping] = useState<Grouping>("nothing");
  const [filter, setFilter] = useState(NO_FILTER);
  const rows = useMemo((): PodRow[] => nodes.flatMap(podsOf), [nodes]);
  const shownRows = useMemo(() => filterRows(rows, filter), [rows, filter]);
  const table = usePodsCursor(shownRows);
  const toPod = (key: string) => {
    const [nodeId, pod] = placeOf(key);
    go("pod", { nodeId, params: { pod } });
  };
  return (
    <>
      <Toolbar
        several
        rows={rows}
        filter={filter}
        onFilter={setFilter}
        grouping={grouping}
        onGrouping={setGrouping}
        shown={shown}
        onShown={setShown}
        marked={table.marked.length}
        onCompare={() => table.compare((key) => key)}
        onEnterTable={table.enterTable}
      />
      <div className="page-body" ref={table.body}>
        {shownRows.length === 0 ? (
          <Empty
            icon="filter"
            title={rows.length === 0 ? "No pod is seen on any node" : "No pod matches"}
            actions={rows.length > 0 && <Button onClick={() => setFilter(NO_FILTER)}>Show all {rows.length}</Button>}
          />
        ) : (
          <PodsTable
            rows={shownRows}
            shown={shown}
            sorting={sorting}
            onSorting={setSorting}
            grouping={grouping}
            cursor={table.cursor}
            marked={table.marked}
            arrived={{}}
            onCursor={table.setCursor}
            onOpen={toPod}
            onMark={table.mark}
          />
        )}
      </div>
      <footer className="fleet-foot">
        {shownRows.length} of {count(rows.length, "pod")}
        {leftOut(nodes)}
      </footer>
    </>
  );
}

/** A node's id has no blanks. */
function placeOf(key: string): [nodeId: string, pod: string] {
  const gap = key.indexOf(" ");
  return [key.slice(0, gap), key.slice(gap + 1)];
}
