import { useState } from "react";
import { podNamed } from "../../../src-shared/lessons/find.ts";
import { type Deed, experimentOf, labDeedOf } from "../../../src-shared/lessons/operations.ts";
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
async function doIt(nodeId: string, deed: Exclude<Deed, { kind: "act" }>): Promise<string> {
  if (deed.kind === "make") {
    const made = await request("lab.up", { nodeId, options: deed.options });
    return `${made.name} was made: ${plural(made.pids.length, "process", "processes")}`;
  }
  if (deed.kind === "remove") {
    const { removed } = await request("lab.down", { nodeId, name: deed.name });
    return `${removed.join(", ")} was removed`;
  }
  const snapshot = useNodes.getState().open[nodeId]?.snapshot;
  const onLab = snapshot && labDeedOf(snapshot, deed.trial);
  if (onLab) return (await request("lab.do", { nodeId, deed: onLab })).says;
  const experiment = snapshot && experimentOf(snapshot, deed.trial);
  if (!experiment)
    throw new Error("What this speaks of is not on the node just now. Do the steps before this one first.");
  return (await request("demo.do", { nodeId, experiment })).says;
}

/** The step's things to do. On a real node only lab pods are broken by a button; else the commands below are typed. */
export function Deeds({
  deeds,
  nodeId,
  snapshot,
  demo,
}: {
  deeds: readonly Deed[];
  nodeId: string;
  snapshot: Snapshot;
  demo: boolean;
}) {
  const [busy, setBusy] = useState<Deed>();
  const [said, setSaid] = useState<Said>();
  const [planning, setPlanning] = useState<Extract<Deed, { kind: "act" }>>();
  const shown = deeds.filter((deed) => demo || deed.kind !== "try" || labDeedOf(snapshot, deed.trial));
  const run = async (deed: Deed) => {
    if (deed.kind === "act") {
      if (podNamed(snapshot, deed.pod)) setPlanning(deed);
      else setSaid({ words: `There is no pod ${deed.pod} on the node just now.`, bad: true });
      return;
    }
    setBusy(deed);
    setSaid(undefined);
    try {
      setSaid({ words: await doIt(nodeId, deed), bad: false });
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
        <div className="les-deeds">
          {shown.map((deed, i) => (
            <Button
              key={deed.words}
              kind={i === 0 ? "primary" : "plain"}
              icon={SIGN[deed.kind]}
              disabled={busy !== undefined}
              data-deed={i}
              onClick={() => void run(deed)}
            >
              {busy === deed ? "Doing it…" : deed.words}
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
