/** A table as text to take away: for a spreadsheet, and for a ticket. Cells may be what a node said. */
import { inert } from "./format.ts";

export interface TextTable {
  head: readonly string[];
  rows: readonly (readonly (string | number | undefined)[])[];
}

const MOST = 1000;

/**
 * RFC 4180: commas, CRLF, quotes doubled. A text that a spreadsheet would take for a formula gets an apostrophe before it
 * (OWASP, CSV injection): a pod may be named by a stranger.
 */
export function csv({ head, rows }: TextTable): string {
  const cell = (value: string | number | undefined): string => {
    if (typeof value === "number") return String(value);
    const text = inert(value ?? "", MOST);
    const safe = /^[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Nothing that a node said may become a heading, a link or a mention where it is pasted. */
const plain = (value: string | number | undefined): string =>
  inert(String(value ?? ""), MOST).replace(/[\\`*_{}[\]()#!|<>@~]/g, "\\$&");

/** As GitHub's and most trackers' Markdown have tables. */
export const markdownTable = ({ head, rows }: TextTable): string =>
  [head.map(plain), head.map(() => "---"), ...rows.map((row) => row.map(plain))]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
