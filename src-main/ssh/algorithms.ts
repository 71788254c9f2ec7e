/** HostKeyAlgorithms, KexAlgorithms, Ciphers and MACs of ssh_config, cut to what ssh2 can do on this machine. */
import type { Algorithms } from "ssh2";
import lists from "ssh2/lib/protocol/constants.js";
import { ConnectionError } from "../transport/transport.ts";
import type { HostSettings } from "./config.ts";
import { matchPattern } from "./known-hosts.ts";

/** `hostKeys` are the algorithms in the order in which known keys ask for them. Throws ConnectionError ("config"). */
export function algorithmLists(settings: HostSettings, hostKeys: readonly string[]): Algorithms {
  const wanted = settings.algorithms;
  const list = (keyword: string, spec: string | undefined, usual: readonly string[], able: readonly string[]) =>
    spec === undefined ? undefined : choose(keyword, spec, usual, able);
  const chosen = {
    serverHostKey: (
      list("HostKeyAlgorithms", wanted.hostKey, hostKeys, lists.SUPPORTED_SERVER_HOST_KEY) ?? hostKeys
    ).filter((name) => lists.SUPPORTED_SERVER_HOST_KEY.includes(name)),
    kex: list("KexAlgorithms", wanted.kex, lists.DEFAULT_KEX, lists.SUPPORTED_KEX),
    cipher: list("Ciphers", wanted.cipher, lists.DEFAULT_CIPHER, lists.SUPPORTED_CIPHER),
    hmac: list("MACs", wanted.mac, lists.DEFAULT_MAC, lists.SUPPORTED_MAC),
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, names]) => names !== undefined)) as Algorithms;
}

/** ssh_config(5): a list, or + appends to the usual ones, - takes away (with wildcards), ^ puts in front. */
function choose(keyword: string, spec: string, usual: readonly string[], able: readonly string[]): string[] {
  const sign = /^[-+^]/.exec(spec)?.[0] ?? "";
  const named = spec
    .slice(sign.length)
    .split(",")
    .map((name) => name.trim());
  const possible = named.filter((name) => able.includes(name));
  let result: string[];
  if (sign === "-") result = usual.filter((name) => !named.some((pattern) => matchPattern(pattern, name)));
  else if (sign === "+") result = [...usual, ...possible];
  else if (sign === "^") result = [...possible, ...usual];
  else result = possible;
  result = [...new Set(result)];
  if (result.length === 0)
    throw new ConnectionError(
      "config",
      `${keyword} ${spec} leaves nothing that Podglass can do. It can do ${able.join(", ")}.`,
    );
  return result;
}
