/** What a bench gives back: figures beside their goals. Ratios are taken side by side in one run; wall times are medians. */
export interface BenchFigure {
  what: string;
  /** As printed: "0.52 × lsns -J", "14 kB", "16.6 ms". */
  figure: string;
  /** As performance goals word it: "≤ 0.6 × lsns -J"; absent for what is only reported. */
  goal?: string;
  /** Whether the goal is met; absent without a goal. */
  ok?: boolean;
}

export interface BenchTable {
  title: string;
  figures: BenchFigure[];
  notes?: string[];
}

export function printTable({ title, figures, notes }: BenchTable): string {
  const widths = [0, 1, 2].map((at) =>
    Math.max(...figures.map(({ what, figure, goal }) => ([what, figure, goal ?? ""][at] ?? "").length), 4),
  );
  const line = (cells: string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  const verdict = (ok: boolean | undefined): string => (ok === undefined ? "" : ok ? "met" : "MISSED");
  return [
    title,
    line(["what", "figure", "goal", ""]),
    ...figures.map(({ what, figure, goal, ok }) => line([what, figure, goal ?? "", verdict(ok)])),
    ...(notes ?? []).map((note) => `  ${note}`),
  ].join("\n");
}
