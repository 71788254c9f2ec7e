import { inert } from "../../src-shared/format.ts";
import type { Pod } from "../../src-shared/model.ts";
import type { OpenOptions } from "../../src-shared/requests.ts";
import { copyText } from "../ui/copy.ts";
import { attempt } from "./client.ts";
import { linkText, parseLink } from "./link.ts";
import { useNodes } from "./nodes.ts";
import { notify } from "./notices.ts";
import { go, goToNode, useRoute } from "./route.ts";
import { useSelection } from "./selection.ts";

/** Setting that holds the targets of the nodes that were open last. */
export const OPEN_NODES = "nodes.open";

/** Opens what was open last time; each shows its own progress. */
export async function openAgain(targets: readonly string[]): Promise<void> {
  const opened = await Promise.all(
    targets.map((target, i) => attempt("node.open", { target, options: { resting: i > 0 } })),
  );
  const first = opened.find((one) => one !== undefined);
  if (first) goToNode(first.nodeId);
}

/** Opens a target and goes to its pods; connecting shows there. */
export async function openTarget(target: string, options?: OpenOptions): Promise<string | undefined> {
  const opened = await attempt("node.open", options ? { target, options } : { target });
  if (opened) goToNode(opened.nodeId);
  return opened?.nodeId;
}

/** A pod of the demo node, with the tour of its page: of those that have pause the one that shares most, with most containers. */
export async function openTour(): Promise<void> {
  const nodeId = await openTarget("demo");
  if (nodeId === undefined) return;
  const begin = (): boolean => {
    // Who has gone elsewhere meanwhile is left there.
    if (useRoute.getState().nodeId !== nodeId) return true;
    const pods = useNodes.getState().open[nodeId]?.snapshot?.pods;
    if (pods === undefined) return false;
    const telling = ({ namespaces, containers }: Pod) => Object.keys(namespaces).length * 10 + containers.length;
    const [pod] = pods
      .filter(({ sandbox, host }) => sandbox.state === "process" && !host.includes("net"))
      .sort((a, b) => telling(b) - telling(a));
    if (pod) go("pod", { nodeId, params: { pod: pod.key, tour: "1" } });
    return true;
  };
  if (begin()) return;
  const unwatch = useNodes.subscribe(() => {
    if (begin()) unwatch();
  });
}

/**
 * Goes where a link leads. A link may come from anybody: a node that is not open here is opened only when a person says
 * so. False: the text is no link.
 */
export function openLink(text: string): boolean {
  const link = parseLink(text);
  if (link === undefined) return false;
  const { target, view, params } = link;
  if (target === undefined) {
    go(view, { params });
    return true;
  }
  const { order, open } = useNodes.getState();
  const nodeId = order.find((id) => open[id]?.state.target === target);
  if (nodeId !== undefined) go(view, { nodeId, params });
  else
    notify({
      tone: "info",
      text: `The link leads to ${inert(target, 120)}, which is not open here.`,
      offers: [
        {
          words: `Open ${inert(target, 40)}`,
          run: () =>
            void attempt("node.open", { target }).then(
              (opened) => opened && go(view, { nodeId: opened.nodeId, params }),
            ),
        },
      ],
    });
  return true;
}

/** A link to what is on the screen, with what is selected there. */
export function copyLink(): void {
  const { view, nodeId, params } = useRoute.getState();
  const { selected } = useSelection.getState();
  const kept: Record<string, string> =
    selected === undefined ? {} : view === "pod" ? { if: selected } : view === "picture" ? { at: selected } : {};
  const target = nodeId && useNodes.getState().open[nodeId]?.state.target;
  void copyText(linkText({ ...(target && { target }), view, params: { ...params, ...kept } }), "a link to this page");
}

export async function openFile(): Promise<void> {
  const opened = await attempt("file.open", {});
  if (opened) goToNode(opened.nodeId);
}

export const closeNode = (nodeId: string): void => void attempt("node.close", { nodeId });
