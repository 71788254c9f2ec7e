/** From the command line's options to one opened target. */

import { stat } from "node:fs/promises";
import type { ApiEvent, NodeState } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { OpenOptions } from "../../../src-shared/requests.ts";
import { runtimeOf } from "../../../src-shared/runtimes/table.ts";
import type { SourceOptions } from "../../targets/way.ts";
import { traceLine } from "../../transport/traced.ts";
import { ConnectionError } from "../../transport/transport.ts";
import { Usage } from "./exit.ts";
import { type Inspecting, inspect } from "./inspect.ts";
import { isTerminal, say } from "./terminal.ts";

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
  image?: string;
  ssh?: SourceOptions["ssh"];
  verbose?: boolean;
  readOnly?: boolean;
}

const STRICT = ["yes", "accept-new", "ask"] as const;

/** Throws Usage for an -o that is not supported: there is no way to switch checking off. */
function sourceOptions(options: CommonOptions): SourceOptions {
  const source: SourceOptions = { strictHostKeyChecking: isTerminal() ? "ask" : "yes", batch: !isTerminal() };
  if (options.sudo) source.sudo = true;
  if (options.i !== undefined) source.identityFiles = [options.i];
  if (options.F !== undefined) source.configFile = options.F;
  if (options.via !== undefined) source.via = options.via;
  if (options.image !== undefined) source.image = options.image;
  if (options.ssh !== undefined) source.ssh = options.ssh;
  if (options.verbose) source.trace = (told) => say(inert(traceLine(told), 500));
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

/** One process runs one command: its targets are opened by one Inspector, with that command's options. */
let inspecting: Inspecting | undefined;

export function inspectingWith(options: CommonOptions): Inspecting {
  inspecting ??= inspect({ readOnly: options.readOnly ?? false, source: sourceOptions(options) });
  return inspecting;
}

/** A node that a command has open. */
export interface OpenNode {
  nodeId: string;
  ask: Inspecting["ask"];
  /** What the Inspector tells of this node alone. */
  subscribe(listener: (event: ApiEvent) => void): void;
  /** The connection itself, for a stream that is handed through. Throws where the target is a file. */
  way(): ReturnType<Inspecting["wayTo"]>;
  close(): Promise<void>;
}

export interface OpenTarget extends OpenNode {
  /** When it had been read once. */
  state: NodeState;
  /** The first one. */
  snapshot: Snapshot;
}

/** Opens a target, as `how` says. Throws what the way to it throws. */
export async function openNode(target: string, options: CommonOptions, how: OpenOptions = {}): Promise<OpenNode> {
  const { ask, subscribe, wayTo } = inspectingWith(options);
  const readOnly = options.readOnly ?? false;
  const { nodeId } = await ask("node.open", { target, options: { wait: true, everyMs: 0, readOnly, ...how } });
  return {
    nodeId,
    ask,
    subscribe: (listener) =>
      void subscribe((event) => {
        const whose = event.type === "node" ? event.state.nodeId : "nodeId" in event ? event.nodeId : undefined;
        if (whose === nodeId) listener(event);
      }),
    way: () => wayTo(nodeId),
    close: async () => void (await ask("node.close", { nodeId })),
  };
}

/** Opens a target and reads it once, or, with `everyMs`, again and again. The caller closes it. */
export async function openTarget(target: string, options: CommonOptions, everyMs = 0): Promise<OpenTarget> {
  const node = await openNode(target, options, { deep: options.deep ?? false, everyMs });
  const { nodeId, ask, close } = node;
  try {
    const state = (await ask("node.states", {})).find((each) => each.nodeId === nodeId);
    const latest = async (): Promise<OpenTarget> => {
      const now = await ask("node.snapshot", { nodeId });
      if (state === undefined || now === null) throw new ConnectionError("lost", `${target} was lost at once.`);
      return { ...node, state, snapshot: now.snapshot };
    };
    const first = await latest();
    if (options.deep || first.state.kind === "file" || !hasNamelessPods(first.snapshot)) return first;
    await ask("node.refresh", { nodeId, deep: true });
    return await latest();
  } catch (error) {
    await close();
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
    await open.close();
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
  // A cluster's node may have its context before it, and a context has slashes too.
  const at = text.startsWith("kubectl:") ? text.lastIndexOf("/") : text.indexOf("/", start);
  if (at <= start || at === text.length - 1)
    throw new Usage(`"${text}" is not TARGET/POD: a target, a slash, and a pod's name, key or id.`);
  return { target: text.slice(0, at), pod: text.slice(at + 1) };
}
