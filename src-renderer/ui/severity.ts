/** How a severity is drawn and called. */
import type { Severity } from "../../src-shared/reports.ts";
import type { IconName } from "./icons.tsx";

export const SEVERITY: Record<Severity, { icon: IconName; tone: string; word: string; plural: string }> = {
  critical: { icon: "bad", tone: "bad", word: "critical", plural: "critical" },
  warning: { icon: "warn", tone: "warn", word: "warning", plural: "warnings" },
  info: { icon: "info", tone: "quiet", word: "worth knowing", plural: "worth knowing" },
};
