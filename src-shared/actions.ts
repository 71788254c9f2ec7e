/** What may be done to a pod: src-main/actions/ has a folder of each. */
export const ACTIONS = ["pin", "unpin", "drop", "restore"] as const;
export type ActionName = (typeof ACTIONS)[number];

export interface Plan {
  schema: "podglass.plan/1";
  action: ActionName;
  node: string;
  pod: string;
  checks: { name: string; ok: boolean; detail: string }[];
  effects: string[];
  steps: { title: string; command: string; undo?: string }[];
}

export interface Outcome {
  schema: "podglass.outcome/1";
  journalId: string;
  done: boolean;
  rolledBack: boolean;
  steps: { title: string; ok: boolean; detail: string }[];
  verified: { name: string; ok: boolean; detail: string }[];
}
