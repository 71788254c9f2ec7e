/** What a process would be allowed in a namespace, and whether it could enter it: the rule of capable.ts, type by type. */
import { count } from "../format.ts";
import { lookup } from "../lookup.ts";
import {
  type Namespace,
  type NamespaceType,
  namespaceId,
  type Process,
  type Snapshot,
  type Verdict,
} from "../model.ts";
import type { Capability } from "./capabilities.ts";
import { type Ground, hasCapability, type Power, powerIn } from "./capable.ts";

/** Why it could enter or could not: setns(2), and the `install` of each type in the kernel's source. */
type Entering =
  | { code: "allowed" }
  /** A capability that it lacks, in the user namespace that owns the target or in its own. */
  | { code: "lacks"; capability: Capability; where: "target" | "own" }
  /** A user namespace that it is in already cannot be entered again: that would give back what was dropped. */
  | { code: "in-it" }
  /** A PID namespace that is neither its own nor below it (pid_namespaces(7)). */
  | { code: "not-below" }
  /** Threads share a user namespace and a time namespace: with several, none can be entered. */
  | { code: "threads"; count: number }
  | { code: "ended" }
  /** Capabilities allow it; a filter or a label stands before the call, and what those let pass cannot be read. */
  | { code: "filter" }
  | { code: "label"; label: string }
  | { code: "not-known"; ground: Ground }
  | { code: "pid-chain" };

export interface Allowed {
  type: NamespaceType;
  inode: number;
  /** The user namespace whose capabilities count there: a user namespace's own, of the others their owner. */
  owner?: number;
  /** What the process has there; undefined: not known. */
  capabilities: Power["has"];
  ground: Ground;
  /** Could it enter, with an open file of the namespace in its hand. */
  enter: Verdict;
  why: Entering;
}

export function allowedIn(snapshot: Snapshot, process: Process, namespace: Namespace): Allowed {
  const find = lookup(snapshot);
  const { type, inode } = namespace;
  const owner = type === "user" ? inode : namespace.owner;
  const power = powerIn(find, process, owner);
  const why = entering(snapshot, process, namespace, power);
  return {
    type,
    inode,
    ...(owner === undefined ? {} : { owner }),
    capabilities: power.has,
    ground: power.ground,
    enter: verdictOf(why),
    why,
  };
}

const verdictOf = ({ code }: Entering): Verdict =>
  code === "allowed"
    ? "yes"
    : code === "filter" || code === "label" || code === "not-known" || code === "pid-chain"
      ? "unknown"
      : "no";

/** A refusal that is certain stands before what is not known. */
function entering(snapshot: Snapshot, process: Process, namespace: Namespace, target: Power): Entering {
  const find = lookup(snapshot);
  const { type, inode } = namespace;
  if (/[ZX]/.test(process.state) && process.threads === undefined) return { code: "ended" };
  if (type === "user" && process.namespaces.user === inode) return { code: "in-it" };
  if ((type === "user" || type === "time") && (process.threads ?? 1) > 1)
    return { code: "threads", count: process.threads ?? 1 };
  const below = type === "pid" ? isBelow(snapshot, inode, process.namespaces.pid) : "yes";
  if (below === "no") return { code: "not-below" };
  const own = powerIn(find, process, process.namespaces.user);
  const needs: [Capability, "target" | "own"][] =
    type === "user"
      ? [["SYS_ADMIN", "target"]]
      : type === "mnt"
        ? [
            ["SYS_ADMIN", "target"],
            ["SYS_CHROOT", "own"],
            ["SYS_ADMIN", "own"],
          ]
        : [
            ["SYS_ADMIN", "target"],
            ["SYS_ADMIN", "own"],
          ];
  const answers = needs.map(([capability, where]) => {
    const power = where === "own" ? own : target;
    return { capability, where, power, has: hasCapability(power, capability) };
  });
  const lacking = answers.find(({ has }) => has === "no");
  if (lacking) return { code: "lacks", capability: lacking.capability, where: lacking.where };
  const open = answers.find(({ has }) => has === "unknown");
  if (open) return { code: "not-known", ground: open.power.ground };
  if (below === "unknown") return { code: "pid-chain" };
  const { seccomp, label } = process.security ?? {};
  if (seccomp !== undefined && seccomp !== 0) return { code: "filter" };
  if (label !== undefined && !/^unconfined/.test(label)) return { code: "label", label };
  return { code: "allowed" };
}

/** Whether a PID namespace is `own` or below it. */
function isBelow(snapshot: Snapshot, inode: number, own: number | undefined): Verdict {
  const find = lookup(snapshot);
  if (own === undefined) return "unknown";
  let at: number | undefined = inode;
  for (let level = 0; level < 33 && at !== undefined; level++) {
    if (at === own) return "yes";
    const space: Namespace | undefined = find.namespace("pid", at);
    if (space?.initial) return "no";
    at = space?.parent;
  }
  return "unknown";
}

/** In the node's order, each of its namespaces. */
export const allowedEverywhere = (snapshot: Snapshot, process: Process): Allowed[] =>
  snapshot.namespaces.map((namespace) => allowedIn(snapshot, process, namespace));

/** "all", "none", or by name; undefined: not known. */
export function powerWords({ capabilities }: Allowed): string {
  if (capabilities === undefined) return "not known";
  if (capabilities === "all") return "all";
  return capabilities.length === 0 ? "none" : capabilities.join(", ");
}

export function groundSentence(ground: Ground): string {
  switch (ground.code) {
    case "there":
      return "it is in the user namespace that counts there: what it holds is what it may do";
    case "above":
      return "it is in a user namespace above the one that counts there: what it holds reaches down";
    case "made":
      return `user:[${ground.namespace}] was made by uid ${ground.uid} right below its own user namespace, and it runs as that uid`;
    case "outside":
      return "it is neither in the user namespace that counts there nor above it";
    case "chain":
      return ground.namespace === undefined
        ? "which user namespace owns it was not read"
        : `what is above user:[${ground.namespace}] was not read`;
    case "maker":
      return `who made user:[${ground.namespace}] was not read`;
    case "unread":
      return ground.what === "user" ? "its user namespace was not read" : "its capabilities were not read";
  }
}

export function enterSentence(why: Entering): string {
  switch (why.code) {
    case "allowed":
      return "it could enter, with an open file of it";
    case "lacks":
      return `it could not enter: it lacks CAP_${why.capability} ${why.where === "own" ? "in its own user namespace" : "there"}`;
    case "in-it":
      return "it is in it, and a user namespace is not entered twice";
    case "not-below":
      return "it could not enter: a process enters its own PID namespace and those below, never one above or beside";
    case "threads":
      return `it could not enter: it has ${count(why.count, "thread")}, and they share one`;
    case "ended":
      return "it has ended";
    case "filter":
      return "not known: capabilities allow it, and a seccomp filter stands before the call";
    case "label":
      return `not known: capabilities allow it, and ${why.label} may refuse it`;
    case "not-known":
      return `not known: ${groundSentence(why.ground)}`;
    case "pid-chain":
      return "not known: which PID namespace is above it was not read";
  }
}

/** Both, the second where the first has not said it. */
export const whySentence = ({ why, ground }: Allowed): string =>
  why.code === "not-known" && why.ground.code === ground.code
    ? enterSentence(why)
    : `${enterSentence(why)}; ${groundSentence(ground)}`;

/** What a person types for a namespace: "net:[4026531840]", "net:4026531840", or an inode alone. */
export function findNamespace({ namespaces }: Snapshot, text: string): Namespace | undefined {
  const bare = text.replace(/[[\]]/g, "");
  return namespaces.find((one) => namespaceId(one) === bare || String(one.inode) === bare);
}
