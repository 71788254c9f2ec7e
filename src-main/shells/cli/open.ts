/** From the command line's options to one opened target. */

import { stat } from "node:fs/promises";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { runtimeOf } from "../../../src-shared/runtimes/table.ts";
import type { OpenSource, Source } from "../../targets/source.ts";
import { sourceOf } from "../../targets/targets.ts";
import type { SourceOptions } from "../../targets/way.ts";
import { timed } from "../../transport/traced.ts";
import { Usage } from "./exit.ts";
import { isTerminal, say, terminalInteraction } from "./terminal.ts";

/** Options common to every command that takes a TARGET, as commander gives them. */
export interface CommonOptions {
  json?: boolean;
  sudo?: boolean;
  deep?: boolean;
  i?: string;
  F?: string;
  o?: string[];
  J?: string;
  via?: string;
  ssh?: (typeof WHOSE_SSH)[number];
  verbose?: boolean;
  readOnly?: boolean;
}

const STRICT = ["yes", "accept-new", "ask"] as const;

export const WHOSE_SSH = ["system", "auto", "builtin"] as const;

/** Throws Usage for an -o that is not supported: there is no way to switch checking off. */
function sourceOptions(options: CommonOptions): SourceOptions {
  const source: SourceOptions = { strictHostKeyChecking: isTerminal() ? "ask" : "yes", batch: !isTerminal() };
  if (options.sudo) source.sudo = true;
  if (options.i !== undefined) source.identityFiles = [options.i];
  if (options.F !== undefined) source.configFile = options.F;
  if (options.via !== undefined) source.via = options.via;
  if (options.ssh !== undefined) source.ssh = options.ssh;
  if (options.verbose) source.trace = (line) => say(inert(line, 500));
  if (options.J !== undefined) source.jump = options.J;
  for (const pair of options.o ?? []) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).toLowerCase();
    const value = pair.slice(at + 1);
    if (at > 0 && name === "userknownhostsfile" && value !== "") source.userKnownHostsFiles = [value];
    else if (at > 0 && name === "stricthostkeychecking") {
      const mode = STRICT.find((known) => known === value);
      if (mode === undefined)
        throw new Usage(`StrictHostKeyChecking is yes, accept-new or ask; "${value}" is none of them.`);
      source.strictHostKeyChecking = mode;
    } else {
      throw new Usage(
        `-o ${pair}: only UserKnownHostsFile=FILE and StrictHostKeyChecking=yes|accept-new|ask are taken here; put others in ssh_config.`,
      );
    }
  }
  return source;
}

export interface OpenTarget {
  source: Source;
  opened: OpenSource;
  snapshot: Snapshot;
}

/** Opens a target without reading it. The caller closes `opened`. */
export async function openConnection(
  target: string,
  options: CommonOptions,
): Promise<{ source: Source; opened: OpenSource; label: string }> {
  const told = sourceOptions(options);
  const source = await sourceOf(target, told);
  if (source.note !== undefined) say(inert(source.note, 500));
  const { trace } = told;
  const interaction = trace === undefined ? terminalInteraction : { ...terminalInteraction, progress: trace };
  const opened = await timed(`opening ${source.label}`, trace, () =>
    source.open(interaction, new AbortController().signal),
  );
  return { source, opened, label: source.label };
}

/** Opens a target and reads it once. The caller closes `opened`. */
export async function openTarget(target: string, options: CommonOptions): Promise<OpenTarget> {
  const { source, opened } = await openConnection(target, options);
  try {
    const deep = options.deep ?? false;
    const first = await opened.read({ deep });
    const snapshot = !deep && opened.connection && hasNamelessPods(first) ? await opened.read({ deep: true }) : first;
    return { source, opened, snapshot };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** Some runtimes keep the names of pods in a database: only they themselves tell them, and they are asked when deep. */
const hasNamelessPods = (snapshot: Snapshot): boolean =>
  snapshot.pods.some(
    ({ runtime, key, name }) => runtimeOf(runtime).listed !== undefined && key.startsWith(`${runtime}/${name}`),
  );

export async function withTarget<T>(
  target: string,
  options: CommonOptions,
  work: (open: OpenTarget) => Promise<T> | T,
): Promise<T> {
  const open = await openTarget(target, options);
  try {
    return await work(open);
  } finally {
    open.opened.close();
  }
}

/**
 * Splits TARGET/POD: the target is the longest prefix that is one (a file, `demo`, `local`, else up to the first slash
 * after the host). Throws Usage.
 */
export async function splitTargetPod(text: string): Promise<{ target: string; pod: string }> {
  const start = text.startsWith("ssh://") ? "ssh://".length : 0;
  for (let at = text.lastIndexOf("/"); at > start; at = text.lastIndexOf("/", at - 1)) {
    const target = text.slice(0, at);
    const found = await stat(target).catch(() => undefined);
    if (found?.isFile()) return { target, pod: text.slice(at + 1) };
  }
  const at = text.indexOf("/", start);
  if (at <= start || at === text.length - 1)
    throw new Usage(`"${text}" is not TARGET/POD: a target, a slash, and a pod's name, key or id.`);
  return { target: text.slice(0, at), pod: text.slice(at + 1) };
}
