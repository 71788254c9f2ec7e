/** All that is known of a pod when its sandbox is looked for, and what keeps it there. */
import type { NamespaceInodes, NamespaceType, Process, RuntimeConfiguration } from "../model.ts";
import type { Member } from "./containers.ts";
import type { Draft } from "./drafts.ts";
import type { Namespaces } from "./namespaces.ts";
import type { Sight } from "./sight.ts";

export interface SandboxQuestion {
  draft: Draft;
  /** Live containers, without the sandbox. */
  live: readonly Member[];
  /** What the pod shares, as far as that is known without the sandbox. */
  shared: NamespaceInodes;
  /** Types of which a member could not be read. */
  unread: readonly NamespaceType[];
  namespaces: Namespaces;
  initial: NamespaceInodes;
  byPid: ReadonlyMap<number, Process>;
  sight: Sight;
  configuration: readonly RuntimeConfiguration[];
}
