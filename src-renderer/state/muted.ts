import type { Finding } from "../../src-shared/reports.ts";
import { isTexts, setSetting, useSettings } from "./settings.ts";

/** Rules that a person expects on their nodes: their findings are folded away and counted by nothing. */
export const MUTED = "findings.muted";
const NONE: readonly string[] = [];

export const mutedRules = (values: Record<string, unknown> = useSettings.getState().values): readonly string[] => {
  const value = values[MUTED];
  return isTexts(value) ? value : NONE;
};

export const useMuted = (): readonly string[] => useSettings(({ values }) => mutedRules(values));

export function mute({ rule }: Finding, on: boolean): void {
  const others = mutedRules().filter((one) => one !== rule);
  setSetting(MUTED, on ? [...others, rule] : others);
}
