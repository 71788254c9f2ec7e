/** What ssh_config and the command line say about one host, with OpenSSH's defaults where they say nothing. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { ConnectionError } from "../transport/transport.ts";
import { type Directive, expandHome } from "./config-file.ts";
import { refusedName, standing } from "./config-keywords.ts";
import { matchPattern } from "./known-hosts.ts";
import { checkHostName, checkUser, formatTarget, parseJump, type Target } from "./target.ts";

export type StrictChecking = "yes" | "accept-new" | "ask";

/** The options of Podglass's command line that are ssh's; all optional. */
export interface SshOptions {
  /** -i: key files, tried before those of ssh_config. */
  identityFiles?: string[];
  /** -F: this file instead of ~/.ssh/config and /etc/ssh/ssh_config; "none" for no file. */
  configFile?: string;
  /** -o UserKnownHostsFile=, -o StrictHostKeyChecking=. */
  userKnownHostsFiles?: string[];
  strictHostKeyChecking?: StrictChecking;
  /** -J: "hop[,hop]"; wins over ProxyJump and ProxyCommand. */
  jump?: string;
}

export interface HostSettings {
  /** As typed; messages name the host so. */
  alias: string;
  hostName: string;
  user: string;
  port: number;
  identityFiles: string[];
  /** Identity files were named, so that a missing one is worth a word. */
  identityFilesGiven: boolean;
  /** A socket's path; null for no agent. */
  identityAgent: string | null;
  identitiesOnly: boolean;
  jump: Target[];
  proxyCommand: string | null;
  userKnownHostsFiles: string[];
  globalKnownHostsFiles: string[];
  strict: StrictChecking;
  hostKeyAlias: string | null;
  hashKnownHosts: boolean;
  connectTimeoutMs: number;
  /** Silence after which the server is asked, and the connection given up. */
  aliveIntervalMs: number;
  aliveGiveUpMs: number;
  family: 0 | 4 | 6;
  bindAddress: string | null;
  methods: string[];
  passwordPrompts: number;
  batchMode: boolean;
  algorithms: Partial<Record<"hostKey" | "kex" | "cipher" | "mac", string>>;
  /** Keywords that are set for this host and that Podglass cannot follow, by name. */
  unsupported: string[];
}

const DEFAULT_IDENTITIES = ["id_rsa", "id_ecdsa", "id_ed25519"];
const DEFAULT_METHODS = ["publickey", "keyboard-interactive", "password"];
/** Pings after this much silence, and the longest silence that is not a drop: what people see must be true within 15 s. */
const ALIVE_INTERVAL_MS = 4_000;
const ALIVE_GIVE_UP_MS = 12_000;

/** Why a host's settings are wanted: the options of the command line are for the target alone, and a list runs no `Match exec`. */
export type Role = "target" | "hop" | "listed";

type Values = Map<string, Directive[]>;

/** Throws ConnectionError ("config") where the settings cannot be followed safely. */
export function settingsFor(
  target: Target,
  lines: readonly Directive[],
  options: SshOptions,
  role: Role = "target",
): HostSettings {
  const values = gather(target, lines, role);
  const first = (keyword: string): string | undefined => values.get(keyword)?.[0]?.words.join(" ");
  const flag = (keyword: string, otherwise: boolean): boolean => {
    const value = first(keyword)?.toLowerCase();
    return value === undefined ? otherwise : value === "yes" || value === "true";
  };

  const port = target.port ?? number(first("port"), 1, 65_535, "Port") ?? 22;
  const hostName = expandTokens(first("hostname") ?? "%h", { h: target.host, "%": "%" }, "HostName");
  checkHostName(hostName);
  const user = target.user ?? first("user") ?? userInfo().username;
  checkUser(user);

  const tokens: Record<string, string> = {
    "%": "%",
    h: hostName,
    n: target.host,
    p: String(port),
    r: user,
    d: homedir(),
    u: userInfo().username,
    i: String(process.getuid?.() ?? 0),
    l: hostname(),
    L: hostname().replace(/\..*$/, ""),
    k: first("hostkeyalias") ?? target.host,
  };
  const jumpText = (role === "target" && options.jump) || first("proxyjump");
  tokens.j = jumpText && jumpText.toLowerCase() !== "none" ? jumpText : "";
  tokens.C = createHash("sha1").update(`${tokens.l}${hostName}${port}${user}${tokens.j}`).digest("hex");
  const path = (text: string, keyword: string) =>
    expandEnvironment(expandHome(expandTokens(text, tokens, keyword)), keyword);
  const paths = (keyword: string, otherwise: string[]): string[] => {
    const words = values.get(keyword)?.[0]?.words ?? otherwise;
    return words.filter((word) => word.toLowerCase() !== "none").map((word) => path(word, keyword));
  };

  const unsupported = new Set<string>();
  for (const [keyword, set] of values) {
    const value = set[0]?.words.join(" ") ?? "";
    const how = standing(keyword, value);
    if (how === "refused")
      throw new ConnectionError(
        "config",
        `${set[0]?.file} sets ${refusedName(set[0]?.keyword ?? keyword)} for ${target.host}, which Podglass cannot follow; going on without it would be less safe than ssh.`,
      );
    if (how === "unsupported") unsupported.add(set[0]?.keyword ?? keyword);
  }

  const configured = (values.get("identityfile") ?? []).map((line) => line.words.join(" "));
  const given = [
    ...(role === "target" ? (options.identityFiles ?? []) : []),
    ...configured.filter((file) => file.toLowerCase() !== "none"),
  ];
  const identityFilesGiven = given.length > 0 || configured.length > 0;
  const identityFiles = identityFilesGiven
    ? given.map((file) => path(file, "IdentityFile"))
    : DEFAULT_IDENTITIES.map((name) => join(homedir(), ".ssh", name));

  const proxy = proxyOf(values, options, role);
  const interval = number(first("serveraliveinterval"), 0, 86_400, "ServerAliveInterval") ?? 0;
  const count = number(first("serveralivecountmax"), 0, 1000, "ServerAliveCountMax") ?? 3;
  const userFiles = options.userKnownHostsFiles?.map((file) => path(file, "UserKnownHostsFile"));

  return {
    alias: target.host,
    hostName,
    user,
    port,
    identityFiles,
    identityFilesGiven,
    identityAgent: agentSocket(first("identityagent"), path),
    identitiesOnly: flag("identitiesonly", false),
    jump: proxy.jump,
    proxyCommand: proxy.command === null ? null : expandTokens(proxy.command, tokens, "ProxyCommand"),
    userKnownHostsFiles: userFiles ?? paths("userknownhostsfile", ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"]),
    globalKnownHostsFiles: paths("globalknownhostsfile", ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]),
    strict: options.strictHostKeyChecking ?? strictness(first("stricthostkeychecking")),
    hostKeyAlias: first("hostkeyalias") ?? null,
    hashKnownHosts: flag("hashknownhosts", false),
    connectTimeoutMs: (number(first("connecttimeout"), 1, 3_600, "ConnectTimeout") ?? 15) * 1000,
    aliveIntervalMs: interval > 0 ? Math.min(interval * 1000, ALIVE_INTERVAL_MS) : ALIVE_INTERVAL_MS,
    aliveGiveUpMs: interval > 0 ? Math.min(interval * (count + 1) * 1000, ALIVE_GIVE_UP_MS) : ALIVE_GIVE_UP_MS,
    family: { inet: 4 as const, inet6: 6 as const }[first("addressfamily")?.toLowerCase() ?? ""] ?? 0,
    bindAddress: first("bindaddress") ?? null,
    methods: methodsOf(first("preferredauthentications"), flag),
    passwordPrompts: number(first("numberofpasswordprompts"), 1, 100, "NumberOfPasswordPrompts") ?? 3,
    batchMode: flag("batchmode", false),
    algorithms: {
      hostKey: first("hostkeyalgorithms"),
      kex: first("kexalgorithms"),
      cipher: first("ciphers"),
      mac: first("macs"),
    },
    unsupported: [...unsupported],
  };
}

/** All lines that hold for the host, by keyword in lower case. The first is the one that counts, except for IdentityFile. */
function gather(target: Target, lines: readonly Directive[], role: Role): Values {
  const values: Values = new Map();
  const walk = (directives: readonly Directive[]): void => {
    for (const line of directives) {
      const keyword = line.keyword.toLowerCase();
      if (keyword === "host") {
        if (matchHost(line.words, target.host)) walk(line.body ?? []);
      } else if (keyword === "match") {
        if (matchCriteria(line, target, values, role)) walk(line.body ?? []);
      } else if (keyword === "include") walk(line.included ?? []);
      else values.set(keyword, [...(values.get(keyword) ?? []), line]);
    }
  };
  walk(lines);
  return values;
}

/** `Host a b* !c`: one pattern matches and none that is negated does. */
export function matchHost(patterns: readonly string[], host: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith("!");
    if (!matchPattern((negated ? pattern.slice(1) : pattern).toLowerCase(), host.toLowerCase())) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** ssh_config(5) Match: all criteria must hold; those that need a second pass (canonical, final) never do, as without CanonicalizeHostname. */
function matchCriteria(line: Directive, target: Target, values: Values, role: Role): boolean {
  const words = [...line.words];
  const first = (keyword: string): string | undefined => values.get(keyword)?.[0]?.words.join(" ");
  while (words.length > 0) {
    let criterion = (words.shift() as string).toLowerCase();
    const negated = criterion.startsWith("!");
    if (negated) criterion = criterion.slice(1);
    if (criterion === "all") continue;
    if (criterion === "canonical" || criterion === "final") {
      if (!negated) return false;
      continue;
    }
    const value = words.shift() ?? "";
    const hostName = (first("hostname") ?? target.host).replaceAll("%h", target.host);
    const user = target.user ?? first("user") ?? userInfo().username;
    const subject: Record<string, string | undefined> = {
      host: hostName,
      originalhost: target.host,
      user,
      localuser: userInfo().username,
    };
    let holds: boolean;
    if (criterion === "exec") {
      checkHostName(hostName);
      checkUser(user);
      holds =
        role !== "listed" &&
        runs(
          expandTokens(
            value,
            {
              "%": "%",
              h: hostName,
              n: target.host,
              r: user,
              p: String(target.port ?? first("port") ?? 22),
              u: userInfo().username,
              d: homedir(),
              l: hostname(),
              L: hostname().replace(/\..*$/, ""),
            },
            "Match exec",
          ),
        );
    } else if (criterion in subject) holds = matchHost(value.split(","), subject[criterion] ?? "");
    else
      throw new ConnectionError(
        "config",
        `${line.file} has "Match ${criterion}", which Podglass does not know. Use Host, or Match with host, originalhost, user, localuser or exec.`,
      );
    if (holds === negated) return false;
  }
  return true;
}

/** `Match exec`: a command of the person's own configuration, run as ssh runs it. */
function runs(command: string): boolean {
  try {
    execFileSync("/bin/sh", ["-c", command], { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

function proxyOf(values: Values, options: SshOptions, role: Role): { jump: Target[]; command: string | null } {
  if (role === "target" && options.jump !== undefined) return { jump: parseJump(options.jump), command: null };
  // Hops of a jump list are reached one through the other; what ssh_config says of their own way counts for the first alone.
  const jump = values.get("proxyjump")?.[0];
  const command = values.get("proxycommand")?.[0];
  // ssh takes whichever of the two was set first.
  const order = [...values.keys()];
  const jumpFirst = jump && (!command || order.indexOf("proxyjump") < order.indexOf("proxycommand"));
  if (jumpFirst) return { jump: parseJump(jump.words.join(" ")), command: null };
  return { jump: [], command: command && command.raw.toLowerCase() !== "none" ? command.raw : null };
}

function agentSocket(value: string | undefined, path: (text: string, keyword: string) => string): string | null {
  const fallback =
    process.env.SSH_AUTH_SOCK || (process.platform === "win32" ? "\\\\.\\pipe\\openssh-ssh-agent" : undefined);
  if (value === undefined || value === "SSH_AUTH_SOCK") return fallback ?? null;
  if (value.toLowerCase() === "none") return null;
  if (value.startsWith("$")) return process.env[value.replace(/^\$\{?|\}$/g, "")] ?? null;
  return path(value, "IdentityAgent");
}

/** "no" and "off" would accept a changed key after a warning; Podglass never does, so they mean what accept-new means. */
function strictness(value: string | undefined): StrictChecking {
  const text = value?.toLowerCase();
  if (text === "yes" || text === "true") return "yes";
  return text === "accept-new" || text === "no" || text === "off" || text === "false" ? "accept-new" : "ask";
}

function methodsOf(preferred: string | undefined, flag: (keyword: string, otherwise: boolean) => boolean): string[] {
  const allowed: Record<string, boolean> = {
    publickey: flag("pubkeyauthentication", true),
    "keyboard-interactive": flag("kbdinteractiveauthentication", flag("challengeresponseauthentication", true)),
    password: flag("passwordauthentication", true),
  };
  const wanted = preferred?.split(",").map((name) => name.trim()) ?? DEFAULT_METHODS;
  return wanted.filter((name) => allowed[name]);
}

function number(text: string | undefined, low: number, high: number, keyword: string): number | undefined {
  if (text === undefined || text.toLowerCase() === "none") return undefined;
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
  const match = /^(\d+)([smhd]?)$/i.exec(text);
  const value = match ? Number(match[1]) * (units[(match[2] ?? "").toLowerCase()] ?? 1) : Number.NaN;
  if (!(value >= low && value <= high))
    throw new ConnectionError("config", `${keyword} ${text} is not a number from ${low} to ${high}.`);
  return value;
}

function expandTokens(text: string, tokens: Record<string, string>, keyword: string): string {
  return text.replace(/%(.?)/g, (_, token: string) => {
    const value = tokens[token];
    if (value === undefined)
      throw new ConnectionError("config", `${keyword} uses the token %${token}, which it does not have.`);
    return value;
  });
}

function expandEnvironment(text: string, keyword: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new ConnectionError("config", `${keyword} uses \${${name}}, which is not set.`);
    return value;
  });
}

export const describeHost = (settings: HostSettings): string =>
  settings.alias === settings.hostName
    ? formatTarget({ host: settings.hostName, port: settings.port === 22 ? undefined : settings.port })
    : `${settings.alias} (${settings.hostName}${settings.port === 22 ? "" : ` port ${settings.port}`})`;
