import { create } from "zustand";

/** Where the window is. `view` is an id of views/registry.ts; what else a view needs is in `params`, all text. */
export interface Route {
  view: string;
  nodeId?: string;
  params: Record<string, string>;
}

export const useRoute = create<Route>(() => ({ view: "welcome", params: {} }));

const same = (a: Route, b: Route): boolean => JSON.stringify(a) === JSON.stringify(b);

function show(route: Route): void {
  useRoute.setState({ view: route.view, nodeId: route.nodeId, params: route.params }, true);
}

/** Goes somewhere; the way back is the browser's own history. */
export function go(
  view: string,
  where: { nodeId?: string; params?: Record<string, string>; replace?: boolean } = {},
): void {
  const route: Route = { view, nodeId: where.nodeId, params: where.params ?? {} };
  if (same(route, useRoute.getState())) return;
  if (where.replace) history.replaceState(route, "");
  else history.pushState(route, "");
  show(route);
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

/** Follows back and forward, and comes back to the same place after a reload. */
export function followHistory(): void {
  addEventListener("popstate", (event) => {
    if (isRoute(event.state)) show(event.state);
  });
  if (isRoute(history.state)) show(history.state);
  else history.replaceState({ view: "welcome", params: {} }, "");
}
