/** What ssh_config and the command line say about one host, with OpenSSH's defaults where they say nothing. */
import { createHash } from "node:crypto";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { ownUser } from "../transport/own-user.ts";
import { ConnectionError } from "../transport/transport.ts";
import { type Directive, expandHome } from "./config-file.ts";
import { refusedName, standing } from "./config-keywords.ts";
import { gather, type Role, type Values } from "./config-match.ts";
import {
  agentSocket,
  expandEnvironment,
  expandTokens,
  number,
  type StrictChecking,
  strictness,
} from "./config-values.ts";
import type { Answer } from "./match-exec.ts";
import { checkHostName, checkUser, formatTarget, parseJump, type Target } from "./target.ts";

/** The options of Podglass's command line that are ssh's; all optional. */
export interface SshOptions {
  /** -i: key files, tried before those of ssh_config, on jump hosts too (ssh itself keeps them for the target). */
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

/** Throws ConnectionError ("config") where the settings cannot be followed safely. */
export function settingsFor(
  target: Target,
  lines: readonly Directive[],
  options: SshOptions,
  answer: Answer,
  role: Role = "target",
): HostSettings {
  const values = gather(target, lines, answer, role);
  const first = (keyword: string): string | undefined => values.get(keyword)?.[0]?.words.join(" ");
  const flag = (keyword: string, otherwise: boolean): boolean => {
    const value = first(keyword)?.toLowerCase();
    return value === undefined ? otherwise : value === "yes" || value === "true";
  };

  const port = target.port ?? number(first("port"), 1, 65_535, "Port") ?? 22;
  const hostName = expandTokens(first("hostname") ?? "%h", { h: target.host, "%": "%" }, "HostName");
  checkHostName(hostName);
  const user = target.user ?? first("user") ?? ownUser();
  checkUser(user);

  const tokens: Record<string, string> = {
    "%": "%",
    h: hostName,
    n: target.host,
    p: String(port),
    r: user,
    d: homedir(),
    u: ownUser(),
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
  const given = [...(options.identityFiles ?? []), ...configured.filter((file) => file.toLowerCase() !== "none")];
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

function methodsOf(preferred: string | undefined, flag: (keyword: string, otherwise: boolean) => boolean): string[] {
  const allowed: Record<string, boolean> = {
    publickey: flag("pubkeyauthentication", true),
    "keyboard-interactive": flag("kbdinteractiveauthentication", flag("challengeresponseauthentication", true)),
    password: flag("passwordauthentication", true),
  };
  const wanted = preferred?.split(",").map((name) => name.trim()) ?? DEFAULT_METHODS;
  return wanted.filter((name) => allowed[name]);
}

export const describeHost = (settings: HostSettings): string =>
  settings.alias === settings.hostName
    ? formatTarget({ host: settings.hostName, port: settings.port === 22 ? undefined : settings.port })
    : `${settings.alias} (${settings.hostName}${settings.port === 22 ? "" : ` port ${settings.port}`})`;
