import type { SortingState } from "@tanstack/react-table";
import { useEffect, useMemo, useRef, useState } from "react";
import { listed } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { keepRows, type PodRow, podRows } from "../../../src-shared/questions/pod-rows.ts";
import type { RuntimeName } from "../../../src-shared/runtimes/names.ts";
import { runtimeOf } from "../../../src-shared/runtimes/table.ts";
import { mayHidePods } from "../../../src-shared/unread.ts";
import { findingsByPod, findingsKnown, reportsByPath, troubleOf } from "../../state/derived.ts";
import { useFirstFocus } from "../../state/first-focus.ts";
import { useNode } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { isTexts, oneOf, useSetting } from "../../state/settings.ts";
import { Gaps } from "../../ui/gaps.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { podsTable } from "./as-text.ts";
import { LOOKS } from "./columns.tsx";
import { type Filter, filterRows, isChosen, NO_FILTER } from "./facets.ts";
import { PodsFoot } from "./foot.tsx";
import { PodsTable } from "./table.tsx";
import { Toolbar } from "./toolbar.tsx";
import { usePodsCursor } from "./use-cursor.ts";
import "./pods.css";

const USUAL = Object.keys(LOOKS).filter((id) => LOOKS[id]?.usual);
const isSorting = (value: unknown): value is SortingState =>
  Array.isArray(value) && value.every((one) => typeof one?.id === "string" && one.id in LOOKS);
const BY_NAME: SortingState = [{ id: "name", desc: false }];
const WORST_FIRST: SortingState = [{ id: "worst", desc: true }, ...BY_NAME];

/** Where the table was left, by node: coming back from a pod finds the same row. */
const cursors = new Map<string, string>();
/** What was typed into the filter, by node. */
const texts = new Map<string, string>();

export default function Pods({ nodeId }: ViewProps) {
  const node = useNode(nodeId);
  const snapshot = node?.snapshot;
  const [shown, setShown] = useSetting("pods.columns", USUAL, isTexts);
  const [sorting, setSorting] = useSetting("pods.sorting", useUsualSorting(snapshot), isSorting);
  const [grouping, setGrouping] = useSetting("pods.group", "nothing", oneOf("nothing", "node", "namespace", "runtime"));
  const [chosen, setChosen] = useSetting("pods.facets", NO_FILTER.chosen, isChosen);
  const [sandbox, setSandbox] = useSetting("pods.sandbox", "all", oneOf("all", "process", "dropped", "dead", "none"));
  const [text, setText] = useState(() => texts.get(nodeId ?? "") ?? "");
  const gone = node?.gone.pods;
  const before = useRef<PodRow[]>([]);
  const rows = useMemo(() => {
    const goneHere = gone?.map(({ pod }) => pod);
    const next = snapshot ? podRows(snapshot, reportsByPath(snapshot), findingsByPod(snapshot), goneHere) : [];
    before.current = keepRows(before.current, next);
    return before.current;
  }, [snapshot, gone]);
  const filter: Filter = { text, sandbox, chosen };
  const shownRows = useMemo(() => filterRows(rows, { text, sandbox, chosen }), [rows, text, sandbox, chosen]);
  const table = usePodsCursor(shownRows, cursors.get(nodeId ?? ""));
  // What has just gone still fades in the table and costs nothing any more.
  const shownPods = useMemo(() => shownRows.flatMap(({ pod, gone }) => (gone ? [] : [pod])), [shownRows]);
  const { cursor } = table;
  useEffect(() => {
    if (nodeId !== undefined && cursor !== undefined) cursors.set(nodeId, cursor);
  }, [nodeId, cursor]);
  useFirstFocus(() => table.body.current?.querySelector<HTMLElement>(".pt"));
  if (snapshot === undefined || nodeId === undefined) return null;

  const onFilter = (next: Filter) => {
    if (next.text !== text) {
      setText(next.text);
      texts.set(nodeId, next.text);
    }
    if (next.chosen !== chosen) setChosen(next.chosen);
    if (next.sandbox !== sandbox) setSandbox(next.sandbox as typeof sandbox);
  };
  // Chosen where all nodes' pods stand together; here there is one.
  const byHere = grouping === "node" ? "nothing" : grouping;
  const runtimes = snapshot.node.runtimes.map(({ name }) => name);
  return (
    <Page label="Pods" byHand={commandsFor(runtimes, snapshot.node.cgroupMode)}>
      <Toolbar
        rows={rows}
        filter={filter}
        onFilter={onFilter}
        grouping={byHere}
        onGrouping={setGrouping}
        shown={shown}
        onShown={setShown}
        exports={{
          title: `pods of ${snapshot.node.hostname}`,
          table: () => podsTable(shownRows),
          data: () => snapshot.pods,
          dataWords: "The pods",
          snapshot: () => snapshot,
        }}
        marked={table.marked.length}
        onCompare={() => table.compare((key) => `${nodeId} ${key}`, nodeId)}
        onEnterTable={table.enterTable}
      />
      <Gaps snapshot={snapshot} />
      <div className="page-body" ref={table.body}>
        {rows.length === 0 ? (
          <Empty icon="none" title={mayHidePods(snapshot) ? "No pod is seen" : "No pods on this node"}>
            <p>
              {mayHidePods(snapshot) && "Whether the node has any is not known: what would tell was not all read. "}
              {plural(snapshot.processes.length, "process was", "processes were")} read and none is seen to belong to a
              pod
              {runtimes.length > 0 ? ` of ${listed(runtimes)}` : "; no container runtime was found either"}.
            </p>
            {snapshot.node.privilege === "user" && (
              <p>The login is not root. Where sudo is allowed, open the node again “with sudo”.</p>
            )}
            <p>
              The <b>Lab</b> makes one by hand, with pause or without, and takes it away again.
            </p>
          </Empty>
        ) : shownRows.length === 0 ? (
          <Empty
            icon="filter"
            title="No pod matches"
            actions={<Button onClick={() => onFilter(NO_FILTER)}>Show all {rows.length}</Button>}
          >
            <p>All filters together leave none of the {rows.length} pods.</p>
          </Empty>
        ) : (
          <PodsTable
            nodeId={nodeId}
            rows={shownRows}
            shown={shown.filter((id) => id !== "node")}
            sorting={sorting}
            onSorting={setSorting}
            grouping={byHere}
            cursor={table.cursor}
            marked={table.marked}
            arrived={node?.arrived ?? {}}
            onCursor={table.setCursor}
            onOpen={(key) => go("pod", { nodeId, params: { pod: key } })}
            onMark={table.mark}
          />
        )}
      </div>
      <PodsFoot snapshot={snapshot} shown={shownPods} />
    </Page>
  );
}

/** Until a person sorts: the worst first on a node that is in trouble. Decided once a visit, so that no row moves by itself. */
function useUsualSorting(snapshot: Snapshot | undefined): SortingState {
  const decided = useRef<SortingState>(undefined);
  if (decided.current === undefined && snapshot !== undefined && findingsKnown(snapshot))
    decided.current = troubleOf(snapshot).critical > 0 ? WORST_FIRST : BY_NAME;
  return decided.current ?? BY_NAME;
}

/** The same list by hand: what each runtime's own tool says, and the kernel's. */
function commandsFor(runtimes: readonly RuntimeName[], mode: string): string[] {
  return [
    "lsns -t net -o NS,NPROCS,PID,COMMAND",
    "findmnt -t nsfs",
    ...new Set(runtimes.flatMap((name) => runtimeOf(name).listPods ?? [])),
    mode === "v2" ? "systemd-cgls -l" : "systemd-cgls memory",
  ];
}
