import { type ReactNode, useEffect, useState } from "react";
import { attempt } from "../state/client.ts";
import { type OpenNode, useNode } from "../state/nodes.ts";
import { useNow } from "../state/now.ts";
import { closeNode } from "../state/open.ts";
import { go } from "../state/route.ts";
import { Banner, Button, Empty } from "../ui/parts.tsx";
import { age } from "../ui/words.ts";
import { sshWords } from "./ssh-words.ts";

/** Connecting or reading for the first time: what is being done, for how long, and the way out of it. */
function Waiting({ node }: { node: OpenNode }) {
  const { state } = node;
  const [since] = useState(() => Date.now());
  const now = useNow();
  return (
    <Empty
      page
      icon="clock"
      title={state.phase === "reading" ? `Reading ${state.label}` : `Connecting to ${state.label}`}
      actions={<Button onClick={() => void attempt("node.cancel", { nodeId: state.nodeId })}>Cancel</Button>}
    >
      <p>{state.detail ?? "Waiting for the node to answer."}</p>
      {now - since > 1000 && <p className="dim">{age(now - since)} so far</p>}
    </Empty>
  );
}

function Refused({ node }: { node: OpenNode }) {
  const { state } = node;
  return (
    <Empty
      page
      icon="bad"
      title={`${state.label} could not be opened`}
      actions={
        <>
          <Button kind="primary" icon="refresh" onClick={() => void attempt("node.retry", { nodeId: state.nodeId })}>
            Try again
          </Button>
          <Button onClick={() => closeNode(state.nodeId)}>Close</Button>
        </>
      }
    >
      <p className="select">{state.detail ?? "The node did not say why."}</p>
      {state.kind === "ssh" && (
        <p>
          By hand: <code className="select">{sshWords(state.target)}</code>
        </p>
      )}
    </Empty>
  );
}

const clock = (ms: number): string => new Date(ms).toLocaleTimeString("en-GB");

function Lost({ node }: { node: OpenNode }) {
  const { state } = node;
  const now = useNow();
  return (
    <Banner
      tone="warn"
      icon="clock"
      actions={
        <Button icon="refresh" onClick={() => void attempt("node.retry", { nodeId: state.nodeId })}>
          Connect again
        </Button>
      }
    >
      <b>This is old.</b> What you see was read{" "}
      {state.seenAtMs === undefined ? "before" : `${age(now - state.seenAtMs)} ago, at ${clock(state.seenAtMs)}`}.{" "}
      {state.detail}
    </Banner>
  );
}

/** What stands between a node's page and its person: progress, refusals, lost connections. A page is never blank. */
export function Gate({ nodeId, children }: { nodeId: string | undefined; children: ReactNode }) {
  const node = useNode(nodeId);
  useEffect(() => {
    if (nodeId === undefined) go("welcome", { replace: true });
  }, [nodeId]);
  if (node === undefined)
    return (
      <Empty
        page
        icon="none"
        title="This node is not open"
        actions={<Button onClick={() => go("welcome")}>Open a node</Button>}
      />
    );
  if (node.state.phase === "refused" && node.snapshot === undefined) return <Refused node={node} />;
  if (node.snapshot === undefined) return <Waiting node={node} />;
  return (
    <>
      {(node.state.phase === "stale" || node.state.phase === "refused") && <Lost node={node} />}
      {children}
    </>
  );
}
