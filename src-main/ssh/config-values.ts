/** Single values of ssh_config: numbers with units, %tokens, ${variables}, and the words that mean a choice. */
import { ConnectionError } from "../transport/transport.ts";

export type StrictChecking = "yes" | "accept-new" | "ask";

/** "30", "5m", "2h"; undefined for none. Throws ConnectionError ("config") outside the bounds. */
export function number(text: string | undefined, low: number, high: number, keyword: string): number | undefined {
  if (text === undefined || text.toLowerCase() === "none") return undefined;
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
  const match = /^(\d+)([smhd]?)$/i.exec(text);
  const value = match ? Number(match[1]) * (units[(match[2] ?? "").toLowerCase()] ?? 1) : Number.NaN;
  if (!(value >= low && value <= high))
    throw new ConnectionError("config", `${keyword} ${text} is not a number from ${low} to ${high}.`);
  return value;
}

/** Tokens of ssh_config(5); one that the keyword does not have is an error, as in ssh. */
export function expandTokens(text: string, tokens: Record<string, string>, keyword: string): string {
  return text.replace(/%(.?)/g, (_, token: string) => {
    const value = tokens[token];
    if (value === undefined)
      throw new ConnectionError("config", `${keyword} uses the token %${token}, which it does not have.`);
    return value;
  });
}

export function expandEnvironment(text: string, keyword: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new ConnectionError("config", `${keyword} uses \${${name}}, which is not set.`);
    return value;
  });
}

/** "no" and "off" would accept a changed key after a warning; Podglass never does, so they mean what accept-new means. */
export function strictness(value: string | undefined): StrictChecking {
  const text = value?.toLowerCase();
  if (text === "yes" || text === "true") return "yes";
  return text === "accept-new" || text === "no" || text === "off" || text === "false" ? "accept-new" : "ask";
}

/** The socket of the agent; null for none. `path` expands what is written. */
export function agentSocket(value: string | undefined, path: (text: string, keyword: string) => string): string | null {
  const fallback =
    process.env.SSH_AUTH_SOCK || (process.platform === "win32" ? "\\\\.\\pipe\\openssh-ssh-agent" : undefined);
  if (value === undefined || value === "SSH_AUTH_SOCK") return fallback ?? null;
  if (value.toLowerCase() === "none") return null;
  if (value.startsWith("$")) return process.env[value.replace(/^\$\{?|\}$/g, "")] ?? null;
  return path(value, "IdentityAgent");
}
