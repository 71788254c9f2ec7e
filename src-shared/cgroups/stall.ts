/** Of a group's pressure what hurts most: PSI "some", the share of the last 10 s in which a task waited. */
import type { CgroupReport } from "../reports.ts";

export interface Stall {
  what: "cpu" | "mem" | "io" | "irq";
  /** 0 to 100. */
  percent: number;
}

const SHORT = { cpu: "cpu", memory: "mem", io: "io", irq: "irq" } as const;

/** undefined: no pressure was read (v1 has none). */
export function worstStall(pressure: CgroupReport["pressure"]): Stall | undefined {
  let worst: Stall | undefined;
  for (const kind of ["memory", "io", "cpu", "irq"] as const) {
    const percent = pressure?.[kind]?.some?.avg10;
    if (percent !== undefined && (worst === undefined || percent > worst.percent))
      worst = { what: SHORT[kind], percent };
  }
  return worst;
}
