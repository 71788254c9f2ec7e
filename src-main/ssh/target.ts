/** What a person types to name a host: `[user@]host[:port]`, an alias of ssh_config, `ssh://[user@]host[:port]`. */
import { ConnectionError } from "../transport/transport.ts";

export interface Target {
  /** As typed: an alias of ssh_config, a name or an address. IPv6 without brackets. */
  host: string;
  user?: string;
  port?: number;
}

/** Parses one target or one hop of a jump list. Throws ConnectionError ("config") with a sentence. */
export function parseTarget(text: string): Target {
  const bad = (why: string) =>
    new ConnectionError("config", `${JSON.stringify(text)} is not a host to log in to: ${why}.`);
  let rest = text.trim();
  const uri = /^ssh:\/\//i.test(rest);
  if (uri) {
    rest = rest.slice(6).replace(/\/$/, "");
    if (rest.includes("/")) throw bad("an ssh:// address ends after the host and port");
  }
  const target: Target = { host: "" };
  const at = rest.lastIndexOf("@");
  if (at >= 0) {
    const user = rest.slice(0, at);
    // RFC draft for ssh URIs allows parameters after ";" in the user part; ssh drops them as well.
    target.user = uri ? decode(user.replace(/;.*$/, "")) : user;
    rest = rest.slice(at + 1);
  }
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest);
  const plain = /^([^:]*)(?::(\d+))?$/.exec(rest);
  if (bracketed) {
    target.host = bracketed[1] as string;
    if (bracketed[2]) target.port = Number(bracketed[2]);
  } else if (plain) {
    target.host = plain[1] as string;
    if (plain[2]) target.port = Number(plain[2]);
  } else if (/^[0-9a-f:.]+(%[\w.-]+)?$/i.test(rest)) {
    target.host = rest; // a bare IPv6 address: all its colons are its own
  } else throw bad("after the host only a port may follow");
  if (target.host === "") throw bad("the host is missing");
  if (target.user === "") throw bad("the user before @ is empty");
  if (target.port !== undefined && (target.port < 1 || target.port > 65_535)) throw bad("ports go from 1 to 65535");
  checkHostName(target.host);
  if (target.user !== undefined) checkUser(target.user);
  return target;
}

/** `ssh -J a,user@b:2222`: hops in the order in which they are passed. "none" gives no hop. */
export function parseJump(text: string): Target[] {
  if (text.trim().toLowerCase() === "none") return [];
  return text.split(",").map((hop) => parseTarget(hop));
}

export const formatTarget = (target: Target): string => {
  const host = target.host.includes(":") && target.port !== undefined ? `[${target.host}]` : target.host;
  return `${target.user === undefined ? "" : `${target.user}@`}${host}${target.port === undefined ? "" : `:${target.port}`}`;
};

/**
 * Names reach ProxyCommand and Match exec, which are shell text, so they are held to what OpenSSH holds them to
 * since 9.6 (ssh.c valid_hostname, after CVE-2023-51385).
 */
export function checkHostName(host: string): void {
  if (host.startsWith("-") || host.length > 255 || /[\s'`"$\\;&<>|(){}\p{Cc}]/u.test(host))
    throw new ConnectionError(
      "config",
      `${JSON.stringify(host)} is not a host name: it has characters that no host name has.`,
    );
}

/** ssh.c valid_ruser. */
export function checkUser(user: string): void {
  if (user.startsWith("-") || user.endsWith("\\") || /['`";&<>|(){}\p{Cc}]/u.test(user))
    throw new ConnectionError(
      "config",
      `${JSON.stringify(user)} is not a login name: it has characters that no login name has.`,
    );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
