/**
 * What a step looks for on the node. A check is one line of a small language; it is held against two snapshots, the one
 * with which the step began and the latest, and says in words what it sees. It never asks whether a button was pressed.
 */
import { findings } from "../findings/findings.ts";
import { bytes, count } from "../format.ts";
import { lookup } from "../lookup.ts";
import { NAMESPACE_TYPES, type NamespaceType, type Pod, type Snapshot } from "../model.ts";
import { holdersOf } from "../questions/pod-report.ts";
import { mayHidePods, unread } from "../unread.ts";
import { oomKillsIn, podNamed, processNamed, sameProcess, zombiesOf } from "./find.ts";
import { bytesOf, report } from "./values.ts";

export interface Verdict {
  ok: boolean;
  /** What the node shows, as a sentence. */
  says: string;
}

export interface Check {
  /** As the teacher wrote it. */
  line: string;
  test: (start: Snapshot, now: Snapshot) => Verdict;
}

/** What a part of a form stands for; a part that is none of these is a choice of words. */
const PARTS: Record<string, { pattern: string; sound?: (text: string) => void }> = {
  POD: { pattern: "(\\S+)" },
  "POD/NAME": { pattern: "(\\S+/\\S+)" },
  "POD[/NAME]": { pattern: "(\\S+)" },
  NAME: { pattern: "(\\S+)" },
  RULE: { pattern: "([-a-z0-9]+)" },
  TYPE: { pattern: "([a-z]+)", sound: types },
  "TYPE…": { pattern: "(.+)", sound: types },
  SIZE: { pattern: "(.+)", sound: size },
  "N zombies": { pattern: "(\\d+) zombies?" },
};
const PART = /TYPE…|TYPE|POD\[\/NAME\]|POD\/NAME|POD|SIZE|N zombies|NAME|RULE|[a-z]+(?:\|[a-z]+)+/g;

const verdict = (ok: boolean, yes: string, no: string): Verdict => ({ ok, says: ok ? yes : no });

/** What was not read is neither there nor gone: a step that asks for it waits, and says for what. */
const notKnown = (what: string): Verdict => ({
  ok: false,
  says: `${what} is not known: this login could not read it. Open the node as root, or with sudo`,
});
const STATE = {
  process: "its sandbox process lives",
  dropped: "its namespaces are pinned and no sandbox process lives",
  dead: "its sandbox process has died",
  none: "it has no sandbox",
  starting: "its sandbox is being made",
} as const;

function types(text: string): NamespaceType[] {
  const list = text.trim().split(/\s+/);
  const wrong = list.find((one) => !NAMESPACE_TYPES.includes(one as NamespaceType));
  if (wrong !== undefined) throw new Error(`"${wrong}" is no namespace type`);
  return list as NamespaceType[];
}

function size(text: string): number {
  const value = bytesOf(text);
  if (value === undefined) throw new Error(`"${text}" is no size; write 64 MiB`);
  return value;
}

/** Each form, as messages and docs/lessons.md have it, and what it sees; its parts come in their order. */
const FORMS: Record<string, (now: Snapshot, start: Snapshot, ...parts: string[]) => Verdict> = {
  "pod POD exists": (now, _, pod) =>
    verdict(podNamed(now, pod) !== undefined, `${pod} is there`, `there is no pod ${pod} yet`),
  "pod POD is gone": (now, _, pod) => {
    const found = podNamed(now, pod);
    if (found === undefined && mayHidePods(now)) return notKnown(`whether ${pod} is gone`);
    return verdict(found === undefined, `${pod} is gone`, `${pod} is still there`);
  },
  "sandbox of POD is process|dropped|dead|none|starting": (now, _, pod, state) => {
    const found = podNamed(now, pod);
    if (!found) return { ok: false, says: `there is no pod ${pod}` };
    return { ok: found.sandbox.state === state, says: `${pod}: ${STATE[found.sandbox.state]}` };
  },
  "pod POD shares TYPE…": (now, _, pod, list) => {
    const wanted = types(list);
    const found = podNamed(now, pod);
    const missing = wanted.filter((type) => found?.namespaces[type] === undefined);
    if (found && missing.some((type) => found.unread?.includes(type))) return notKnown(`what ${pod} shares`);
    return verdict(
      missing.length === 0,
      `${pod} shares ${wanted.join(", ")}`,
      `${pod} does not share ${missing.join(", ")}`,
    );
  },
  "TYPE of POD is held by sandbox|container|process|pin|fd": (now, _, type, pod, holder) => {
    const by = holders(now, pod, type);
    return { ok: by.includes(holder), says: heldWords(type, pod, by) };
  },
  "TYPE of POD is not held by sandbox|container|process|pin|fd": (now, _, type, pod, holder) => {
    const by = holders(now, pod, type);
    const held = by.includes(holder);
    if (!held && hidesHolder(now, podNamed(now, pod), type as NamespaceType, holder))
      return notKnown(`whether ${type} of ${pod} is held by ${holder}`);
    return { ok: podNamed(now, pod) !== undefined && !held, says: heldWords(type, pod, by) };
  },
  "address of POD is as before": (now, start, pod) => {
    const [was, is] = [start, now].map((snapshot) => podNamed(snapshot, pod)?.ips[0]);
    return verdict(
      is !== undefined && is === was,
      `${pod} still has ${is}`,
      `${pod} has ${is ?? "no address"}, it had ${was ?? "none"}`,
    );
  },
  "TYPE of POD is as before": (now, start, type, pod) => {
    const [was, is] = [start, now].map((snapshot) => podNamed(snapshot, pod)?.namespaces[type as NamespaceType]);
    return verdict(
      is !== undefined && is === was,
      `${type} of ${pod} is still ${is}`,
      `${type} of ${pod} is ${is ?? "gone"}, it was ${was ?? "not there"}`,
    );
  },
  "POD/NAME runs": (now, _, place) => {
    const is = processNamed(now, place);
    return verdict(is !== undefined, `${place} runs as pid ${is?.pid}`, `${place} does not run`);
  },
  "POD/NAME has ended": (now, start, place) => {
    const is = processNamed(now, place);
    if (is === undefined && unread(now).processes) return notKnown(`whether ${place} has ended`);
    return verdict(
      processNamed(start, place) !== undefined && is === undefined,
      `${place} has ended`,
      `${place} runs as pid ${is?.pid ?? "…"}`,
    );
  },
  "POD/NAME is the same process as before": (now, start, place) => {
    const is = processNamed(now, place);
    return verdict(
      sameProcess(processNamed(start, place), is),
      `${place} is still pid ${is?.pid}`,
      `${place} is not the process it was`,
    );
  },
  "POD/NAME is another process than before": (now, start, place) => {
    const [was, is] = [processNamed(start, place), processNamed(now, place)];
    return verdict(
      is !== undefined && !sameProcess(was, is),
      `${place} is pid ${is?.pid} now, it was ${was?.pid ?? "none"}`,
      `${place} is pid ${is?.pid ?? "none"}, as before`,
    );
  },
  "POD has at least N zombies": (now, _, pod, least) => {
    const found = zombiesOf(now, pod).length;
    return { ok: found >= Number(least), says: `${pod} has ${count(found, "zombie")}` };
  },
  "POD has no zombie": (now, _, pod) => {
    const found = zombiesOf(now, pod).length;
    if (found === 0 && unread(now).processes) return notKnown(`whether ${pod} has a zombie`);
    return { ok: podNamed(now, pod) !== undefined && found === 0, says: `${pod} has ${count(found, "zombie")}` };
  },
  "memory of POD[/NAME] is above SIZE": (now, _, place, least) => {
    const used = report(now, place)?.usage.memoryBytes;
    return {
      ok: used !== undefined && used > size(least),
      says: used === undefined ? `${place} has no cgroup just now` : `${place} uses ${bytes(used)}`,
    };
  },
  "memory limit of POD[/NAME] is SIZE": (now, _, place, wanted) => {
    const found = report(now, place);
    if (found === undefined) return notKnown(`the memory limit of ${place}`);
    const limit = found.effective.memoryMaxBytes;
    return {
      ok: limit?.value === size(wanted),
      says: limit ? `${place} may use ${bytes(limit.value)}, set by ${limit.setBy}` : `${place} has no memory limit`,
    };
  },
  "an OOM kill happened in POD": (now, start, pod) =>
    verdict(
      oomKillsIn(now, pod) > oomKillsIn(start, pod),
      `the OOM killer ended a process in ${pod}`,
      `no OOM kill in ${pod} yet`,
    ),
  "the kernel log names NAME": (now, start, name) => {
    const told = ({ oomKills = [] }: Snapshot) => oomKills.filter(({ comm }) => comm === name).length;
    return verdict(
      told(now) > told(start),
      `the kernel log says that ${name} was killed`,
      `the kernel log does not speak of ${name} yet`,
    );
  },
  "finding RULE is there": (now, _, rule) => {
    const found = findings(now).find((one) => one.rule === rule);
    return verdict(found !== undefined, found?.title ?? "", `no finding "${rule}"`);
  },
  "POD/NAME has the TYPE namespace of POD/NAME": (now, _, a, type, b) => {
    const [x, y] = [a, b].map((place) => processNamed(now, place)?.namespaces[type as NamespaceType]);
    return verdict(
      x !== undefined && x === y,
      `both are in ${type} ${x}`,
      `${a} is in ${type} ${x ?? "…"}, ${b} in ${y ?? "…"}`,
    );
  },
};

const KNOWN = Object.entries(FORMS).map(([words, test]) => ({
  test,
  parts: words.match(PART) ?? [],
  pattern: new RegExp(`^${words.replace(PART, (part) => PARTS[part]?.pattern ?? `(${part})`)}$`),
}));

const heldWords = (type: string, pod: string, by: readonly string[]): string =>
  `${type} of ${pod} is held by ${by.length > 0 ? by.join(", ") : "nothing"}`;

function holders(snapshot: Snapshot, name: string, type: string): string[] {
  const pod = podNamed(snapshot, name);
  const namespace = snapshot.namespaces.find((one) => one.type === type && one.inode === pod?.namespaces[one.type]);
  return pod && namespace ? holdersOf(namespace, pod, lookup(snapshot)) : [];
}

/** Whether such a holder may be there and was not read. */
function hidesHolder(snapshot: Snapshot, pod: Pod | undefined, type: NamespaceType, holder: string): boolean {
  const { pins, processes, namespaces } = unread(snapshot);
  if (pod?.unread?.includes(type)) return true;
  if (holder === "pin") return pins;
  if (holder === "fd") return !snapshot.deep;
  // Which processes are the pod's is known: what one of them did not show is in the pod's own list.
  if (holder === "container" || holder === "sandbox") return processes;
  return processes || namespaces(type) > 0;
}

/** Throws Error with the forms there are. */
export function parseCheck(line: string): Check {
  for (const { test, parts, pattern } of KNOWN) {
    const found = pattern.exec(line)?.slice(1);
    if (found === undefined) continue;
    for (const [at, part] of parts.entries()) PARTS[part]?.sound?.(found[at] ?? "");
    return { line, test: (start, now) => test(now, start, ...found) };
  }
  throw new Error(`"check: ${line}" is none of: ${Object.keys(FORMS).join("; ")}`);
}

/** Whether all of a step's checks hold; an ask is answered apart. */
export const holds = (checks: readonly Check[], start: Snapshot, now: Snapshot): boolean =>
  checks.every((check) => check.test(start, now).ok);
