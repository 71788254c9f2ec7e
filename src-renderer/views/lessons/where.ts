import { useEffect } from "react";
import { podNamed } from "../../../src-shared/lessons/find.ts";
import type { Lesson, Step } from "../../../src-shared/lessons/lesson.ts";
import { attempt, request } from "../../state/client.ts";
import { useNodes } from "../../state/nodes.ts";
import { isText, useSetting } from "../../state/settings.ts";

/** The demo node is opened for lessons under its scene's name, so that a demo node one looks at stays as it is. */
const demoTarget = (lesson: Lesson, step: Step): string => `demo:${step.scene ?? lesson.scene}`;

export interface Where {
  /** "demo", or the target of an open node where one is root. */
  chosen: string;
  choose: (target: string) => void;
  target: string;
  nodeId: string | undefined;
  /** Whether this step is played on a real node. */
  real: boolean;
  /** Open nodes on whose lab the lesson can be played. */
  labs: { target: string; label: string }[];
}

/** On which node a step is played; opens the demo node when that is the one. */
export function useWhere(lesson: Lesson, step: Step): Where {
  const [chosen, choose] = useSetting("lessons.where", "demo", isText);
  const { open, order } = useNodes();
  const nodes = order.flatMap((id) => open[id] ?? []);
  const labs = lesson.runs.includes("lab")
    ? nodes
        .filter(
          ({ state, snapshot }) =>
            state.kind !== "demo" &&
            state.kind !== "file" &&
            state.actions &&
            !state.readOnly &&
            snapshot?.node.privilege !== "user",
        )
        .map(({ state }) => ({ target: state.target, label: state.label }))
    : [];
  const known = labs.some(({ target }) => target === chosen);
  const real = known && step.demoOnly === undefined;
  const target = real ? chosen : demoTarget(lesson, step);
  const nodeId = nodes.find(({ state }) => state.target === target)?.state.nodeId;
  useEffect(() => {
    if (nodeId === undefined && !real) void attempt("node.open", { target });
  }, [nodeId, real, target]);
  return { chosen: known ? chosen : "demo", choose, target, nodeId, real, labs };
}

/** A fresh start: another demo node, or the lab without the pods that the lesson makes. */
export async function afresh(lesson: Lesson, where: Where): Promise<void> {
  const { order, open } = useNodes.getState();
  const scenes = new Set(lesson.steps.map((step) => demoTarget(lesson, step)));
  for (const id of order) if (scenes.has(open[id]?.state.target ?? "")) await attempt("node.close", { nodeId: id });
  if (where.chosen === "demo") return;
  const node = Object.values(open).find(({ state }) => state.target === where.chosen);
  for (const step of lesson.steps)
    for (const operation of step.operations)
      if (operation.kind === "make" && node?.snapshot && podNamed(node.snapshot, operation.options.name))
        await request("lab.down", { nodeId: node.state.nodeId, name: operation.options.name });
}
