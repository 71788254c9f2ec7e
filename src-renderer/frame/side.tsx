import { useState } from "react";
import type { Severity } from "../../src-shared/reports.ts";
import { troubleOn } from "../state/derived.ts";
import { type OpenNode, useNodes } from "../state/nodes.ts";
import { go, goToNode, useRoute } from "../state/route.ts";
import { openHelp } from "../state/sheets.ts";
import { Icon } from "../ui/icons.tsx";
import { MenuAt, type MenuPlace, menuPlace } from "../ui/menu.tsx";
import { SEVERITY } from "../ui/severity.ts";
import { NodeSign, NodeWords } from "../ui/sign.tsx";
import { viewOf, viewsOf } from "../views/registry.ts";
import type { View } from "../views/view.ts";
import { NodeItems, NodeName } from "./node-menu.tsx";

function Pages({ nodeId, node, lit }: { nodeId: string; node: OpenNode; lit: string }) {
  const { snapshot } = node;
  if (snapshot === undefined) return null;
  return (
    <ul aria-label={`Pages of ${node.state.label}`}>
      {viewsOf("node").map((view) => (
        <li key={view.id}>
          <button
            type="button"
            className="go under"
            aria-current={lit === view.id ? "page" : undefined}
            title={view.title}
            onClick={() => go(view.id, { nodeId })}
          >
            <Icon name={view.icon} className="pg" />
            <span className="w">{view.title}</span>
            {view.useNews && <News nodeId={nodeId} useNews={view.useNews} />}
            {view.count && (
              <span className="n">
                <Worst severity={view.worst?.(snapshot)} />
                {view.count(snapshot)?.toLocaleString("en") ?? "…"}
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

function News({ nodeId, useNews }: { nodeId: string; useNews: NonNullable<View["useNews"]> }) {
  const news = useNews(nodeId);
  if (news === 0) return null;
  return (
    <span className="n" title="Since you looked last">
      {news.toLocaleString("en")} <span className="hidden-words">new</span>
    </span>
  );
}

/** The sign and colour of what a number counts; nothing for what is only worth knowing. */
function Worst({ severity }: { severity: Severity | undefined }) {
  if (severity === undefined || severity === "info") return null;
  const { icon, tone, word } = SEVERITY[severity];
  return <Icon name={icon} className={tone} label={word} />;
}

/** A node that is in trouble must not look like one that is well: how many criticals, else how many warnings. */
function Trouble({ node }: { node: OpenNode }) {
  const counts = troubleOn(node);
  if (counts === undefined) return null;
  const severity = counts.critical > 0 ? "critical" : counts.warning > 0 ? "warning" : undefined;
  if (severity === undefined) return null;
  const { icon, tone, word, plural } = SEVERITY[severity];
  const words = `${counts[severity]} ${counts[severity] === 1 ? word : plural}`;
  return (
    <span className={`trouble ${tone}`} title={words}>
      <Icon name={icon} label={words} />
      <b aria-hidden="true">{counts[severity]}</b>
    </span>
  );
}

function NodeEntry({ nodeId, node, open, lit }: { nodeId: string; node: OpenNode; open: boolean; lit: string }) {
  const { state } = node;
  const [menu, setMenu] = useState<MenuPlace>();
  const [naming, setNaming] = useState(false);
  const troubled = (state.phase === "refused" || state.phase === "stale") && state.detail;
  return (
    <li>
      <button
        type="button"
        className="node"
        aria-current={open && node.snapshot === undefined ? "page" : undefined}
        aria-expanded={node.snapshot ? open : undefined}
        title={state.target}
        onClick={() => goToNode(nodeId)}
        onContextMenu={(event) => setMenu(menuPlace(event))}
      >
        <NodeSign state={state} />
        <span className="cut w">{state.label}</span>
        <span className="abbr" aria-hidden="true">
          {state.label.slice(0, 4)}
        </span>
        <Trouble node={node} />
        <span className="n">
          <NodeWords state={state} />
        </span>
      </button>
      {troubled && <p className="why">{state.detail}</p>}
      {state.recordingTrouble && <p className="why">{state.recordingTrouble}</p>}
      {menu && (
        <MenuAt place={menu} label={`${state.label}: what can be done`} onClose={() => setMenu(undefined)}>
          <NodeItems node={node} onName={() => setNaming(true)} />
        </MenuAt>
      )}
      {naming && <NodeName node={node} onClose={() => setNaming(false)} />}
      {open && <Pages nodeId={nodeId} node={node} lit={lit} />}
    </li>
  );
}

const litBy = (view: View | undefined): string => view?.parent ?? view?.id ?? "";

/** The window's left side: open nodes with their pages, what spans nodes, help. */
export function Side() {
  const { open, order } = useNodes();
  const route = useRoute();
  const lit = litBy(viewOf(route.view));
  return (
    <nav className="side" aria-label="Nodes and pages">
      <h2>Nodes</h2>
      <ul>
        {order.map((nodeId) => {
          const node = open[nodeId];
          return (
            node && <NodeEntry key={nodeId} nodeId={nodeId} node={node} open={route.nodeId === nodeId} lit={lit} />
          );
        })}
        <li>
          <button type="button" className="go" onClick={() => go("welcome")}>
            <Icon name="plus" />
            <span className="w">Add a node</span>
          </button>
        </li>
      </ul>
      <hr />
      <h2>Tools</h2>
      <ul aria-label="Tools">
        {viewsOf("everywhere").map((view) => (
          <li key={view.id}>
            <button
              type="button"
              className="go"
              aria-current={lit === view.id ? "page" : undefined}
              onClick={() => go(view.id, { nodeId: route.nodeId })}
            >
              <Icon name={view.icon} />
              <span className="w">{view.title}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className="last">
        <button type="button" className="go" onClick={openHelp}>
          <Icon name="info" />
          <span className="w">Keys and help</span>
          <span className="n">
            <kbd>?</kbd>
          </span>
        </button>
      </div>
    </nav>
  );
}
