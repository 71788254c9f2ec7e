/** Whether ssh_config asks for something, for a host or one on the way to it, that only the system's ssh can do. */
import { existsSync } from "node:fs";
import type { SshOptions } from "../config.ts";
import { type Directive, expandHome, readConfig } from "../config-file.ts";
import { standing } from "../config-keywords.ts";
import { gather } from "../config-match.ts";
import { readKeyText } from "../key-text.ts";
import { type Answer, answered } from "../match-exec.ts";
import { parseJump, parseTarget, type Target } from "../target.ts";

const REASONS = new Set([
  "certificatefile",
  "gssapiauthentication",
  "pkcs11provider",
  "securitykeyprovider",
  "canonicalizehostname",
  "revokedhostkeys",
  "knownhostscommand",
  "verifyhostkeydns",
]);
const MAX_HOPS = 8;

/** The keywords and keys that need it, as a person knows them; empty where the built-in client does. Throws ConnectionError ("config"). */
export async function needsSystemSsh(text: string, options: SshOptions): Promise<string[]> {
  const lines = readConfig(options.configFile);
  const { reasons, keys } = await answered((answer) => asked(parseTarget(text), lines, options, answer));
  for (const key of keys) if (await isHardwareKey(key)) reasons.add(`the key ${key} (sk-)`);
  return [...reasons];
}

function asked(to: Target, lines: readonly Directive[], options: SshOptions, answer: Answer) {
  const reasons = new Set<string>();
  const keys = new Set((options.identityFiles ?? []).map(expandHome));
  const visit = (target: Target, role: "target" | "hop", depth: number): void => {
    const values = gather(target, lines, answer, role);
    for (const [keyword, set] of values) {
      const first = set[0];
      if (first === undefined || !REASONS.has(keyword) || isDistributions(keyword, first)) continue;
      if (/^(refused|unsupported)$/.test(standing(keyword, first.words.join(" ")))) reasons.add(first.keyword);
    }
    for (const { words } of values.get("identityfile") ?? []) keys.add(expandHome(words.join(" ")));
    const jump = (role === "target" && options.jump) || values.get("proxyjump")?.[0]?.words.join(" ");
    if (jump !== undefined && jump !== "" && depth < MAX_HOPS)
      for (const hop of parseJump(jump)) visit(hop, "hop", depth + 1);
  };
  visit(to, "target", 0);
  return { reasons, keys };
}

/** Debian, Fedora and others write `GSSAPIAuthentication yes` for everybody, who then mostly has no ticket. */
const isDistributions = (keyword: string, { file }: Directive): boolean =>
  keyword === "gssapiauthentication" && file.startsWith("/etc/ssh/") && process.env.KRB5CCNAME === undefined;

async function isHardwareKey(path: string): Promise<boolean> {
  for (const name of [`${path}.pub`, path]) {
    if (!existsSync(name)) continue;
    const text = await readKeyText(name).catch(() => "");
    if (/^sk-(ssh|ecdsa)-/.test(text)) return true;
  }
  return false;
}
