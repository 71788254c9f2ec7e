/**
 * ssh_config files: reading them with their Includes, and walking through the lines that hold for one host. The text is
 * parsed by the package ssh-config; which section holds, and that the first value wins, is decided here.
 */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import SSHConfig from "ssh-config";
import { ConnectionError } from "../transport/transport.ts";
import { globSync } from "./glob.ts";

/** One line that says something: `Host` and `Match` have the lines below them. */
export interface Directive {
  keyword: string;
  words: string[];
  /** The rest of the line as it is written, for commands. */
  raw: string;
  file: string;
  /** Sections only. */
  body?: Directive[];
  /** Include only: what the files have, in order. */
  included?: Directive[];
}

const MAX_DEPTH = 16;

/** `~` and `~/…`; other paths as they are. */
export const expandHome = (path: string): string =>
  path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;

/**
 * The files that ssh would read: the one given with -F alone (it must be there; "none" is no file), or the person's own
 * and then the system's. Throws ConnectionError ("config").
 */
export function readConfig(file?: string): Directive[] {
  if (file?.toLowerCase() === "none") return [];
  if (file !== undefined) return readFile(expandHome(file), true, 0);
  return [...readFile(join(homedir(), ".ssh", "config"), false, 0), ...readFile("/etc/ssh/ssh_config", false, 0)];
}

function readFile(file: string, required: boolean, depth: number): Directive[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!required && (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR")) return [];
    throw new ConnectionError("config", `The ssh configuration ${file} cannot be read (${code}).`);
  }
  const known = parsed.get(file);
  const lines = known?.text === text ? known.lines : parseConfig(text, file);
  parsed.set(file, { text, lines });
  const follow = (directives: readonly Directive[]): void => {
    for (const line of directives) {
      if (line.body !== undefined) follow(line.body);
      if (/^include$/i.test(line.keyword)) line.included = include(line.words, file, depth);
    }
  };
  follow(lines);
  return lines;
}

/** What each file said last: parsing one of 10,000 hosts takes more than a second, and each node that is opened asks for it. */
const parsed = new Map<string, { text: string; lines: Directive[] }>();

/** Parses one file's text, its Includes not followed. Throws ConnectionError ("config") where it is not ssh_config. */
function parseConfig(text: string, file: string): Directive[] {
  let lines: SSHConfig;
  try {
    lines = SSHConfig.parse(text);
  } catch (error) {
    throw new ConnectionError(
      "config",
      `The ssh configuration ${file} cannot be understood: ${(error as Error).message}.`,
    );
  }
  // The package takes quotes out of commands; they are read again from the text, in the same order.
  const commands = [...text.matchAll(/^[ \t]*(?:ProxyCommand|KnownHostsCommand)(?:[ \t]*=[ \t]*|[ \t]+)(.*)$/gim)].map(
    (m) => (m[1] ?? "").trim(),
  );
  const walk = (config: SSHConfig): Directive[] => {
    const out: Directive[] = [];
    for (const line of config) {
      if (line.type !== SSHConfig.DIRECTIVE) continue;
      const words = typeof line.value === "string" ? [line.value] : line.value.map((part) => part.val);
      const directive: Directive = { keyword: line.param, words, raw: words.join(" "), file };
      if (/^(ProxyCommand|KnownHostsCommand)$/i.test(line.param)) directive.raw = commands.shift() ?? directive.raw;
      if ("config" in line) directive.body = walk(line.config);
      out.push(directive);
    }
    return out;
  };
  return walk(lines);
}

/** Relative paths are below ~/.ssh in a person's file and below /etc/ssh in the system's (ssh_config(5) Include). */
function include(patterns: string[], from: string, depth: number): Directive[] {
  if (depth >= MAX_DEPTH) throw new ConnectionError("config", `${from} includes files more than ${MAX_DEPTH} deep.`);
  const base = from.startsWith("/etc/ssh/") ? dirname("/etc/ssh/x") : join(homedir(), ".ssh");
  return patterns.flatMap((pattern) => {
    const path = expandHome(pattern);
    return globSync(isAbsolute(path) ? path : join(base, path)).flatMap((file) => readFile(file, false, depth + 1));
  });
}
