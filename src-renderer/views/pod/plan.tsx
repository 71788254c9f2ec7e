import { useEffect, useState } from "react";
import type { ActionName, Outcome, Plan } from "../../../src-shared/actions.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import type { PlanOptions } from "../../../src-shared/requests.ts";
import { useActivity } from "../../state/activity.ts";
import { request } from "../../state/client.ts";
import { useSnapshot } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { keepSnapshot } from "../../state/snapshots.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { BeforeAfter } from "./before-after.tsx";
import { pinnedByUs } from "./pinned.ts";
import { Checks, Effects, Options, Steps } from "./plan-parts.tsx";
import "./plan.css";

const TITLE: Record<ActionName, string> = {
  pin: "Pin the namespaces of",
  unpin: "Take the pins away from",
  drop: "Drop pause of",
  restore: "Restore pause of",
};
const DO: Record<ActionName, string> = { pin: "Pin", unpin: "Unpin", drop: "Drop pause", restore: "Restore" };

type Stage =
  | { is: "planning" }
  | { is: "planned"; planId: string; plan: Plan }
  | { is: "doing"; plan: Plan }
  | { is: "done"; plan: Plan; outcome: Outcome }
  | { is: "failed"; words: string };

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The pod as it was when the dialog opened beside the pod as it is. */
function compareWithBefore(nodeId: string, pod: Pod, before: Snapshot): void {
  const kept = keepSnapshot(nodeId, before.node.hostname, before);
  const side = `${nodeId} ${pod.key}`;
  go("compare", { nodeId, params: { left: side, leftKept: kept, right: side } });
}

/** A plan before anything is done, its steps while it is done, what came of it; and the way back. */
export function PlanDialog({
  action: asked,
  pod,
  nodeId,
  onClose,
}: {
  action: ActionName;
  pod: Pod;
  nodeId: string;
  onClose: () => void;
}) {
  const [before] = useState(useSnapshot(nodeId));
  const [action, setAction] = useState(asked);
  // A drop holds what pause held by pins: without them it would be refused, which helps nobody.
  const [options, setOptions] = useState<PlanOptions>(() =>
    asked === "drop" && before && !pinnedByUs(before, pod) ? { pinFirst: true } : {},
  );
  /** An undone drop whose pins still stand: they are offered to be taken away too. */
  const [undone, setUndone] = useState(false);
  const [stage, setStage] = useState<Stage>({ is: "planning" });
  const [typed, setTyped] = useState("");
  const now = useSnapshot(nodeId);
  const steps = useActivity((state) => state.steps[nodeId]) ?? [];
  useEffect(() => {
    let gone = false;
    setStage({ is: "planning" });
    request("action.plan", { nodeId, podKey: pod.key, action, options })
      .then(({ planId, plan }) => !gone && setStage({ is: "planned", planId, plan }))
      .catch((error: unknown) => !gone && setStage({ is: "failed", words: words(error) }));
    return () => {
      gone = true;
    };
  }, [nodeId, pod.key, action, options]);

  const run = (planId: string, plan: Plan) => {
    useActivity.getState().clearSteps(nodeId);
    setStage({ is: "doing", plan });
    request("action.do", { nodeId, planId })
      .then((outcome) => setStage({ is: "done", plan, outcome }))
      .catch((error: unknown) => setStage({ is: "failed", words: words(error) }));
  };
  const undo = (journalId: string, plan: Plan) => {
    useActivity.getState().clearSteps(nodeId);
    setStage({ is: "doing", plan });
    request("journal.undo", { nodeId, journalId })
      .then((outcome) => {
        setStage({ is: "done", plan, outcome });
        setUndone(outcome.done);
      })
      .catch((error: unknown) => setStage({ is: "failed", words: words(error) }));
  };
  const unpin = () => {
    setUndone(false);
    setAction("unpin");
    setOptions({});
  };
  const plan = stage.is === "planning" || stage.is === "failed" ? undefined : stage.plan;
  const refused = plan?.checks.some(({ ok }) => !ok) ?? false;
  const mustType = options.acceptRestart === true;
  const note =
    stage.is === "done"
      ? stage.outcome.done
        ? undone
          ? "Undone."
          : "Done."
        : "Not done."
      : stage.is === "doing"
        ? "At work…"
        : "Nothing has been done yet.";
  return (
    <Dialog
      title={`${TITLE[action]} ${inert(pod.name, 60)}`}
      note={note}
      size="large"
      onClose={() => stage.is !== "doing" && onClose()}
      foot={
        <>
          {mustType && stage.is === "planned" && (
            <label className="plan-type">
              Type the pod's name, since the kubelet will answer
              <input className="field" value={typed} onChange={(event) => setTyped(event.target.value)} />
            </label>
          )}
          <span className="sep" />
          {stage.is === "done" && undone && options.pinFirst && action === "drop" && (
            <Button
              icon="pin"
              title="Pause is back and holds them again; the pins were made for the drop"
              onClick={unpin}
            >
              Take the pins away too…
            </Button>
          )}
          {stage.is === "done" && stage.outcome.done && before && (
            <Button icon="swap" onClick={() => compareWithBefore(nodeId, pod, before)}>
              Compare with before
            </Button>
          )}
          {stage.is === "done" && stage.outcome.done && !undone && (
            <Button onClick={() => undo(stage.outcome.journalId, stage.plan)}>Undo</Button>
          )}
          <Button kind="quiet" disabled={stage.is === "doing"} onClick={onClose}>
            {stage.is === "done" || stage.is === "failed" ? "Close" : "Cancel"} <kbd>Esc</kbd>
          </Button>
          {stage.is === "planned" && (
            <Button
              kind={action === "drop" || action === "unpin" ? "danger" : "primary"}
              disabled={refused || (mustType && typed !== pod.name)}
              onClick={() => run(stage.planId, stage.plan)}
            >
              {options.pinFirst && action === "drop" ? "Pin, then drop" : DO[action]}
            </Button>
          )}
        </>
      }
    >
      {stage.is === "planning" && <p className="dim">Reading the node and making the plan…</p>}
      {stage.is === "failed" && (
        <p className="bad plan-failed">
          <Icon name="bad" /> {inert(stage.words, 800)}
        </p>
      )}
      {plan && (
        <div className="plan">
          <div className="plan-left">
            {stage.is === "planned" && (
              <Options action={action} plan={stage.plan} options={options} onChange={setOptions} />
            )}
            <BeforeAfter
              before={before}
              after={stage.is === "done" ? now : undefined}
              podKey={pod.key}
              action={action}
              pinFirst={options.pinFirst ?? false}
            />
            {!refused && !undone && <Effects effects={plan.effects} done={stage.is === "done"} />}
          </div>
          <div className="plan-right">
            <Checks
              title={refused ? "Refused, because of what was read just now" : "Checks, read on the node just now"}
              list={plan.checks}
            />
            {refused && action === "drop" && !options.pinFirst && (
              <Button icon="pin" onClick={() => setOptions({ ...options, pinFirst: true })}>
                Pin first
              </Button>
            )}
            <Steps
              plan={plan}
              progress={stage.is === "planned" ? [] : steps}
              outcome={stage.is === "done" ? stage.outcome : undefined}
            />
            {stage.is === "done" && <Checks title="Read again afterwards" list={stage.outcome.verified} />}
          </div>
        </div>
      )}
    </Dialog>
  );
}
