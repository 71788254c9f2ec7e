/** What a plan asks, and what the checks of several actions ask of it. */
import type { ActionName, Plan } from "../../src-shared/actions.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { normalPath } from "../../src-shared/namespace-paths.ts";
import type { Look } from "./look.ts";
import type { Target } from "./target.ts";

export type Check = Plan["checks"][number];

export interface Question {
  action: ActionName;
  snapshot: Snapshot;
  target: Target;
  look: Look;
  privilege: "root" | "sudo" | "user";
  readOnly: boolean;
  acceptRestart: boolean;
  pinFirst: boolean;
  asUserMade: boolean;
}

export const check = (name: string, ok: boolean, detail: string): Check => ({ name, ok, detail });

/** What checks.sh said of it; where it did not, it is no yes. */
export const said = ({ look }: Question, name: string, otherwise: string): Check => {
  const found = look.said.get(name);
  if (found) return check(name, found.ok, found.detail);
  return check(name, false, look.looked ? otherwise : `could not be looked at: ${look.why}`);
};

/** Is our stand-in the process in question? The runtime does not know it, so its rules do not hold for it. */
export const isStandIn = ({ target, look }: Pick<Question, "target" | "look">): boolean => {
  const restored = look.manifest?.restored;
  const { sandbox } = target;
  return !!restored && restored.pid === sandbox?.pid && restored.startTicks === sandbox.startTicks;
};

/**
 * The runtime's own pins that a record of the pod names, one of each namespace that ours hold: what new members join
 * (CRI-O: config.json names /run/netns/<uuid>). Undefined where one of them has none.
 */
export function othersPins({ snapshot, target, look }: Pick<Question, "snapshot" | "target" | "look">) {
  const { pod, folder } = target;
  const ours = Object.entries(look.manifest?.namespaces ?? {});
  const named = new Set(
    snapshot.containers
      .filter(({ id, podKey }) => podKey === pod.key || pod.containers.includes(id))
      .flatMap(({ ociNamespaces }) => ociNamespaces?.flatMap(({ path }) => (path ? [normalPath(path)] : [])) ?? []),
  );
  const found = ours.flatMap(([type, inode]) => {
    const pins = snapshot.namespaces.find((each) => each.type === type && each.inode === inode)?.pins ?? [];
    const pin = pins.find(({ path }) => !path.startsWith(`${folder}/`) && named.has(normalPath(path)));
    return pin ? [{ type, inode: inode as number, path: pin.path }] : [];
  });
  return ours.length > 0 && found.length === ours.length ? found : undefined;
}
