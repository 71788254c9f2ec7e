/** A way in: from what a person types to a Source. One file a way, one table of them (targets.ts). */
import type { SshOptions } from "../ssh/connect.ts";
import type { Trace } from "../transport/traced.ts";
import type { Source } from "./source.ts";

/** Whose ssh does a login: the system's, the built-in one, or (auto) the system's where only that can. */
export const WHOSE_SSH = ["system", "auto", "builtin"] as const;

export interface SourceOptions extends SshOptions {
  /** Run the probe through sudo. */
  sudo?: boolean;
  /** Whether the target may be a file. Where it may not, nothing tells whether such a file is there. */
  files?: boolean;
  ssh?: (typeof WHOSE_SSH)[number];
  /** Told what is asked of the node and how long it took, a line each (--verbose). Never a secret. */
  trace?: Trace;
  /** Nobody is there to ask: the system's ssh is told so. */
  batch?: boolean;
  /** --image: of the pod that a cluster's node is looked into by. */
  image?: string;
  /** --via: a command whose stdin and stdout are a shell on the node. A terminal's alone. */
  via?: string;
}

/** Null where the text is another way's. Throws ConnectionError("config") or ReadingError where it is this one's and wrong. */
export type Way = (text: string, options: SourceOptions) => Source | null | Promise<Source | null>;
