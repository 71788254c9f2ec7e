import type { Snapshot } from "../../../src-shared/model.ts";
import { plural } from "../../ui/words.ts";

/** Below the table: what pause costs this node, and how many pods could do, or do, without. */
export function PodsFoot({ snapshot, shown }: { snapshot: Snapshot; shown: number }) {
  const without = snapshot.pods.filter(({ sandbox }) => sandbox.state === "dropped" || sandbox.state === "none").length;
  const pauses = snapshot.pods.filter(({ sandbox }) => sandbox.state === "process").length;
  return (
    <footer className="pods-foot">
      {shown < snapshot.pods.length && (
        <span>
          <b>{shown}</b> of {snapshot.pods.length} shown
        </span>
      )}
      <span>
        <b>{plural(pauses, "pause process", "pause processes")}</b>
      </span>
      <span className="sep" />
      <span>{plural(without, "pod does", "pods do")} without</span>
    </footer>
  );
}
