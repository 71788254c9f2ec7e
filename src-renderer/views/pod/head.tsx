import { type RefObject, useRef } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Pod, SandboxReason, Snapshot } from "../../../src-shared/model.ts";
import { sandboxWhy } from "../../../src-shared/reasons.ts";
import type { PodReport } from "../../../src-shared/reports.ts";
import { USERS_WORDS, usersOf } from "../../../src-shared/walls/users.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { useKeys } from "../../state/keys.ts";
import { reportOf } from "../../state/report.ts";
import { go } from "../../state/route.ts";
import { ExportMenu } from "../../ui/export-menu.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { SANDBOX } from "../../ui/sandbox.ts";
import { placeAndTime } from "../../ui/words.ts";
import { ActionButtons } from "./actions.tsx";
import { summaryOf } from "./summary.ts";
import { TerminalMenu } from "./terminal.tsx";

/** Reasons that the summary has just said in other words. */
const SAID: ReadonlySet<SandboxReason["code"]> = new Set(["holds", "held"]);

/** Why, as a sentence; of a file of the first edition only the words are there. */
function whyOf({ runtime, sandbox }: Pod): string {
  const { reasons = [], why } = sandbox;
  const kept = reasons.filter(({ code }) => !SAID.has(code));
  const text = inert(kept.length > 0 ? sandboxWhy(runtime, kept) : why, 700);
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** The pod's name, its facts in a line, and the one sentence: who holds it and why pause is there or not. */
export function PodHead({
  snapshot,
  report,
  model,
  picture,
  nodeId,
  real,
  actions,
}: {
  snapshot: Snapshot;
  report: PodReport;
  model: RailsModel;
  picture: RefObject<HTMLDivElement | null>;
  nodeId: string;
  /** There is a node behind it that has programs: no file, and not the demo. */
  real: boolean;
  actions: boolean;
}) {
  const { pod } = report;
  const summary = summaryOf(report, model);
  const users = usersOf(snapshot, pod);
  const facts = [
    pod.namespace,
    pod.runtime,
    pod.qos,
    pod.staticPod && "static pod",
    // The node's are the rule, and need no word.
    users !== "node" && users !== "none" && users !== "unknown" && USERS_WORDS[users],
    ...pod.ips.slice(0, 2),
  ];
  const { evidence = [] } = pod.sandbox;
  const acts = useRef<HTMLDivElement>(null);
  useKeys({ e: () => acts.current?.querySelector("button")?.focus() });
  return (
    <header className="pod-head">
      <h1>
        <span className="cut">{inert(pod.name, 120)}</span>{" "}
        <small>
          {facts
            .filter((one) => one)
            .map((one) => inert(String(one), 60))
            .join(", ")}
        </small>
      </h1>
      <div className="pod-acts" ref={acts}>
        <ExportMenu
          title={pod.name}
          words={`${summary.bold}${summary.rest}`}
          caption={placeAndTime(snapshot)}
          picture={picture}
          data={() => report}
          dataWords="The pod"
          snapshot={() => snapshot}
          report={(redact) => reportOf(nodeId, pod.key, redact)}
        />
        <Button icon="swap" onClick={() => go("compare", { nodeId, params: { left: `${nodeId} ${pod.key}` } })}>
          Compare
        </Button>
        {real && <TerminalMenu snapshot={snapshot} pod={pod} nodeId={nodeId} />}
        {actions && <ActionButtons snapshot={snapshot} pod={pod} nodeId={nodeId} />}
      </div>
      <p className="pod-why">
        <Icon name={SANDBOX[pod.sandbox.state].icon} className={summary.tone} />
        <b className={summary.tone === "bad" ? "bad" : ""}>{summary.bold}</b>
        {summary.rest} <span title={evidence.map((one) => inert(one, 300)).join("\n")}>{whyOf(pod)}</span>
      </p>
    </header>
  );
}
