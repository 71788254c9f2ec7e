/** Held against each other: what was done, and what was told. */
import type { EventKind, PodglassEvent } from "../../../src-shared/events/event.ts";
import type { Deed } from "./deeds.ts";

/** A reading a second, which takes its time on a busy machine. */
const LATE_MS = 4_000;
const EARLY_MS = 1_000;

/** What is missing, told twice, told at a wrong time, or was done by nobody. */
export function judge(deeds: readonly Deed[], told: readonly PodglassEvent[]): string[] {
  const wrong: string[] = [];
  const left = new Set(told.filter(({ kind }) => !kind.startsWith("finding-")));
  for (const { what, pod, expected, may, fromMs, toMs } of deeds) {
    const between = (kind: EventKind) =>
      [...left].filter((event) => {
        const at = Date.parse(event.at);
        return event.kind === kind && event.pod === pod && at >= fromMs - EARLY_MS && at <= toMs + LATE_MS;
      });
    for (const [kind, count] of Object.entries(expected) as [EventKind, number][]) {
      const found = between(kind);
      for (const event of found) left.delete(event);
      if (found.length !== count) wrong.push(`${what}: ${found.length} of ${kind} told between, not ${count}`);
    }
    const [seen] = may === undefined ? [] : between(may);
    if (seen !== undefined) left.delete(seen);
  }
  for (const { at, kind, text } of left) wrong.push(`nobody did it, or at another time: ${at} ${kind} ${text}`);
  const findings = told.filter(({ kind }) => kind.startsWith("finding-")).map(({ kind, text }) => `${kind} ${text}`);
  for (const one of findings)
    if (findings.indexOf(one) !== findings.lastIndexOf(one)) wrong.push(`told more than once: ${one}`);
  return wrong;
}

/** Many of a kind in one reading are one line: a report of the same readings may have them together with others, or alone. */
const partsOf = (text: string): string[] => {
  const many = /^\d+ [a-z ]+: (.*?)(; …)?$/.exec(text)?.[1];
  return many?.split("; ") ?? [text];
};

/** What a report of it leaves out. */
export function judgeReport(html: string, told: readonly PodglassEvent[]): string[] {
  const plain = html
    .replaceAll("&amp;", "&")
    .replaceAll("&#x27;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&gt;", ">");
  return told
    .flatMap(({ text }) => partsOf(text))
    .filter((text) => !plain.includes(text))
    .map((text) => `not in the report: ${text}`);
}
