/**
 * known_hosts, as sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT" describes it: which keys are known for a name, and what that
 * says about a key that a server shows (OpenSSH hostfile.c, sshconnect.c check_host_key).
 */
import { createHmac } from "node:crypto";
import { keyType } from "./key-format.ts";

export interface KnownKey {
  marker: "" | "revoked" | "cert-authority";
  type: string;
  blob: Buffer;
  file: string;
  /** Counted from 1. */
  line: number;
}

interface Entry extends KnownKey {
  names: string;
}

export interface KnownHosts {
  entries: Entry[];
  /** A line of the file has a hashed name, so new ones should be hashed too. */
  hashed: boolean;
  files: string[];
}

export type Verdict =
  | { kind: "known" }
  | { kind: "unknown"; authority?: KnownKey }
  | { kind: "changed"; known: KnownKey }
  | { kind: "revoked"; known: KnownKey };

/** The name under which a host is in the file: lower case, with the port when it is not 22. */
export const knownHostsName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** Reads the text of one file; a line that cannot be understood is passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string, into: KnownHosts = emptyKnownHosts()): KnownHosts {
  into.files.push(file);
  text.split("\n").forEach((raw, index) => {
    const words = raw.trim().split(/[ \t]+/);
    if (words[0] === "" || words[0]?.startsWith("#")) return;
    let marker: KnownKey["marker"] = "";
    if (words[0]?.startsWith("@")) {
      const name = words.shift()?.slice(1);
      if (name !== "revoked" && name !== "cert-authority") return;
      marker = name;
    }
    const [names, type, base64] = words;
    if (!names || !type || !base64) return;
    const blob = Buffer.from(base64, "base64");
    if (keyType(blob) !== type) return;
    if (names.startsWith("|1|")) into.hashed = true;
    into.entries.push({ marker, names, type, blob, file, line: index + 1 });
  });
  return into;
}

export const emptyKnownHosts = (): KnownHosts => ({ entries: [], hashed: false, files: [] });

/** Every key that the files have for this name ("host" or "[host]:port"), in file order. */
export const keysFor = (known: KnownHosts, name: string): KnownKey[] =>
  known.entries.filter((entry) => matchNames(entry.names, name));

/** What the files say about the key that a server at this name shows. A revoked key is refused whatever else is known of it. */
export function judge(known: KnownHosts, host: string, port: number, blob: Buffer): Verdict {
  const found = judgeName(keysFor(known, knownHostsName(host, port)), blob);
  if (found.kind !== "unknown" || port === 22) return found;
  // OpenSSH looks under the bare name too when nothing is known for [host]:port, and accepts an exact match only.
  const bare = judgeName(keysFor(known, host.toLowerCase()), blob);
  return bare.kind === "known" || bare.kind === "revoked" ? bare : found;
}

function judgeName(keys: KnownKey[], blob: Buffer): Verdict {
  const revoked = keys.find((key) => key.marker === "revoked" && key.blob.equals(blob));
  if (revoked) return { kind: "revoked", known: revoked };
  const plain = keys.filter((key) => key.marker === "");
  if (plain.some((key) => key.blob.equals(blob))) return { kind: "known" };
  const other = plain.find((key) => key.type === keyType(blob)) ?? plain[0];
  if (other) return { kind: "changed", known: other };
  const authority = keys.find((key) => key.marker === "cert-authority");
  return authority ? { kind: "unknown", authority } : { kind: "unknown" };
}

/** Comma-separated patterns with * ? and !, or one hashed name. A negated pattern that matches wins over all others. */
export function matchNames(names: string, name: string): boolean {
  if (names.startsWith("|")) return matchHashed(names, name);
  let matched = false;
  for (const pattern of names.toLowerCase().split(",")) {
    const negated = pattern.startsWith("!");
    if (!matchPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function matchHashed(names: string, name: string): boolean {
  const [, version, salt, hash] = names.split("|");
  if (version !== "1" || !salt || !hash) return false;
  return hashName(name, Buffer.from(salt, "base64")).equals(Buffer.from(hash, "base64"));
}

const hashName = (name: string, salt: Buffer): Buffer => createHmac("sha1", salt).update(name).digest();

/** `|1|salt|hash` of a name, as HashKnownHosts writes it; the salt has 20 bytes. */
export const hashedName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString("base64")}|${hashName(name, salt).toString("base64")}`;

/** The patterns of ssh_config(5): * any run, ? any one character. Linear in time whatever the pattern is. */
export function matchPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      mark = t;
    } else if (pattern[p] === "?" || pattern[p] === text[t]) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}
