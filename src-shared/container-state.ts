/** Whether a container runs. One without a first process has ended, or has not begun. */
import { isLive } from "./liveness.ts";
import { lookup } from "./lookup.ts";
import type { Container, Snapshot } from "./model.ts";

export type ContainerState = "running" | "starting" | "ended";

export function containerState(snapshot: Snapshot, { pid, pids }: Pick<Container, "pid" | "pids">): ContainerState {
  if (pid !== null) return "running";
  const find = lookup(snapshot);
  return pids.some((one) => isLive(find.process(one))) ? "starting" : "ended";
}
