/** A script that does an action or a part of one, with its arguments, and the manifest that actions leave. */

import type { ActionName } from "../../src-shared/actions.ts";
import type { PinsManifest } from "../../src-shared/manifests.ts";
import type { Connection } from "../transport/transport.ts";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import { isStandIn, type Question } from "./question.ts";
import { identityIn, type Line, type ProcessIdentity, type RunOptions, type RunResult, runOnNode } from "./remote.ts";

export interface ScriptCall {
  action: ActionName;
  script: string;
  args: string[];
  /** The manifest of a script that asks for it, by the process that it started. */
  manifest?: (started: ProcessIdentity) => PinsManifest;
}

/** When and by which entry of the journal something is done; the time is the node's. */
export interface Stamp {
  journalId: string;
  at: string;
}

/** How an action's own script is called. */
export const caller = (action: ActionName, script: string): ((args: string[]) => ScriptCall) => {
  const composed = compose(script, common);
  return (args) => ({ action, script: composed, args });
};

/** What an action leaves beside the pins, as far as every action says the same. */
export function manifestOf(question: Question, action: ActionName, { journalId, at }: Stamp): PinsManifest {
  const { target, look, snapshot } = question;
  const old = look.manifest;
  const { sandbox } = target;
  const identity = sandbox ? { pid: sandbox.pid, startTicks: sandbox.startTicks } : null;
  return {
    schema: "podglass.pins/1",
    key: target.pod.key,
    pod: target.pod.name,
    bootId: snapshot.node.bootId,
    namespaces: Object.fromEntries(target.pinned.map(({ type, inode }) => [type, inode])),
    cgroups: target.groups,
    sandbox: isStandIn(question) ? (old?.sandbox ?? null) : (identity ?? old?.sandbox ?? null),
    dropped: old?.dropped ?? null,
    restored: old?.restored ?? null,
    last: { journalId, action, at },
  };
}

/** Runs it, and answers with the manifest where its script asks for one. Throws as runOnNode does. */
export const runCall = (
  connection: Connection,
  { script, args, manifest }: ScriptCall,
  options: RunOptions = {},
): Promise<RunResult> =>
  runOnNode(connection, script, args, {
    ...options,
    answer: manifest && ((line: Line) => JSON.stringify(manifest(identityIn(line)))),
  });
