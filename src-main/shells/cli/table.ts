/** Columns for a terminal. Every cell came from a node and is made inert before it is printed. */
import { inert, inertPath } from "../../../src-shared/format.ts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => string | number | undefined;
  right?: boolean;
  /** Longest cell shown (characters). */
  max?: number;
  /** Where a longer one is cut; in the middle what tells paths apart, their end, stays. */
  cut?: "end" | "middle";
}

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) =>
    columns.map(({ cell, max = 60, cut }) => (cut === "middle" ? inertPath : inert)(String(cell(row) ?? "–"), max)),
  );
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (columns[at]?.right ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)].join("\n");
}
