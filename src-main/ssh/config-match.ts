/** Which lines of ssh_config hold for a host: Host and Match sections, in the order of the files. */
import { homedir, hostname } from "node:os";
import { ownUser } from "../transport/own-user.ts";
import { ConnectionError } from "../transport/transport.ts";
import type { Directive } from "./config-file.ts";
import { expandTokens } from "./config-values.ts";
import { matchPattern } from "./known-hosts.ts";
import type { Answer } from "./match-exec.ts";
import { checkHostName, checkUser, type Target } from "./target.ts";

/** Why a host's settings are wanted: the options of the command line are for the target alone, and a list runs no `Match exec`. */
export type Role = "target" | "hop" | "listed";

/** Lines by keyword in lower case, the first that holds first. */
export type Values = Map<string, Directive[]>;

/** All lines that hold for the host, by keyword in lower case. The first is the one that counts, except for IdentityFile. */
export function gather(target: Target, lines: readonly Directive[], answer: Answer, role: Role): Values {
  const values: Values = new Map();
  const walk = (directives: readonly Directive[]): void => {
    for (const line of directives) {
      const keyword = line.keyword.toLowerCase();
      if (keyword === "host") {
        if (matchHost(line.words, target.host)) walk(line.body ?? []);
      } else if (keyword === "match") {
        if (matchCriteria(line, target, values, answer, role)) walk(line.body ?? []);
      } else if (keyword === "include") walk(line.included ?? []);
      else values.set(keyword, [...(values.get(keyword) ?? []), line]);
    }
  };
  walk(lines);
  return values;
}

/** `Host a b* !c`: one pattern matches and none that is negated does. */
function matchHost(patterns: readonly string[], host: string): boolean {
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
function matchCriteria(line: Directive, target: Target, values: Values, answer: Answer, role: Role): boolean {
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
    const user = target.user ?? first("user") ?? ownUser();
    const subject: Record<string, string | undefined> = {
      host: hostName,
      originalhost: target.host,
      user,
      localuser: ownUser(),
    };
    let holds: boolean;
    if (criterion === "exec") {
      checkHostName(hostName);
      checkUser(user);
      holds =
        role !== "listed" &&
        answer(
          expandTokens(
            value,
            {
              "%": "%",
              h: hostName,
              n: target.host,
              r: user,
              p: String(target.port ?? first("port") ?? 22),
              u: ownUser(),
              d: homedir(),
              l: hostname(),
              L: hostname().replace(/\..*$/, ""),
            },
            "Match exec",
          ),
        );
    } else if (criterion in subject) holds = matchHost(value.split(","), subject[criterion] ?? "");
    else if (role === "listed") return false;
    else
      throw new ConnectionError(
        "config",
        `${line.file} has "Match ${criterion}", which Podglass does not know. Use Host, or Match with host, originalhost, user, localuser or exec.`,
      );
    if (holds === negated) return false;
  }
  return true;
}
