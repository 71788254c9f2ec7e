/**
 * For tests: all that is said of a node, by findings, readiness and what-if, as statements about subjects; and which two of
 * them contradict each other. What a statement says is read from its own words, as a person reads it.
 */
import { findings } from "../../src-shared/findings/findings.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import { type HolderRef, type WhatIf, whatIf } from "../../src-shared/questions/what-if.ts";
import type { Finding, Severity } from "../../src-shared/reports.ts";

export interface Statement {
  /** "finding dead-sandbox", "readiness", "what if pause goes". */
  who: string;
  /** What it is about, from the widest to the narrowest thing that it names. */
  about: string[];
  words: string;
  severity?: Severity;
  says: Said[];
}

/** What a person is told to do, by a finding's `todo`. */
const ADVICE = {
  leave: /^Nothing(?! urgent)/,
  restart: /\b[Rr]estart (it|this container|the (container|parent|process|joiner)s?)\b|docker restart/,
  "restart the parent": /restart the parent/,
  "never restart": /[Dd]o not (re)?start|could not be started again|cannot come back/,
  raise: /\b[Rr]aise the (memory |cpu )?limit/,
  lower: /\b[Ll]ower this limit/,
  keep: /keep it in/,
  remove: /\bRemove the pod\b/,
  anew: /\b(pod|it) (to be made )?anew\b/,
  unpin: /unpin takes the pins away|umount each path/,
} as const;
/** What readiness and what-if say, by their words. */
const ANSWERS = {
  /** A stand-in may go where the pod is lost already, and is said to be. */
  "pause can go": /^yes: (?!.*with the stand-in or without it)/,
  "pause cannot go": /^no: /,
  kills: /(is|are) killed with it/,
  "frees nothing": /nothing that is shared is freed/,
  "loses its address": /is taken away all the same/,
  "is not known": /is not known/,
  "comes back": /all of it can be started again/,
  "comes back no more": /could not be started again/,
  "would kill": /would be killed with it|every container ends with it/,
} as const;
type Said = keyof typeof ADVICE | keyof typeof ANSWERS;

const saidIn = (table: Record<string, RegExp>, words: string): Said[] =>
  (Object.keys(table) as Said[]).filter((name) => table[name]!.test(words));

const OPPOSITE: [Said, Said][] = [
  ["leave", "restart"],
  ["leave", "never restart"],
  ["leave", "remove"],
  ["restart", "never restart"],
  ["raise", "lower"],
  ["keep", "remove"],
  // A pod that has to be made anew is none whose pause could go.
  ["pause can go", "anew"],
  ["pause can go", "remove"],
  ["pause can go", "unpin"],
  ["pause can go", "never restart"],
  ["pause can go", "kills"],
  ["pause can go", "loses its address"],
  ["pause can go", "is not known"],
  ["would kill", "frees nothing"],
  // What is told to be restarted has to come back, and what is told not to be started does not.
  ["restart", "comes back no more"],
  ["never restart", "comes back"],
  // A restart of a parent, and taking pins away, take nothing else along.
  ["restart the parent", "kills"],
  ["unpin", "kills"],
  ["unpin", "comes back no more"],
];

const subjects = ({ at = {} }: Finding): string[] => [
  ...(at.podKey === undefined ? [] : [`pod ${at.podKey}`]),
  ...(at.containerId === undefined ? [] : [`container ${at.containerId}`]),
  ...(at.cgroupPath === undefined ? [] : [`cgroup ${at.cgroupPath}`]),
  ...(at.namespace === undefined ? [] : [`${at.namespace.type}:[${at.namespace.inode}]`]),
  ...(at.pid === undefined ? [] : [`pid ${at.pid}`]),
];

export const ofFinding = (finding: Finding): Statement => ({
  who: `finding ${finding.rule}`,
  about: subjects(finding),
  words: finding.todo,
  severity: finding.severity,
  says: saidIn(ADVICE, finding.todo),
});

export const ofAnswer = (who: string, about: string[], words: string): Statement => ({
  who,
  about,
  words,
  says: saidIn(ANSWERS, words),
});

/** What ends here besides what goes is "killed with it", also where it is named another way. */
const wordsOf = ({ sentence, dies }: WhatIf, narrowest: string): string => {
  const along = dies.filter(({ kind, id, why }) => kind === "container" && why.code !== "ends" && id !== narrowest);
  return along.length > 0 ? `${along.map(({ label }) => label).join(", ")} is killed with it: ${sentence}` : sentence;
};

const hasReasons = (snapshot: Snapshot, key: string): boolean =>
  snapshot.pods.find((pod) => pod.key === key)?.sandbox.reasons !== undefined;

export function statementsOf(snapshot: Snapshot, previous?: Snapshot): Statement[] {
  const found = findings(snapshot, previous);
  const ask = (who: string, about: string[], holder: HolderRef, narrowest = "") =>
    ofAnswer(who, about, wordsOf(whatIf(snapshot, holder), narrowest));
  return [
    ...found.map(ofFinding),
    // A recording of an older Podglass has no reasons as data, and cannot be asked whether a stand-in holds the pod.
    ...readiness(snapshot)
      .pods.filter(({ key }) => hasReasons(snapshot, key))
      .map(({ key, verdict, reasons }) => ofAnswer("readiness", [`pod ${key}`], `${verdict}: ${reasons.join("; ")}`)),
    ...snapshot.pods
      .filter(({ sandbox }) => sandbox.pid !== undefined)
      .map(({ key }) => ask("what if pause goes", [`pod ${key}`], { kind: "sandbox", podKey: key })),
    // What is found at one thing is held against what follows where that thing goes.
    ...snapshot.containers
      .filter(({ kind, pid }) => kind !== "sandbox" && pid !== null)
      .map(({ id }) => ask("what if it goes", [`container ${id}`], { kind: "container", id }, id)),
    ...[...new Set(found.flatMap(({ at }) => at?.pid ?? []))]
      .filter((pid) => snapshot.processes.some((one) => one.pid === pid))
      .map((pid) => ask("what if it goes", [`pid ${pid}`], { kind: "process", pid })),
    ...found
      .flatMap(({ at }) => (at?.namespace ? [at.namespace] : []))
      .filter(
        ({ type, inode }) => snapshot.namespaces.find((one) => one.type === type && one.inode === inode)?.pins.length,
      )
      .map(({ type, inode }) => ask("what if its pins go", [`${type}:[${inode}]`], { kind: "pin", type, inode })),
  ];
}

const kindOf = ({ words, who }: Statement): string | undefined =>
  /memory|cpu|pids/.exec(`${who} ${words}`)?.[0] ?? (who === "finding throttled" ? "cpu" : undefined);

/** What-if speaks of after a loss: beside a finding it counts for the very thing, and not for the whole pod. */
const isSupposed = ({ who }: Statement): boolean => who.startsWith("what if");

/** Two statements about one subject that say opposite things; or that weigh one thing differently. */
function contradict(one: Statement, other: Statement): string | undefined {
  const both = one.about.filter((it) => other.about.includes(it));
  if (both.length === 0) return undefined;
  const told = (shared: string) => `${shared}: ${one.who} says "${one.words}", ${other.who} says "${other.words}"`;
  if (one.who === other.who && one.severity !== other.severity && one.about.join() === other.about.join())
    return told(`${both[0]}, ${one.severity} and ${other.severity}`);
  const pair = OPPOSITE.find(
    ([a, b]) => (one.says.includes(a) && other.says.includes(b)) || (one.says.includes(b) && other.says.includes(a)),
  );
  if (!pair) return undefined;
  const limits = pair[0] === "raise";
  const supposed = isSupposed(one) !== isSupposed(other) && (one.severity ?? other.severity) !== undefined;
  const shared = both.find((it) => (!limits || it.startsWith("cgroup ")) && (!supposed || !it.startsWith("pod ")));
  return !shared || (limits && kindOf(one) !== kindOf(other)) ? undefined : told(shared);
}

/** One statement against itself: what has to be left alone is no warning, and a warning says what to do. */
const torn = ({ says, severity, words, who }: Statement): string[] =>
  severity !== undefined && severity !== "info" && (says.includes("leave") || words.trim() === "")
    ? [`${who} is ${severity} and says "${words}"`]
    : [];

export const contradictions = (all: readonly Statement[]): string[] =>
  all.flatMap((one, index) => [...torn(one), ...all.slice(index + 1).flatMap((other) => contradict(one, other) ?? [])]);
