/**
 * What a process may do in a namespace: its user namespace, its capabilities there, and the chain of user namespaces from
 * the one that owns the target upwards. user_namespaces(7), "Capabilities"; cap_capable() in security/commoncap.c.
 */
import type { Lookup } from "../lookup.ts";
import type { Namespace, Process, Verdict } from "../model.ts";
import { type Capability, capabilityNames, isEveryCapability } from "./capabilities.ts";

/** Why the capabilities are what they are, as data; `sentenceOf` in allowed.ts makes the words. */
export type Ground =
  /** It is in the user namespace that owns the target: its own capabilities count. */
  | { code: "there" }
  /** It is in one above: what it may do there it may do in all below. */
  | { code: "above" }
  /** It is right above one of the chain, which a process with its effective uid made. */
  | { code: "made"; namespace: number; uid: number }
  /** It is neither in that user namespace nor above it. */
  | { code: "outside" }
  /** Which user namespace owns the target, or is above one of the chain, was not read. */
  | { code: "chain"; namespace?: number }
  /** Whose a user namespace right below its own is, was not read (or is a number that stands for many). */
  | { code: "maker"; namespace: number }
  | { code: "unread"; what: "capabilities" | "user" };

/** Capabilities of a process in a namespace; undefined: not known. */
export interface Power {
  has: readonly string[] | "all" | undefined;
  ground: Ground;
}

/** overflowuid, which NS_GET_OWNER_UID gives for whoever the reader's user namespace does not know (ioctl_ns(2)). */
const OVERFLOW = 65534;
/** The kernel allows 32 levels of user namespaces; a node that says otherwise, or a circle, is not believed. */
const DEEPEST = 33;

/** What `process` may do where `userNamespace` counts: in it, or in whatever it owns. */
export function powerIn(find: Lookup, process: Process, userNamespace: number | undefined): Power {
  const own = process.namespaces.user;
  if (own === undefined) return { has: undefined, ground: { code: "unread", what: "user" } };
  if (userNamespace === undefined) return { has: undefined, ground: { code: "chain" } };
  const held = process.security && heldOf(process.security.capEff);
  let at = userNamespace;
  /** A step of the chain whose maker was not read: had it been this one, it would have all. */
  let doubt: number | undefined;
  for (let level = 0; level < DEEPEST; level++) {
    if (at === own) {
      const ground: Ground = { code: level === 0 ? "there" : "above" };
      if (doubt !== undefined && held !== "all") return { has: undefined, ground: { code: "maker", namespace: doubt } };
      return held ? { has: held, ground } : { has: undefined, ground: { code: "unread", what: "capabilities" } };
    }
    const space = find.namespace("user", at);
    if (space?.initial) return { has: [], ground: { code: "outside" } };
    const parent = space?.parent;
    if (parent === undefined) return { has: undefined, ground: { code: "chain", namespace: at } };
    if (parent === own) {
      const made = isMaker(space, process.uid);
      if (made === "yes") return { has: "all", ground: { code: "made", namespace: at, uid: process.uid } };
      if (made === "unknown") doubt = at;
    }
    at = parent;
  }
  return { has: undefined, ground: { code: "chain", namespace: at } };
}

function isMaker(space: Namespace | undefined, uid: number): Verdict {
  const maker = space?.ownerUid;
  if (maker === undefined || (maker === uid && maker === OVERFLOW)) return "unknown";
  return maker === uid ? "yes" : "no";
}

const heldOf = (hex: string): readonly string[] | "all" => (isEveryCapability(hex) ? "all" : capabilityNames(hex));

export function hasCapability({ has }: Power, name: Capability): Verdict {
  if (has === undefined) return "unknown";
  return has === "all" || has.includes(name) ? "yes" : "no";
}
