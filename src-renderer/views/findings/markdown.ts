import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { Finding } from "../../../src-shared/reports.ts";

/** Nothing that a node said may become a heading, a link or a mention in the channel that it is pasted into. */
const plain = (text: string, most: number): string => inert(text, most).replace(/[\\`*_{}[\]()#!|<>@~]/g, "\\$&");
/** Inside a fence: no fence of its own. */
const code = (text: string): string => inert(text, 400).replaceAll("`", "'");

/** A finding as one would tell it in an incident's channel: what, where, when, why, what next, and how to see it. */
export function findingMarkdown(
  finding: Finding,
  label: string,
  snapshot: Snapshot,
  commands: readonly string[],
): string {
  return [
    `**${plain(finding.severity, 20)}: ${plain(finding.title, 300)}**`,
    `${plain(finding.where, 300)} on ${plain(label, 100)}, read ${snapshot.takenAt}`,
    "",
    plain(finding.why, 1200),
    "",
    `Next: ${plain(finding.todo, 1200)}`,
    "",
    "```",
    ...finding.evidence.slice(0, 20).map(code),
    ...commands.map((command) => `$ ${code(command)}`),
    "```",
    ...(finding.link ? [finding.link] : []),
  ].join("\n");
}
