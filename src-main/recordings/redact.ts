/**
 * Replaces what tells whose node this is: names, command lines, addresses, labels, ids. The same text gets the same
 * stand-in throughout a recording and no two get the same one, so one can still follow a pod through it. It works the
 * other way round than a list of secrets would: every word that is not in vocabulary.ts goes, in whatever field it stands.
 */

import { createHmac, randomBytes } from "node:crypto";
import { itemOrder, LISTS } from "../../src-shared/diff/delta.ts";
import { NAMESPACE_TYPES, type Snapshot } from "../../src-shared/model.ts";
import { sandboxWhy } from "../../src-shared/reasons.ts";
import { RUNTIME_NAMES } from "../../src-shared/runtimes/names.ts";
import { isPlain } from "./vocabulary.ts";

export const newSalt = (): string => randomBytes(32).toString("base64");

const CONTROLLERS =
  "cpu|cpuacct|cpuset|memory|devices|freezer|blkio|io|pids|net_cls|net_prio|perf_event|hugetlb|rdma|misc|dmem|debug";
/** Fields whose texts come from the kernel or from our own lists: kept. Their values are checked to be so. */
const KEPT: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    schema: /^podglass\.[a-z]+\/\d+$/,
    takenAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    createdAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    at: /^(\d{4}-\d\d-\d\dT[\d:.]+Z|\d+(\.\d+)?)$/,
    cgroupMode: /^(v1|hybrid|v2)$/,
    privilege: /^(root|sudo|user)$/,
    state: /^([A-Za-z]|process|dropped|dead|none|starting)$/,
    kind: /^(app|sandbox|init|sidecar|pause|vm|kubelet|user)$/,
    code: /^[a-z-]+$/,
    how: /^(always|reaps|setting|before)$/,
    qos: /^(Guaranteed|Burstable|BestEffort)$/,
    runtime: new RegExp(`^(${RUNTIME_NAMES.join("|")})$`),
    hierarchy: new RegExp(`^(v2|name=systemd|(${CONTROLLERS})(,(${CONTROLLERS}))*)$`),
    scope: /^(global|link|host)$/,
    protocol: /^(tcp|udp)6?$/,
    type: new RegExp(`^(${[...NAMESPACE_TYPES, "network", "mount"].join("|")})$`),
  }),
);
/** Files of a cgroup that are counters by name; what they hold is checked to be so. */
const COUNTERS = /^[a-z]+\.([a-z_]+\.)*(stat|events|oom_control)(\.local)?$/;
const COUNTED = /^([a-z_]+ \d+(\n|$))*$/;

/** Begins with a number that everybody has; what follows it may name who built it ("6.1.0-acme-prod"). */
const NUMBERED: ReadonlySet<string> = new Set(["version", "kernel"]);
/** At most three parts: four could be an address. */
const VERSION_NUMBER = /^\d+(\.\d+){0,2}(?!\.?\d)/;

/**
 * Makes what redacts the snapshots of one recording, in their order. Numbers, times and structure stay, and so do
 * `keep`: words that the person who records knows to be harmless.
 */
export function redactor(salt: string, keep: Iterable<string> = []): (snapshot: Snapshot) => Snapshot {
  const stand = new StandIns(salt, new Set([...keep].map((word) => word.toLowerCase())));
  return (snapshot) => {
    stand.numbers = numbersOf(snapshot);
    const out = walk(snapshot, "", stand) as Snapshot;
    // The words are made anew of the reasons, whose parts have their new names by now.
    for (const { runtime, sandbox } of out.pods)
      if (sandbox.reasons) sandbox.why = sandboxWhy(runtime, sandbox.reasons);
    // By the new names: a reader puts what is new into its place by the order of the list.
    for (const list of LISTS) (out[list] as unknown[]).sort(itemOrder[list] as (a: unknown, b: unknown) => number);
    return out;
  };
}

function walk(value: unknown, field: string, stand: StandIns): unknown {
  if (typeof value === "string") {
    if (KEPT.get(field)?.test(value)) return value;
    const number = NUMBERED.has(field) ? (VERSION_NUMBER.exec(value)?.[0] ?? "") : "";
    return number + stand.text(value.slice(number.length));
  }
  if (Array.isArray(value)) return value.map((item) => walk(item, field, stand));
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, inside] of Object.entries(value)) {
    if (field === "sysctls" && typeof inside === "string" && /^[-\d\s]*$/.test(inside)) out[stand.text(key)] = inside;
    else if (field === "files" && typeof inside === "string" && isCounter(key, inside)) out[key] = inside;
    else out[FIELDS.has(key) ? key : stand.text(key)] = walk(inside, key, stand);
  }
  return out;
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

/** Names of fields in model.ts: they are ours. What else stands as a key (a label, a sysctl) is text of the node. */
const FIELDS = new Set(
  `schema takenAt node processes namespaces cgroups containers pods gaps oomKills deep hostname kernel os bootId cgroupMode cpus
  memoryBytes pageSize clockTicks privilege runtimes name version addresses uptimeSeconds availableBytes cgroupMounts hierarchy
  mountPoint kubelet pid staticPodPath configuration runtime path key value sysctls ppid startTicks state uid comm cmdline
  rssBytes oomScoreAdj cgroup v2 v1 nsPids pssBytes privateBytes swapBytes pageTableBytes oomScore type inode initial pids pins
  mountNamespace fds fd threads tid forChildren owner parent network interface address prefix scope listeners protocol port
  controllers files id image kind podKey cgroupPath ociNamespaces oci cgroupsPath args resources annotations mounts destination
  source sysctl labels restartCount createdAt monitorPid modes ipc user fstype qos sandbox why evidence host disagree ips
  staticPod within owner static unread reasons code how alone pinned types names annotation group containersLive ended
  exitCode signal oomKilled networkMode what count mend at limitCgroup line net uts mnt time memory cpu`.split(/\s+/),
);

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
