/** Tells the Inspector at which nodes this window looks: of the others a summary is kept. */
import { LOOK_MS } from "../../src-shared/requests.ts";
import { request } from "./client.ts";
import { type Nodes, useNodes } from "./nodes.ts";
import { type Route, useRoute } from "./route.ts";
import { useSettings } from "./settings.ts";

/** The node of the page, both sides of a comparison, and where a lesson is played. Pure. */
export function lookedAt(
  { view, nodeId, params }: Route,
  { open, order }: Pick<Nodes, "open" | "order">,
  lessonOn: unknown,
): string[] {
  const sides = view === "compare" ? [params.left, params.right].map((side) => side?.split(" ")[0]) : [];
  const played =
    view === "lessons"
      ? order.filter((id) => open[id]?.state.kind === "demo" || open[id]?.state.target === lessonOn)
      : [];
  return [...new Set([nodeId, ...sides, ...played])].filter(
    (id) => id !== undefined && open[id] !== undefined,
  ) as string[];
}

/** Says it when it changes, and now and then while it does not. */
export function sayWhereOneLooks(): void {
  let said = "";
  const say = (again: boolean) => {
    if (document.hidden && again) return;
    const nodeIds = lookedAt(useRoute.getState(), useNodes.getState(), useSettings.getState().values["lessons.where"]);
    const now = nodeIds.join(" ");
    if (nodeIds.length === 0 || (now === said && !again)) return;
    said = now;
    // A shell that goes just now hears the next one.
    request("node.look", { nodeIds }).catch(() => {});
  };
  useRoute.subscribe(() => say(false));
  useNodes.subscribe((now, before) => now.order !== before.order && say(false));
  setInterval(() => say(true), LOOK_MS);
  document.addEventListener("visibilitychange", () => say(true));
  say(false);
}
