/** Several targets from what a person types: names, @FILE, and patterns over the aliases of ssh_config. */
import { readFile } from "node:fs/promises";
import { configuredAliases } from "../ssh/hosts.ts";
import { matchPattern } from "../ssh/known-hosts.ts";
import { ReadingError } from "../transport/transport.ts";
import { clusterNodes } from "./kubectl/kubectl.ts";

const MOST = 2000;
const MOST_BYTES = 1024 * 1024;

/**
 * `@FILE` is one target a line (blank lines and # comments are passed over, and a line may be a pattern); a word with * or
 * ? is every alias of ssh_config that matches, `kubectl:CONTEXT/*` every node of a cluster. The order is kept, each target comes once.
 * Throws ConnectionError where a cluster does not tell its nodes, ReadingError where a file cannot be read, a pattern matches nothing, or there are more than 2,000.
 */
export async function expandTargets(words: readonly string[], configFile?: string): Promise<string[]> {
  const found = new Set<string>();
  for (const word of words) {
    for (const one of word.startsWith("@") ? await linesOf(word.slice(1)) : [word])
      for (const target of (await clusterNodes(one)) ??
        (/[*?]/.test(one) && !/[/\\:]/.test(one) ? aliases(one, configFile) : [one]))
        found.add(target);
  }
  if (found.size > MOST) throw new ReadingError(`These are ${found.size} targets; ${MOST} at once are the most.`);
  return [...found];
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new ReadingError(`The list of targets ${path} could not be read: ${error.message}`, { cause: error });
  });
  if (text.length > MOST_BYTES) throw new ReadingError(`The list of targets ${path} is longer than 1 MiB.`);
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, "").trim());
  const targets = lines.filter((line) => line !== "");
  if (targets.length === 0) throw new ReadingError(`The list of targets ${path} names none.`);
  return targets;
}

function aliases(pattern: string, configFile?: string): string[] {
  const matching = configuredAliases(configFile).filter((alias) => matchPattern(pattern, alias));
  if (matching.length === 0)
    throw new ReadingError(`No alias of ${configFile ?? "~/.ssh/config"} matches ${pattern}: there is no such target.`);
  return matching;
}
