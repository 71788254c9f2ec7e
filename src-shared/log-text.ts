/** The log as text, as it is copied into a bug report. */
import type { LogEntry } from "./api.ts";

/** "node-1  10:42:07  a quick reading  done ×57, 61 ms (longest 92 ms)" */
export function logText(lines: readonly LogEntry[], { redact, head }: { redact: boolean; head: string }): string {
  const names = [...new Set(lines.map(({ target }) => target))];
  const hidden = names.map((name, i) => ({ as: `node-${i + 1}`, words: wordsOf(name) }));
  const rows = lines.map((line) => {
    const { as = "", words = [] } = hidden[names.indexOf(line.target)] ?? {};
    const node = redact ? as : line.target;
    const what = redact ? without(line.what, [{ as, words }, ...hidden]) : line.what;
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

const FINGERPRINT = /\bSHA256:[\w+/=]+/g;
/** A host on the way, of which no target speaks. A version ("4.3.1") has no letter at its end. */
const DOTTED = /\b[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*\b/gi;
/** Where our own sentences name a machine or a user in one word (ssh/, targets/). */
const HOST_AFTER =
  /\b(connecting to|logging in to|checking the host key of|through|via|about|the pod on|sudo on) (?!node-\d|HOST\b)[^\s,:;]+/g;
const USER_AFTER = /(\S as|\bthe login of|\blets|\ballow) (?!root\b)[\w.-]+(?=[.,:;]?$|[.,:;]? do| to use| with)/g;

/** Every name that is known is hidden in every line: a node's sentence may tell of the one before it. */
const without = (text: string, names: readonly { as: string; words: readonly string[] }[]): string =>
  names
    .flatMap(({ as, words }) => words.map((word) => ({ as, word })))
    .reduce((so, { as, word }) => so.replaceAll(word, as), text)
    .replace(FINGERPRINT, "FINGERPRINT")
    .replace(PERSON, "user@")
    .replace(ADDRESS, "ADDRESS")
    .replace(PATH, "/PATH")
    .replace(DOTTED, "HOST")
    .replace(HOST_AFTER, "$1 HOST")
    .replace(USER_AFTER, "$1 USER");
