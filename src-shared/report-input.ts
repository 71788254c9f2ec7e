/** What a report is made of: see src-renderer/report, which the window and the terminal share. */
import type { Block } from "./curves/block.ts";
import type { Snapshot } from "./model.ts";

export interface ReportInput {
  snapshot: Snapshot;
  /** As the person named it; a redacted report has none. */
  target?: string;
  /** The one pod that it is about; absent: the node. */
  podKey?: string;
  events: readonly { at: string; kind?: string; pod?: string; text: string }[];
  /** Why there are no events, or not all of them, as a sentence. */
  eventsNote?: string;
  /** Numbers over the time before, in its order; absent where none were kept. Under the names of the snapshot. */
  curves?: readonly Block[];
  redacted: boolean;
  /** Podglass' own. */
  version: string;
  /** When it was made, by this machine's clock, ISO 8601. */
  madeAt: string;
}

/** The whole file's text. Throws where the pod is not in the snapshot. */
export type MakeReport = (input: ReportInput) => string;
