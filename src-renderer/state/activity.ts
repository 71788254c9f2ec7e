import { create } from "zustand";
import type { ApiEvent } from "../../src-shared/api.ts";

type StepEvent = Extract<ApiEvent, { type: "step" }>;
type BenchEvent = Extract<ApiEvent, { type: "bench" }>;

/** What runs on a node just now on a person's word: an action's steps, a benchmark's rounds. By node. */
export interface Activity {
  steps: Record<string, StepEvent[]>;
  benches: Record<string, BenchEvent>;
  tell: (event: StepEvent | BenchEvent) => void;
  clearSteps: (nodeId: string) => void;
}

export const useActivity = create<Activity>((set) => ({
  steps: {},
  benches: {},
  tell: (event) =>
    set(({ steps, benches }) => {
      if (event.type === "bench") return { benches: { ...benches, [event.nodeId]: event } };
      const before = steps[event.nodeId] ?? [];
      const running = before.at(-1);
      // A step is told when it starts (ok: null) and again when it ended: the end takes the start's place.
      const list =
        running?.ok === null && running.title === event.title ? [...before.slice(0, -1), event] : [...before, event];
      return { steps: { ...steps, [event.nodeId]: list } };
    }),
  clearSteps: (nodeId) => set(({ steps }) => ({ steps: { ...steps, [nodeId]: [] } })),
}));
