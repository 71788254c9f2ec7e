/** Data to stdout, one document a line where it is JSON; gaps to stderr. */
import { inert, jsonLine } from "../../../src-shared/format.ts";
import { gapLines } from "../../../src-shared/gap-lines.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { say } from "./terminal.ts";

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
export const printJson = (value: unknown): void => print(jsonLine(value));

/** Gaps are shown, never hidden: on stderr, so that data stays data. */
export function sayGaps({ gaps }: Snapshot, node?: string): void {
  const whose = node === undefined ? "" : `${inert(node, 100)}: `;
  for (const { text, mend } of gapLines(gaps))
    say(inert(`${whose}gap: ${text}${mend === undefined ? "" : `; ${mend}`}`, 400));
}
