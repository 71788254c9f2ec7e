import { create } from "zustand";
import { followFocus, pageAsked } from "./first-focus.ts";
import { placeText } from "./link.ts";
import { useNodes } from "./nodes.ts";
import { oneOf, useSettings } from "./settings.ts";

/** Where the window is. `view` is an id of views/registry.ts; what else a view needs is in `params`, all text. */
export interface Route {
  view: string;
  nodeId?: string;
  params: Record<string, string>;
}

export const useRoute = create<Route>(() => ({ view: "welcome", params: {} }));

const same = (a: Route, b: Route): boolean => JSON.stringify(a) === JSON.stringify(b);

function show(route: Route): void {
  pageAsked();
  useRoute.setState({ view: route.view, nodeId: route.nodeId, params: route.params }, true);
}

/** The address says where one is, so that it can be kept and sent. */
const addressOf = ({ view, nodeId, params }: Route): string =>
  `#${view === "welcome" ? "" : placeText({ target: nodeId && useNodes.getState().open[nodeId]?.state.target, view, params })}`;

/** Goes somewhere; the way back is the browser's own history. */
export function go(
  view: string,
  where: { nodeId?: string; params?: Record<string, string>; replace?: boolean } = {},
): void {
  const route: Route = { view, nodeId: where.nodeId, params: where.params ?? {} };
  if (same(route, useRoute.getState())) return;
  if (where.replace) history.replaceState(route, "", addressOf(route));
  else history.pushState(route, "", addressOf(route));
  show(route);
}

/** The pages of a node on which it may open (the setting firstView). */
export const FIRST_VIEWS = ["pods", "picture", "cgroups", "findings", "wires", "events"] as const;
export const isFirstView = oneOf(...FIRST_VIEWS);

/** To a node, on the page that a person wants first. */
export function goToNode(nodeId: string, replace = false): void {
  const { firstView } = useSettings.getState().values;
  go(isFirstView(firstView) ? firstView : "pods", { nodeId, replace });
}

/** Changes parameters of the place one is at (a tab, a filter), without a step in the history. */
export function setParams(params: Record<string, string | undefined>): void {
  const now = useRoute.getState();
  const next: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...now.params, ...params })) if (value !== undefined) next[key] = value;
  go(now.view, { nodeId: now.nodeId, params: next, replace: true });
}

const isRoute = (value: unknown): value is Route =>
  typeof value === "object" && value !== null && typeof (value as Route).view === "string";

/**
 * Follows back and forward, and comes back to the same place after a reload. Returns the "#…" that one came with; later
 * ones, typed into the address, are told.
 */
export function followHistory(came: (hash: string) => void): string {
  followFocus();
  addEventListener("popstate", (event) => {
    if (isRoute(event.state)) show(event.state);
    else if (location.hash.startsWith("#/")) came(location.hash);
  });
  if (isRoute(history.state)) show(history.state);
  else {
    history.replaceState({ view: "welcome", params: {} }, "");
    return location.hash;
  }
  return "";
}
