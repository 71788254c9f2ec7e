import type { OpenOptions } from "../../src-shared/api.ts";
import { attempt } from "./client.ts";
import { go } from "./route.ts";

/** Setting that holds the targets of the nodes that were open last. */
export const OPEN_NODES = "nodes.open";

/** Opens what was open last time; each shows its own progress. */
export async function openAgain(targets: readonly string[]): Promise<void> {
  const opened = await Promise.all(
    targets.map((target, i) => attempt("node.open", { target, options: { resting: i > 0 } })),
  );
  const first = opened.find((one) => one !== undefined);
  if (first) go("pods", { nodeId: first.nodeId });
}

/** Opens a target and goes to its pods; connecting shows there. */
export async function openTarget(target: string, options?: OpenOptions): Promise<string | undefined> {
  const opened = await attempt("node.open", options ? { target, options } : { target });
  if (opened) go("pods", { nodeId: opened.nodeId });
  return opened?.nodeId;
}

export async function openFile(): Promise<void> {
  const opened = await attempt("file.open", {});
  if (opened) go("pods", { nodeId: opened.nodeId });
}

export const closeNode = (nodeId: string): void => void attempt("node.close", { nodeId });
