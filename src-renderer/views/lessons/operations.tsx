import { useState } from "react";
import { podNamed } from "../../../src-shared/lessons/find.ts";
import { experimentOf, labOperationOf, type Operation } from "../../../src-shared/lessons/operations.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { request } from "../../state/client.ts";
import { useNodes } from "../../state/nodes.ts";
import { Button } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import { PlanDialog } from "../pod/plan.tsx";

const SIGN = { make: "plus", remove: "cross", act: "pin", try: "flask" } as const;

export interface Said {
  words: string;
  bad: boolean;
}

/** Does what has no plan to show. Resolves to what the node said. */
async function doIt(nodeId: string, operation: Exclude<Operation, { kind: "act" }>): Promise<string> {
  if (operation.kind === "make") {
    const made = await request("lab.up", { nodeId, options: operation.options });
    return `${made.name} was made: ${plural(made.pids.length, "process", "processes")}`;
  }
  if (operation.kind === "remove") {
    const { removed } = await request("lab.down", { nodeId, name: operation.name });
    return `${removed.join(", ")} was removed`;
  }
  const snapshot = useNodes.getState().open[nodeId]?.snapshot;
  const onLab = snapshot && labOperationOf(snapshot, operation.trial);
  if (onLab) return (await request("lab.do", { nodeId, operation: onLab })).says;
  const experiment = snapshot && experimentOf(snapshot, operation.trial);
  if (!experiment)
    throw new Error("What this speaks of is not on the node just now. Do the steps before this one first.");
  return (await request("demo.do", { nodeId, experiment })).says;
}

/** The step's things to do. On a real node only lab pods are broken by a button; else the commands below are typed. */
export function Operations({
  operations,
  nodeId,
  snapshot,
  demo,
  done,
}: {
  operations: readonly Operation[];
  nodeId: string;
  snapshot: Snapshot;
  demo: boolean;
  /** The step is done: the way on is the first button then. */
  done: boolean;
}) {
  const [busy, setBusy] = useState<Operation>();
  const [said, setSaid] = useState<Said>();
  const [planning, setPlanning] = useState<Extract<Operation, { kind: "act" }>>();
  const shown = operations.filter(
    (operation) => demo || operation.kind !== "try" || labOperationOf(snapshot, operation.trial),
  );
  const run = async (operation: Operation) => {
    if (operation.kind === "act") {
      if (podNamed(snapshot, operation.pod)) setPlanning(operation);
      else setSaid({ words: `There is no pod ${operation.pod} on the node just now.`, bad: true });
      return;
    }
    setBusy(operation);
    setSaid(undefined);
    try {
      setSaid({ words: await doIt(nodeId, operation), bad: false });
    } catch (error) {
      setSaid({ words: error instanceof Error ? error.message : String(error), bad: true });
    } finally {
      setBusy(undefined);
    }
  };
  const pod = planning && podNamed(snapshot, planning.pod);
  return (
    <>
      {shown.length > 0 && (
        <div className="les-operations">
          {shown.map((operation, i) => (
            <Button
              key={operation.words}
              kind={i === 0 && !done ? "primary" : "plain"}
              icon={SIGN[operation.kind]}
              disabled={busy !== undefined}
              data-operation={i}
              onClick={() => void run(operation)}
            >
              {busy === operation ? "Doing it…" : operation.words}
            </Button>
          ))}
        </div>
      )}
      {said && (
        <p className={`les-said ${said.bad ? "bad" : ""}`} role="status">
          {said.words}
        </p>
      )}
      {planning && pod && (
        <PlanDialog action={planning.action} pod={pod} nodeId={nodeId} onClose={() => setPlanning(undefined)} />
      )}
    </>
  );
}
