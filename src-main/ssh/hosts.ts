/** Hosts that a person can choose without typing: the aliases of ~/.ssh/config. */
import type { HostEntry } from "../../src-shared/api.ts";
import { settingsFor } from "./config.ts";
import { type Directive, readConfig } from "./config-file.ts";

const MOST = 2_000;
/** Where an alias leads takes a walk through all lines: with very many of them only the first are described. */
const MOST_WALKED = 100_000;

/** Aliases without wildcards, in the order of the file, each with where it leads. A file that cannot be read gives none. */
export function configuredHosts(configFile?: string): HostEntry[] {
  let lines: Directive[];
  try {
    lines = readConfig(configFile);
  } catch {
    return [];
  }
  const aliases = [...aliasesIn(lines)];
  const described = MOST_WALKED / aliases.length;
  return aliases.slice(0, MOST).flatMap(([alias, line], index) => {
    const entry = { target: alias, label: alias, kind: "ssh" as const, source: line.file };
    if (index >= described) return [entry];
    try {
      const settings = settingsFor({ host: alias }, lines, {}, () => false, "listed");
      const via =
        settings.jump.length > 0
          ? ` via ${settings.jump.map((hop) => hop.host).join(", ")}`
          : settings.proxyCommand
            ? " via a ProxyCommand"
            : "";
      const where = `${settings.user}@${settings.hostName}${settings.port === 22 ? "" : `:${settings.port}`}${via}`;
      return [{ ...entry, detail: where }];
    } catch {
      return [];
    }
  });
}

/** Every alias of the configuration that has no wildcard, in the order of the files. Throws ConnectionError ("config"). */
export const configuredAliases = (configFile?: string): string[] => [...aliasesIn(readConfig(configFile)).keys()];

function aliasesIn(lines: readonly Directive[]): Map<string, Directive> {
  const aliases = new Map<string, Directive>();
  const walk = (directives: readonly Directive[]): void => {
    for (const line of directives) {
      if (line.included) walk(line.included);
      if (line.keyword.toLowerCase() !== "host") continue;
      for (const word of line.words) if (!/[*?!]/.test(word)) aliases.set(word, aliases.get(word) ?? line);
      walk(line.body ?? []);
    }
  };
  walk(lines);
  return aliases;
}
