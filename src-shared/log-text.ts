/** The log as text, as it is copied into a bug report. */
import type { LogEntry } from "./api.ts";

/** "node-1  10:42:07  a quick reading  done ×57, 61 ms (longest 92 ms)" */
export function logText(lines: readonly LogEntry[], { redact, head }: { redact: boolean; head: string }): string {
  const names = [...new Set(lines.map(({ target }) => target))];
  const hidden = names.map((name, i) => ({ as: `node-${i + 1}`, words: wordsOf(name) }));
  const rows = lines.map((line) => {
    const { as = "", words = [] } = hidden[names.indexOf(line.target)] ?? {};
    const node = redact ? as : line.target;
    const what = redact ? without(line.what, words, as) : line.what;
    return `${new Date(line.lastMs).toISOString()}  ${node}  ${what}  ${endingOf(line)}`;
  });
  return `${[head, ...rows].join("\n")}\n`;
}

/** How a line of the log went: "done, 61 ms", "ended with 4 after 20 ms", "×57, 61 ms (longest 92 ms)". */
export function endingOf({ state, status, ms, longestMs, times }: LogEntry): string {
  if (state === "begins") return "running";
  const often = times > 1 ? `×${times.toLocaleString("en")}` : "";
  const took =
    ms === undefined ? "" : times > 1 && longestMs !== ms ? `${ms} ms (longest ${longestMs} ms)` : `${ms} ms`;
  const end =
    state === "failed" ? (status === undefined ? "failed" : `ended with ${status}`) : state === "done" ? "done" : "";
  return [end, often, took].filter(Boolean).join(", ");
}

/** What of a target's name may stand in a sentence: it, its user, its host. Longest first. */
function wordsOf(target: string): string[] {
  const bare = target.replace(/^[a-z]+:(\/\/)?/, "").replace(/\?.*$/, "");
  const [user, host] = bare.includes("@")
    ? [bare.slice(0, bare.lastIndexOf("@")), bare.slice(bare.lastIndexOf("@") + 1)]
    : ["", bare];
  return [target, bare, user, host, host.replace(/:\d+$/, "")]
    .filter((word) => word.length > 1 && !OURS.has(word))
    .sort((a, b) => b.length - a.length);
}

const OURS = new Set(["demo", "local", "root"]);
const ADDRESS = /\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(:[0-9a-f]{0,4}){2,7}\b/gi;
const PATH = /(?<![\w/])~?\/(?:[^\s"':,()]+\/)*[^\s"':,()]+/g;
const PERSON = /[\w.-]+@(?=[\w.-])/g;

const without = (text: string, words: readonly string[], as: string): string =>
  words
    .reduce((so, word) => so.replaceAll(word, as), text)
    .replace(PERSON, "user@")
    .replace(ADDRESS, "ADDRESS")
    .replace(PATH, "/PATH");
