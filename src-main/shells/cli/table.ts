/** Columns for a terminal. Every cell came from a node and is made inert before it is printed. */
import { inert } from "../../../src-shared/format.ts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => string | number | undefined;
  right?: boolean;
  /** Longest cell shown (characters). */
  max?: number;
}

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ cell, max }) => inert(String(cell(row) ?? "–"), max ?? 60)));
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (columns[at]?.right ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)].join("\n");
}
