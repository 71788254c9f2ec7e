/** All that is known of a pod when its sandbox is looked for, and what keeps it there. */
import type { NamespaceInodes, RuntimeConfiguration } from "../model.ts";
import type { Member } from "./containers.ts";
import type { Draft } from "./drafts.ts";
import type { Namespaces } from "./namespaces.ts";

export interface SandboxQuestion {
  draft: Draft;
  /** Live containers, without the sandbox. */
  live: readonly Member[];
  /** What the pod shares, as far as that is known without the sandbox. */
  shared: NamespaceInodes;
  namespaces: Namespaces;
  initial: NamespaceInodes;
  configuration: readonly RuntimeConfiguration[];
}
