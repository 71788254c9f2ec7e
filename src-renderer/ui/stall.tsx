import type { Stall } from "../../src-shared/cgroups/stall.ts";
import { percent } from "../../src-shared/format.ts";
import { pressureLevel } from "../drawing/node/measure.ts";

export const STALL_TITLE =
  "The worst of memory, io and cpu: share of the last 10 seconds in which some task waited for it (PSI)";

/** "io 34 %"; nothing is named where nothing waits. */
export function StallMark({ stall }: { stall: Stall | undefined }) {
  if (stall === undefined) return "–";
  if (stall.percent === 0) return "0 %";
  const level = pressureLevel(stall.percent);
  return (
    <span className={level === "hot" ? "bad" : level === "warm" ? "warn" : undefined}>
      <span className="dim">{stall.what}</span> {percent(stall.percent / 100)}
    </span>
  );
}
