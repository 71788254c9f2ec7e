import { useEffect } from "react";
import { troubleOn } from "../state/derived.ts";
import { useNodes } from "../state/nodes.ts";
import { useRoute } from "../state/route.ts";
import { viewOf } from "../views/registry.ts";

/** "(3) node-a · Pods": a window behind others still says how many critical findings its nodes have. */
export function useWindowTitle(): void {
  const { view, nodeId } = useRoute();
  const critical = useNodes(({ open }) =>
    Object.values(open).reduce((sum, node) => sum + (troubleOn(node)?.critical ?? 0), 0),
  );
  const label = useNodes(({ open }) => (nodeId === undefined ? undefined : open[nodeId]?.state.label));
  const title = [label, viewOf(view)?.title, "Podglass"].filter((part) => part !== undefined).join(" · ");
  useEffect(() => {
    document.title = critical > 0 ? `(${critical}) ${title}` : title;
  }, [critical, title]);
}
