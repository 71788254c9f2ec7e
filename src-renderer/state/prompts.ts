import { create } from "zustand";
import type { Ask } from "../../src-shared/api.ts";
import { attempt } from "./client.ts";

/** Questions that the Inspector waits for; the first is on screen. */
export const useAsks = create<{ asks: Ask[] }>(() => ({ asks: [] }));

export function addAsk(ask: Ask): void {
  useAsks.setState(({ asks }) => ({ asks: [...asks.filter((other) => other.askId !== ask.askId), ask] }));
}

export function removeAsk(askId: string): void {
  useAsks.setState(({ asks }) => ({ asks: asks.filter((ask) => ask.askId !== askId) }));
}

/** null = the person cancelled. */
export function answerAsk(askId: string, answers: string[] | null): void {
  removeAsk(askId);
  void attempt("ask.answer", { askId, answers });
}
