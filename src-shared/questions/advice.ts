/**
 * Where dropping pause is configuration, not surgery: what each runtime of a node can do by itself, what it is set to,
 * and the drop-in file or command that would change it, for an operator to apply. Podglass never applies it.
 */
import { settingOf } from "../assemble/configuration.ts";
import type { Snapshot } from "../model.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import type { Advice } from "../runtimes/runtime.ts";
import { runtimes } from "../runtimes/table.ts";

/** One for each runtime that runs on the node or has pods there. */
export function configurationAdvice(snapshot: Snapshot): Advice[] {
  const names = new Set<RuntimeName>(snapshot.node.runtimes.map(({ name }) => name));
  for (const { runtime } of snapshot.pods) names.add(runtime);
  return runtimes.flatMap(({ name, advice }) =>
    advice && names.has(name) ? { runtime: name, ...advice(settingOf(snapshot.node.configuration ?? [], name)) } : [],
  );
}
