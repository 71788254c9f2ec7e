/**
 * Replaces what tells whose node this is: names, command lines, addresses, labels, ids. The same text gets the same
 * stand-in as long as the salt is the same, so one can still follow a pod through a recording. It works the other way
 * round than a list of secrets would: every word that is not in vocabulary.ts goes, in whatever field it stands.
 */
import { createHmac, randomBytes } from "node:crypto";
import { NAMESPACE_TYPES, type Snapshot } from "../../src-shared/model.ts";
import { isPlain } from "./vocabulary.ts";

export const newSalt = (): string => randomBytes(32).toString("base64");

/** Fields whose texts come from the kernel or from our own lists: kept. Their values are checked to be so. */
const KEPT: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    schema: /^podglass\.[a-z]+\/\d+$/,
    takenAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    createdAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    at: /^[\d:.TZ-]{1,40}$/,
    cgroupMode: /^(v1|hybrid|v2)$/,
    privilege: /^(root|sudo|user)$/,
    state: /^([A-Za-z]|process|dropped|dead|none)$/,
    kind: /^(app|sandbox|init)$/,
    qos: /^(Guaranteed|Burstable|BestEffort)$/,
    runtime: /^(containerd|cri-o|docker|podman|lab)$/,
    hierarchy: /^(v2|[a-z_,]+|name=systemd)$/,
    scope: /^(global|link|host)$/,
    protocol: /^(tcp|udp)6?$/,
    type: new RegExp(`^(${[...NAMESPACE_TYPES, "network", "mount"].join("|")})$`),
    version: /^[\w.+~:-]{1,40}$/,
    kernel: /^\d+\.\d+[\w.+~-]{0,60}$/,
  }),
);
/** Files of a cgroup that are counters by name; what they hold is checked to be so. */
const COUNTERS = /^[a-z]+\.([a-z_]+\.)*(stat|events|oom_control)(\.local)?$/;
const COUNTED = /^([a-z_]+ \d+(\n|$))*$/;

/** A snapshot in which nothing of the original names is left. Numbers, times and structure stay. */
export function redact(snapshot: Snapshot, salt: string): Snapshot {
  const stand = standIns(salt, numbersOf(snapshot));
  return walk(snapshot, "", stand) as Snapshot;
}

interface StandIns {
  text(value: string): string;
}

function walk(value: unknown, field: string, stand: StandIns): unknown {
  if (typeof value === "string") return KEPT.get(field)?.test(value) ? value : stand.text(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, field, stand));
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, inside] of Object.entries(value)) {
    if (field === "files" && typeof inside === "string" && isCounter(key, inside)) out[key] = inside;
    else out[FIELDS.has(key) ? key : stand.text(key)] = walk(inside, key, stand);
  }
  return out;
}

/** A cgroup file's numbers, with no word among them that could be anyone's. */
const isCounter = (name: string, text: string): boolean =>
  (COUNTERS.test(name) && COUNTED.test(text)) ||
  (isPlainText(name) && /^[\w\s.,:=-]*$/.test(text) && isPlainText(text));
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
  staticPod networkMode what count mend at limitCgroup line net uts mnt time memory cpu`.split(/\s+/),
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

function standIns(salt: string, numbers: ReadonlySet<string>): StandIns {
  const known = new Map<string, string>();
  const digest = (text: string) => createHmac("sha256", salt).update(text).digest();
  const hex = (text: string) => digest(text).toString("hex");
  const replace = (kind: string, token: string): string => {
    if (kind === "v4") {
      if (token.startsWith("127.") || token === "0.0.0.0") return token;
      const [a = 0, b = 0, c = 0] = digest(token);
      return `10.${a}.${b}.${(c % 253) + 1}`;
    }
    if (kind === "v6")
      return token === "::" || token === "::1" ? token : `fd00::${hex(token).slice(0, 4)}:${hex(token).slice(4, 8)}`;
    if (kind === "mac")
      return `02:${hex(token)
        .slice(0, 10)
        .replace(/(..)(?=.)/g, "$1:")}`;
    if (kind === "uuid") {
      const other = hex(token.replaceAll("_", "-").toLowerCase());
      let at = 0;
      return token.replace(/[0-9a-f]/gi, () => other[at++] ?? "0");
    }
    if (kind === "hex") return hex(token.toLowerCase()).slice(0, token.length);
    if (kind === "digits")
      return token.length < 3 || numbers.has(token)
        ? token
        : String(BigInt(`0x${hex(token)}`)).slice(1, token.length + 1);
    if (kind === "odd") return "?";
    // "pod" before an id, as kubelets name groups.
    if (kind === "pod" || isPlain(token)) return token;
    return `n${hex(token.toLowerCase()).slice(0, 7)}`;
  };
  return {
    text(value) {
      const before = known.get(value);
      if (before !== undefined) return before;
      const after = value.replace(TOKEN, (token, ...rest) => {
        const groups = rest.at(-1) as Record<string, string | undefined>;
        const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? "word";
        return replace(kind, token);
      });
      if (known.size < 200_000) known.set(value, after);
      return after;
    },
  };
}
