import { useMemo, useState } from "react";
import { commandOf } from "../../../src-shared/shell-quote.ts";
import { useNodes } from "../../state/nodes.ts";
import { setParams } from "../../state/route.ts";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, Segments } from "../../ui/parts.tsx";
import type { ViewProps } from "../view.ts";
import { AddNodes } from "./add.tsx";
import { FleetFindings } from "./findings.tsx";
import { useGroups } from "./groups.ts";
import { FleetNodes } from "./nodes.tsx";
import { FleetPods } from "./pods.tsx";
import { GROUPS, type Line, rowOf } from "./rows.ts";
import "../../ui/view-head.css";
import "./fleet.css";

const SHOWN = ["nodes", "pods", "findings"] as const;
/** The command that says the same of the same nodes. */
const COMMAND = { nodes: "fleet", pods: "pods", findings: "findings" } as const;

/** Every open node: a row each, or the pods or the findings of all. */
export default function Fleet({ params }: ViewProps) {
  const { open, order } = useNodes();
  const [groups] = useGroups();
  const [adding, setAdding] = useState(false);
  const by = GROUPS.find((one) => one === params.by) ?? "nothing";
  const shown = SHOWN.find((one) => one === params.show) ?? "nodes";
  const nodes = useMemo(() => order.flatMap((nodeId) => open[nodeId] ?? []), [open, order]);
  const targets = nodes.map(({ state }) => state.target);
  const lines = nodes.map(
    (node): Line => ({
      nodeId: node.state.nodeId,
      state: node.state,
      row: rowOf(node),
      group: groups.find((group) => group.targets.includes(node.state.target))?.name,
    }),
  );
  return (
    <Page label="Fleet" byHand={nodes.length === 0 ? [] : [commandOf(["podglass", COMMAND[shown], ...targets])]}>
      <header className="view-head">
        <h1>Fleet</h1>
        <p>Every open node, worst first.</p>
        {nodes.length > 0 && (
          <Segments
            label="Show"
            value={shown}
            options={SHOWN.map((value) => ({ value, label: value }))}
            onChange={(value) => setParams({ show: value === "nodes" ? undefined : value })}
          />
        )}
        <span className="sep" />
        {shown === "nodes" && (
          <Segments
            label="Group by"
            value={by}
            options={GROUPS.map((value) => ({ value, label: value === "nothing" ? "no groups" : value }))}
            onChange={(value) => setParams({ by: value === "nothing" ? undefined : value })}
          />
        )}
        <Button icon="plus" onClick={() => setAdding(true)}>
          Add nodes
        </Button>
      </header>
      {nodes.length === 0 ? (
        <Empty
          icon="node"
          title="No node is open"
          actions={
            <Button kind="primary" onClick={() => setAdding(true)}>
              Add nodes
            </Button>
          }
        >
          <p>Each node that you open has a row here.</p>
        </Empty>
      ) : shown === "pods" ? (
        <FleetPods nodes={nodes} />
      ) : shown === "findings" ? (
        <FleetFindings nodes={nodes} />
      ) : (
        <FleetNodes lines={lines} by={by} />
      )}
      {adding && <AddNodes onClose={() => setAdding(false)} />}
    </Page>
  );
}
