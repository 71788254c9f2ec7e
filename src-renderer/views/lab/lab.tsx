import { useCallback, useEffect, useState } from "react";
import { inert, inertPath } from "../../../src-shared/format.ts";
import { labByHand } from "../../../src-shared/questions/lab-by-hand.ts";
import type { LabPod } from "../../../src-shared/reports.ts";
import { attempt } from "../../state/client.ts";
import { useNode } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { Bench } from "./bench.tsx";
import { LabFigures } from "./figures.tsx";
import { LabForm } from "./form.tsx";
import type { LabPlan } from "./plan.ts";
import "../../ui/view-head.css";
import "./lab.css";

/** Pods made by hand on this node, to try things on; and the experiment: what does pause cost? */
export default function Lab({ nodeId }: ViewProps) {
  const node = useNode(nodeId);
  const [pods, setPods] = useState<LabPod[]>();
  const [busy, setBusy] = useState<string>();
  const [plan, setPlan] = useState<LabPlan>({ sandbox: "pause", containers: 2, sharePid: false });
  const takes = node !== undefined && !node.state.readOnly && node.state.actions;
  const load = useCallback(async () => {
    if (nodeId !== undefined && takes) setPods((await attempt("lab.list", { nodeId }))?.pods ?? []);
  }, [nodeId, takes]);
  const key = labKey(node?.snapshot?.pods.map((pod) => pod.key));
  // biome-ignore lint/correctness/useExhaustiveDependencies: lab pods that came or went on the node are a reason to ask
  useEffect(() => void load(), [load, key]);
  if (nodeId === undefined || node === undefined) return null;
  if (!takes)
    return (
      <Page label="Lab">
        <Empty page icon="lock" title={`Nothing is made on ${node.state.label} from here`}>
          <p>
            {node.state.kind === "file"
              ? "It is a file: there is no node behind it. Open the node itself to make lab pods on it."
              : node.state.readOnly
                ? "This node was opened read-only. Open it again without read-only to make lab pods on it."
                : "This window may only look at real nodes. Start podglass serve with --allow-actions, or use the desktop app."}
          </p>
          <p>The demo node always takes lab pods.</p>
        </Empty>
      </Page>
    );
  const remove = async (name?: string) => {
    setBusy(name ?? "all");
    await attempt("lab.down", name === undefined ? { nodeId } : { nodeId, name });
    setBusy(undefined);
    await load();
  };
  return (
    <Page label="Lab" byHand={labByHand(pods)}>
      <header className="view-head">
        <h1>Lab</h1>
        <p>Pods made by hand with unshare, mount and cgroups alone: no image, no runtime, nothing left behind.</p>
      </header>
      <div className="lab-body">
        <section className="lab-pods" aria-label="Lab pods">
          <div className="panel-h">
            <h2>On this node</h2>
            <span className="dim">{pods && plural(pods.length, "lab pod")}</span>
            <span className="sep" />
            {pods && pods.length > 1 && (
              <Button kind="quiet" disabled={busy !== undefined} onClick={() => void remove()}>
                Remove all
              </Button>
            )}
          </div>
          {pods?.length === 0 && <p className="dim none">None yet. Make one below: it takes less than a second.</p>}
          <ul>
            {pods?.map((pod) => (
              <li key={pod.name} className="lab-pod">
                <Icon name={pod.sandbox === "pause" ? "pause" : "pin"} label={pod.sandbox} />
                <div>
                  <b>{inert(pod.name, 63)}</b>
                  <span className="dim">
                    {pod.sandbox === "pause" ? "held by pause" : `held by ${plural(pod.pins.length, "pin")}`},{" "}
                    {plural(pod.pids.length, "process", "processes")}
                  </span>
                  <code className="cut">{inertPath(pod.cgroupPath, 60)}</code>
                </div>
                <Button kind="quiet" onClick={() => go("pod", { nodeId, params: { pod: `lab/${pod.name}` } })}>
                  Open
                </Button>
                <Button kind="quiet" disabled={busy !== undefined} onClick={() => void remove(pod.name)}>
                  {busy === pod.name ? "Removing…" : "Remove"}
                </Button>
              </li>
            ))}
          </ul>
          <LabForm nodeId={nodeId} taken={pods?.map(({ name }) => name) ?? []} onMade={load} onPlan={setPlan} />
        </section>
        <div className="lab-right">
          <Bench nodeId={nodeId} />
          {node.snapshot && pods && <LabFigures nodeId={nodeId} snapshot={node.snapshot} pods={pods} plan={plan} />}
        </div>
      </div>
    </Page>
  );
}

const labKey = (keys: readonly string[] | undefined): string =>
  keys?.filter((key) => key.startsWith("lab/")).join(" ") ?? "";
