import { EFFECTS } from "../reasons.ts";
import { type Said, say } from "../sentences.ts";

export type EffectReason = Said<typeof EFFECTS>;

/** One thing in the picture, and what happens to it. */
export interface Effect {
  kind: "namespace" | "container" | "process" | "pod" | "address";
  /** namespaceId (of an address too), container id, processId or pod key. */
  id: string;
  label: string;
  why: EffectReason;
}

export const effectWords = ({ why }: Effect): string => say(EFFECTS, why);
