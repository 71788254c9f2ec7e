import { Component, type ReactNode, Suspense } from "react";
import { attempt } from "../state/client.ts";
import { useKeys } from "../state/keys.ts";
import { useNodes } from "../state/nodes.ts";
import { go, goToNode, useRoute } from "../state/route.ts";
import { letGo } from "../state/selection.ts";
import { openHelp, openPalette } from "../state/sheets.ts";
import { Button, Empty } from "../ui/parts.tsx";
import { viewOf, viewsOf } from "../views/registry.ts";
import { Gate } from "./gate.tsx";
import { Side } from "./side.tsx";
import { Timeline } from "./timeline/timeline.tsx";
import { Top } from "./top.tsx";
import "./frame.css";

/** A view that fails says so in its own place; the rest of the window goes on. */
class Fence extends Component<{ children: ReactNode; resetBy: string }, { error?: Error }> {
  override state: { error?: Error } = {};
  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
  override componentDidUpdate(before: { resetBy: string }) {
    if (before.resetBy !== this.props.resetBy && this.state.error) this.setState({ error: undefined });
  }
  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Empty
        icon="bad"
        title="This page failed to draw"
        actions={<Button onClick={() => this.setState({ error: undefined })}>Draw it again</Button>}
      >
        <p>The node and the other pages are not touched by this. Please report it with these words:</p>
        <code>{error.message}</code>
      </Empty>
    );
  }
}

function useFrameKeys(): void {
  const { nodeId } = useRoute();
  const step = (by: number) => {
    const { order } = useNodes.getState();
    if (order.length === 0) return;
    const at = nodeId === undefined ? -1 : order.indexOf(nodeId);
    const next = order[(at + by + order.length) % order.length];
    if (next !== undefined) goToNode(next);
  };
  const pages = viewsOf("node");
  useKeys({
    "mod+k": openPalette,
    "?": openHelp,
    escape: () => letGo(),
    r: () => (nodeId === undefined ? false : void attempt("node.refresh", { nodeId })),
    "[": () => history.back(),
    "]": () => history.forward(),
    n: () => go("welcome"),
    "alt+arrowdown": () => step(1),
    "alt+arrowup": () => step(-1),
    ...Object.fromEntries(
      pages
        .slice(0, 9)
        .map((view, i) => [String(i + 1), () => (nodeId === undefined ? false : go(view.id, { nodeId }))]),
    ),
  });
}

/** The window around every screen. */
export function Frame() {
  const route = useRoute();
  const view = viewOf(route.view);
  useFrameKeys();
  const Screen = view?.component;
  const screen = Screen && (
    <Suspense fallback={null}>
      <Screen nodeId={route.nodeId} params={route.params} />
    </Suspense>
  );
  return (
    <div className="win">
      <Top />
      <Side />
      <main className="page" id="main" tabIndex={-1}>
        <Fence resetBy={`${route.view} ${route.nodeId} ${route.params.pod}`}>
          {view?.scope === "node" ? <Gate nodeId={route.nodeId}>{screen}</Gate> : screen}
          {view === undefined && <Empty icon="none" title="There is no such page" />}
        </Fence>
        {route.nodeId !== undefined && <Timeline nodeId={route.nodeId} />}
      </main>
    </div>
  );
}
