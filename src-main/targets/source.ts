/**
 * A Source is where snapshots come from: a node over ssh, this machine, the demo, a recording, a file. It is opened by
 * a Session and knows nothing of windows.
 */

import type { NodeState } from "../../src-shared/api.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { DemoExperiment } from "../../src-shared/requests.ts";
import type { CurveBlocks } from "../recordings/curves.ts";
import type { WantedGroups } from "../recordings/sections.ts";
import type { Connection, Interaction } from "../transport/transport.ts";

export interface OpenSource {
  /** A fresh snapshot; with `deep` the slow places too. Throws ReadingError or ConnectionError. */
  read(options: { deep?: boolean; signal?: AbortSignal }): Promise<Snapshot>;
  /** The way to the node, where there is one: files and recordings have none. */
  readonly connection?: Connection;
  readonly sudo?: boolean;
  /** Settles when the source has ended by itself; null when it was closed. Never rejects. */
  readonly closed: Promise<Error | null>;
  close(): void;
  /** Lets go what a live reading keeps, here and on the node; the next one asks for everything. */
  rest?(): void;
  /** Recordings: the timeline, and moving along it (milliseconds from the start). */
  timeline?(): NonNullable<NodeState["recording"]>;
  seek?(atMs: number): Promise<Snapshot>;
  /** The demo node: something that goes wrong, on purpose. Answers with what happened. */
  experiment?(experiment: DemoExperiment): string;
  /** The demo node: what a command that only looks prints. Throws Error where it does not know the command. */
  look?(command: string): string;
  /** What a recording shows at a moment, without moving there. */
  at?(atMs: number): Promise<Snapshot>;
  /** A recording's curves of some groups, from a block on. */
  curves?(wanted: WantedGroups, from: number): Promise<CurveBlocks>;
}

export interface Source {
  readonly target: string;
  readonly label: string;
  readonly kind: NodeState["kind"];
  /** A program of this machine that opening it starts, with its words. */
  readonly starts?: readonly string[];
  /** What opening it makes elsewhere, and takes away again; shown before. */
  readonly makes?: { what: string; text: string };
  /** A window opens it to look only. */
  readonly looksOnly?: true;
  /** What a person should know about the way that was taken. */
  readonly note?: string;
  /** Refreshes by itself, unless told otherwise. */
  readonly live: boolean;
  open(interaction: Interaction, signal: AbortSignal): Promise<OpenSource>;
}
