/**
 * Replaces what tells whose node this is: names, command lines, addresses, labels, ids. The same text gets the same
 * stand-in throughout a recording and no two get the same one, so one can still follow a pod through it. It works the
 * other way round than a list of secrets would: every word that is not in common-words.ts goes, wherever the
 * shape of a snapshot (src-shared/schema) does not keep it, and of our own sentences the parts.
 */

import { createHmac, randomBytes } from "node:crypto";
import { itemOrder, LISTS } from "../../src-shared/diff/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { sandboxWhy } from "../../src-shared/reasons.ts";
import { RUNTIME_NAMES } from "../../src-shared/runtimes/names.ts";
import type { Shape } from "../../src-shared/schema/shape.ts";
import { snapshotShape } from "../../src-shared/schema/snapshot.ts";
import { type Sentences, withParts } from "../../src-shared/sentences.ts";
import { isPlain } from "./common-words.ts";

/** In place of words that only a person could take apart. */
const NO_REASONS = "left out: this reading is of a Podglass that did not keep reasons as data";

export const newSalt = (): string => randomBytes(32).toString("base64");

/** Files of a cgroup that are counters by name; what they hold is checked to be so. */
const COUNTERS = /^[a-z]+\.([a-z_]+\.)*(stat|events|oom_control)(\.local)?$/;
const COUNTED = /^([a-z_]+ \d+(\n|$))*$/;

/** A version begins with a number that everybody has; what follows it may name who built it ("6.1.0-acme-prod"). At most three parts: four could be an address. */
const VERSION_NUMBER = /^\d+(\.\d+){0,2}(?!\.?\d)/;

export interface Redactor {
  (snapshot: Snapshot): Snapshot;
  /** A sentence of one of the tables, under the same new names; undefined for any other text: it tells what it may not. */
  said(tables: readonly Sentences[], text: string): string | undefined;
}

/**
 * Makes what redacts the snapshots of one recording, in their order. Numbers, times and structure stay, and so do
 * `keep`: words that the person who records knows to be harmless.
 */
export function redactor(salt: string, keep: Iterable<string> = []): Redactor {
  const stand = new StandIns(salt, new Set([...keep].map((word) => word.toLowerCase())));
  const redacted = (snapshot: Snapshot): Snapshot => {
    stand.numbers = numbersOf(snapshot);
    const out = walk(snapshot, snapshotShape, stand) as Snapshot;
    // The words are made anew of the reasons, whose parts have their new names by now.
    for (const { runtime, sandbox } of out.pods)
      sandbox.why =
        sandbox.reasons && RUNTIME_NAMES.includes(runtime) ? sandboxWhy(runtime, sandbox.reasons) : NO_REASONS;
    // By the new names: a reader puts what is new into its place by the order of the list.
    for (const list of LISTS) (out[list] as unknown[]).sort(itemOrder[list] as (a: unknown, b: unknown) => number);
    return out;
  };
  const said: Redactor["said"] = (tables, text) => withParts(tables, text, (part) => stand.text(part));
  return Object.assign(redacted, { said });
}

/** By the shape: what it does not know was decided by nobody, and is left out. */
function walk(value: unknown, shape: Shape, stand: StandIns): unknown {
  switch (shape.is) {
    case "number":
      return typeof value === "number" ? value : undefined;
    case "flag":
      return typeof value === "boolean" ? value : undefined;
    case "word":
      return shape.words.includes(value as string) ? value : text(value, stand);
    case "time":
      return typeof value === "string" && TIME.test(value) ? value : text(value, stand);
    case "text": {
      if (typeof value !== "string" || shape.kept?.test(value)) return value;
      const sentence = shape.said && withParts(shape.said, value, (part) => stand.text(part));
      if (sentence !== undefined) return sentence;
      const number = shape.numbered ? (VERSION_NUMBER.exec(value)?.[0] ?? "") : "";
      return number + stand.text(value.slice(number.length));
    }
    case "list":
      return Array.isArray(value) ? value.map((item) => walk(item, shape.of, stand)) : undefined;
    case "map":
      return mapped(value, shape, stand);
    case "object":
      return objectOf(value, ([key, inside]) => {
        const of = shape.fields[key];
        return of ? [key, walk(inside, of, stand)] : undefined;
      });
    case "json":
      return json(value, shape.names, stand);
    case "variants": {
      const of = isObject(value) ? shape.of[String(value.code)] : undefined;
      return of ? walk(value, of, stand) : undefined;
    }
    case "null-or":
      return value === null ? null : walk(value, shape.of, stand);
    case "maybe":
      return value === undefined ? undefined : walk(value, shape.of, stand);
  }
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const text = (value: unknown, stand: StandIns): unknown => (typeof value === "string" ? stand.text(value) : undefined);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields one by one; those that are given up are left out. */
function objectOf(
  value: unknown,
  field: (entry: [string, unknown]) => [string, unknown] | undefined,
): Record<string, unknown> | undefined {
  if (!isObject(value)) return undefined;
  const fields = Object.entries(value).map(field);
  return Object.fromEntries(fields.filter((one) => one !== undefined && one[1] !== undefined) as [string, unknown][]);
}

function mapped(value: unknown, { of, keys }: Extract<Shape, { is: "map" }>, stand: StandIns): unknown {
  return objectOf(value, ([key, inside]) => {
    if (keys === "sysctls" && typeof inside === "string" && /^[-\d\s]*$/.test(inside)) return [stand.text(key), inside];
    if (keys === "files" && typeof inside === "string" && isCounter(key, inside)) return [key, inside];
    return [stand.text(key), walk(inside, of, stand)];
  });
}

function json(value: unknown, names: ReadonlySet<string>, stand: StandIns): unknown {
  if (typeof value === "string") return stand.text(value);
  if (Array.isArray(value)) return value.map((item) => json(item, names, stand));
  if (!isObject(value)) return value;
  return objectOf(value, ([key, inside]) => [names.has(key) ? key : stand.text(key), json(inside, names, stand)]);
}

/** A cgroup file's numbers, with no word among them that could be anyone's. */
const isCounter = (name: string, text: string): boolean =>
  (COUNTERS.test(name) && COUNTED.test(text)) ||
  // Numbers with a point are shares of pressure; four of them could be an address.
  (/^[a-z]/.test(name) &&
    isPlainText(name) &&
    /^[\w\s.,:=-]*$/.test(text) &&
    !/\d\.\d+\./.test(text) &&
    isPlainText(text));
const isPlainText = (text: string): boolean =>
  text.split(/[^A-Za-z_0-9]+/).every((word) => /^\d*$/.test(word) || isPlain(word));

/** Numbers that stand in the snapshot as numbers (pids, inodes): they may stay in texts as well. */
function numbersOf(snapshot: Snapshot): Set<string> {
  const found = new Set<string>();
  for (const one of snapshot.processes) {
    found.add(String(one.pid));
    for (const inode of Object.values(one.namespaces)) found.add(String(inode));
  }
  for (const one of snapshot.namespaces) found.add(String(one.inode));
  return found;
}

const TOKEN =
  /(?<mac>\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b)|(?<v4>\b\d{1,3}(?:\.\d{1,3}){3}\b)|(?<v6>(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:]))|(?<pod>pod(?=[0-9a-f]{8}[-_]|[0-9a-f]{32}))|(?<uuid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})|(?<hex>(?<![0-9a-z])[0-9a-f]{12,64}(?![0-9a-z]))|(?<digits>(?<![\p{L}\p{N}_])\d+(?![\p{L}\p{N}_]))|(?<word>[\p{L}\p{N}\p{M}_]+)|(?<odd>[^\x20-\x7e\n\t]+)/giu;

/** Texts and words that are remembered at once; a recording of days must not fill the memory. */
const MOST_TEXTS = 200_000;
const MOST_TOKENS = 1_000_000;

class StandIns {
  /** Of the snapshot at hand. */
  numbers: ReadonlySet<string> = new Set();
  private readonly salt: string;
  private readonly keep: ReadonlySet<string>;
  private readonly texts = new Map<string, string>();
  private readonly tokens = new Map<string, string>();
  private readonly taken = new Set<string>();

  constructor(salt: string, keep: ReadonlySet<string>) {
    this.salt = salt;
    this.keep = keep;
  }

  text(value: string): string {
    const before = this.texts.get(value);
    if (before !== undefined) return before;
    const after = value.replace(TOKEN, (token, ...rest) => {
      const groups = rest.at(-1) as Record<string, string | undefined>;
      const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? "word";
      return this.token(kind, token);
    });
    if (this.texts.size >= MOST_TEXTS) this.texts.clear();
    this.texts.set(value, after);
    return after;
  }

  /** Once decided it stays so: a number that was a pid is not renamed when the process ends. */
  private token(kind: string, token: string): string {
    const before = this.tokens.get(token);
    if (before !== undefined) return before;
    if (this.isKept(kind, token)) return this.remember(token, token);
    for (let tries = 0; ; tries++) {
      const found = this.made(kind, token, tries);
      if (!this.taken.has(found)) return this.remember(token, found);
    }
  }

  private remember(token: string, found: string): string {
    if (this.tokens.size < MOST_TOKENS) {
      this.tokens.set(token, found);
      this.taken.add(found);
    }
    return found;
  }

  private isKept(kind: string, token: string): boolean {
    if (kind === "v4") return token.startsWith("127.") || token === "0.0.0.0";
    if (kind === "v6") return token === "::" || token === "::1";
    if (kind === "digits") return token.length < 3 || (this.numbers.has(token) && !this.taken.has(token));
    // "pod" before an id, as kubelets name groups.
    return (
      kind === "pod" ||
      (kind === "word" && /^\d+(kB|ms|us)$/.test(token)) ||
      (kind === "word" && (isPlain(token) || this.keep.has(token.toLowerCase())))
    );
  }

  /** The `tries`th stand-in of a token, should those before be another's. */
  private made(kind: string, token: string, tries: number): string {
    const digest = createHmac("sha256", this.salt)
      .update(`${tries} ${kind === "uuid" ? token.replaceAll("_", "-").toLowerCase() : token}`)
      .digest();
    const hex = digest.toString("hex");
    if (kind === "v4") return `10.${digest[0]}.${digest[1]}.${((digest[2] ?? 0) % 253) + 1}`;
    if (kind === "v6") return `fd00::${hex.slice(0, 4)}:${hex.slice(4, 8)}`;
    if (kind === "mac") return `02:${hex.slice(0, 10).replace(/(..)(?=.)/g, "$1:")}`;
    if (kind === "uuid") {
      let at = 0;
      return token.replace(/[0-9a-f]/gi, () => hex[at++] ?? "0");
    }
    if (kind === "hex") return hex.slice(0, token.length);
    // Of one length with the number, and longer where those are all taken.
    if (kind === "digits")
      return BigInt(`0x${hex}`)
        .toString()
        .slice(1, 1 + Math.min(token.length, 70) + (tries >> 3));
    return kind === "odd" ? "?".repeat(1 + tries) : `n${hex.slice(0, 7)}`;
  }
}
