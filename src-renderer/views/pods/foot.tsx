import { useMemo } from "react";
import { bytesShort } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { nodeCost, shareWords } from "../../../src-shared/questions/cost.ts";
import { isNotKnown } from "../../../src-shared/reasons.ts";
import { nodeCostOf, readinessOf } from "../../state/derived.ts";
import { plural } from "../../ui/words.ts";

/** Below the table: what pause costs this node, how many pods do without, and how many could. */
export function PodsFoot({ snapshot, shown }: { snapshot: Snapshot; shown: readonly Pod[] }) {
  const all = nodeCostOf(snapshot);
  const ready = readinessOf(snapshot);
  const narrowed = shown.length < snapshot.pods.length;
  // What stands below a narrowed table is the sum of the table, not of the node.
  const cost = useMemo(
    () => (all !== undefined && narrowed ? nodeCost(snapshot, shown) : all),
    [all, narrowed, snapshot, shown],
  );
  const keys = useMemo(() => new Set(shown.map(({ key }) => key)), [shown]);
  if (cost === undefined || ready === undefined)
    return <footer className="pods-foot dim">Adding up what pause costs…</footer>;
  const told = ready.pods.filter(({ key }) => keys.has(key));
  const could = told.filter(({ can }) => can).length;
  const without = shown.filter(
    ({ sandbox }) => !isNotKnown(sandbox) && (sandbox.state === "dropped" || sandbox.state === "none"),
  ).length;
  const unknown = told.filter(({ verdict }) => verdict === "unknown").length;
  if (snapshot.pods.length === 0) return null;
  const saves = `They would save ${plural(ready.saves.processes, "process", "processes")}, ${shareWords(ready.saves, bytesShort)} and ${plural(ready.saves.cgroups, "cgroup")}`;
  return (
    <footer className="pods-foot">
      {narrowed && (
        <span>
          <b>{shown.length}</b> of {snapshot.pods.length} shown, with
        </span>
      )}
      <span title="Processes that are there for pause alone, and their proportional memory">
        <b>{plural(cost.pods, "pause process", "pause processes")}</b> {cost.pods > 0 && shareWords(cost, bytesShort)}
      </span>
      {cost.monitors.processes > 0 && (
        <span title="Their shims and conmons; most mind the pod's other containers too and would stay">
          <b>{plural(cost.monitors.processes, "monitor")}</b>{" "}
          {cost.monitors.pssBytes > 0 && bytesShort(cost.monitors.pssBytes)}
        </span>
      )}
      {cost.cgroups > 0 && (
        <span>
          <b>{plural(cost.cgroups, "cgroup")}</b> of their own
        </span>
      )}
      <span className="sep" />
      {could > 0 && (
        <span title={narrowed ? undefined : saves}>
          <b>{plural(could, "pod")}</b> could run without pause
        </span>
      )}
      {unknown > 0 && (
        <span title="What a pod shares, whose it is or what its network needs could not be read">
          <b>{plural(unknown, "pod")}</b> not known
        </span>
      )}
      {without > 0 && (
        <span>
          <b>{could > 0 ? without : plural(without, "pod")}</b>{" "}
          {could > 0 ? `already ${without === 1 ? "does" : "do"}` : `${without === 1 ? "runs" : "run"} without pause`}
        </span>
      )}
    </footer>
  );
}
