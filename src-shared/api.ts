/**
 * The verbs: what the Inspector answers to each request (requests.ts), and what it tells on its own.
 */
import type { Outcome, Plan } from "./actions.ts";
import type { ListName } from "./diff/delta.ts";
import type { PodglassEvent } from "./events/event.ts";
import type { Delta, Snapshot } from "./model.ts";
import type { NodeSummary } from "./questions/summary.ts";
import type { LabPod } from "./reports.ts";
import type { RequestInput, RequestName } from "./requests.ts";

export interface HostEntry {
  target: string;
  label: string;
  /** program: a program of this machine leads there. */
  kind: "demo" | "local" | "ssh" | "program" | "file";
  /** Where it comes from: "built in", "~/.ssh/config", "recent". */
  source: string;
  detail?: string;
}

/** A `demo:` target: played by the demo node, or recorded on a live one. */
export interface SceneEntry {
  target: string;
  title: string;
  about: string;
  recorded: boolean;
}

/** A line of the log; what comes back again and again is counted on one line. */
export interface LogEntry {
  target: string;
  /** When it was told first and last (ms since the epoch, by our clock). */
  atMs: number;
  lastMs: number;
  what: string;
  state: "begins" | "done" | "failed" | "note";
  times: number;
  /** How long the newest took, and the longest of them. */
  ms?: number;
  longestMs?: number;
  /** What a script ended with. */
  status?: number | string;
}

export type NodePhase = "connecting" | "reading" | "live" | "still" | "stale" | "refused";

export interface NodeState {
  nodeId: string;
  target: string;
  label: string;
  kind: HostEntry["kind"];
  /** live: refreshed by itself; still: read once or a file; stale: connection lost, the last snapshot stays. */
  phase: NodePhase;
  /** What is being done, or why it was refused, in a sentence. */
  detail?: string;
  /**
   * Why it was refused or lost, until it is read again. kind: what of the way failed (a ConnectionError's), or "reading".
   * again: it is tried again by itself.
   */
  failure?: { kind: string; sentence: string; again: boolean };
  /** What a person should know about the way that was taken. */
  note?: string;
  /** When the shown snapshot was taken, by the Inspector's clock (ms since epoch). */
  seenAtMs?: number;
  everyMs: number;
  /** Nobody looks at it: it is read now and then, and told as a summary. */
  resting?: true;
  readOnly: boolean;
  /** Actions can be asked for in this shell on this node. */
  actions: boolean;
  /** startMs and endMs by the clock; atMs and marks since startMs, as recording.seek and recording.at take them. */
  recording?: { startMs: number; endMs: number; atMs: number; frames: number; marks: { atMs: number; text: string }[] };
  recordingTo?: string;
  /** Why the last recording ended by itself, as a sentence. */
  recordingTrouble?: string;
  /** A live node: how many events there were since it was opened here. */
  eventCount?: number;
}

/** A question that only a person can answer. `hostkey` shows fingerprints; the others show prompts as the server words them. */
export interface Ask {
  askId: string;
  nodeId?: string;
  kind: "hostkey" | "passphrase" | "password" | "keyboard" | "sudo";
  title: string;
  detail: string;
  prompts: { text: string; echo: boolean }[];
  /** With `hostkey`: whose key it is. */
  key?: { host: string; keyType: string; fingerprint: string; detail: string };
}

export interface JournalEntry {
  id: string;
  at: string;
  node: string;
  pod: string;
  action: string;
  state: "started" | "done" | "failed" | "undone" | "rolled-back";
  detail: string;
  undoable: boolean;
}

export interface BenchRow {
  kind: string;
  pods: number;
  rounds: number;
  /** Medians with spread, by measure: "createMs", "removeMs", "nodeCpuMs", "processes", "rssBytes", "pssBytes", "cgroups", "mounts". */
  measures: Record<string, { median: number; low: number; high: number; unit: string }>;
}

/** What is kept of a live node by itself. */
export interface HistoryInfo {
  /** By the node's clock, ms since the epoch; absent while nothing is kept. */
  startMs?: number;
  endMs?: number;
  /** On disk. */
  bytes: number;
  /** What happened; ms since the epoch. */
  marks: { atMs: number; text: string }[];
  /** Why it ended, in a sentence: a full disk, a folder that cannot be written. */
  trouble?: string;
}

/** Blocks of curves in their order, as src-shared/curves/block.ts packs them. */
export interface CurvesKept {
  /** The number of the oldest block that is kept. */
  first: number;
  blocks: { number: number; base64: string }[];
  /** There are later ones: ask again from the last of these. */
  more: boolean;
}

/** A recording, a snapshot or a probe's output that was made or opened here. */
export interface KeptFile {
  path: string;
  name: string;
  bytes: number;
  kind?: "recording" | "snapshot" | "probe";
  /** The node that it tells of. */
  node?: string;
  /** By the node's clock; a snapshot has a start alone. */
  startMs?: number;
  endMs?: number;
  frames?: number;
  /** Why it cannot be opened, in words. */
  trouble?: string;
}

export interface LabList {
  pods: LabPod[];
  /** Mount namespaces that hold copies of mounts of ours: a process in each, and how many; at most 100 of them. */
  copies: { mountNamespace: number; pid: number; count: number }[];
}

export interface LessonText {
  id: string;
  source: string;
}

/** Result of every request. */
export interface Results {
  "hosts.list": HostEntry[];
  "hosts.running": HostEntry[];
  "scenes.list": SceneEntry[];
  "hosts.expand": string[];
  "hosts.forget": null;
  "node.open": { nodeId: string };
  "node.close": null;
  "node.cancel": null;
  "node.retry": null;
  "node.refresh": null;
  "node.every": null;
  "node.states": NodeState[];
  "node.look": null;
  "node.snapshot": { seq: number; snapshot: Snapshot } | null;
  "pod.deepen": null;
  "ask.answer": null;
  "action.plan": { planId: string; plan: Plan };
  "action.do": Outcome;
  "enter.command": { command: string };
  "enter.open": null;
  "journal.list": JournalEntry[];
  "journal.undo": Outcome;
  "lab.list": LabList;
  "lab.up": LabPod;
  "lab.down": { removed: string[] };
  /** What happened, as a sentence. */
  "lab.do": { says: string };
  "lab.bench": BenchRow[];
  "lab.bench.stop": null;
  "record.start": { path: string };
  "record.stop": { path: string; frames: number; bytes: number };
  "recording.seek": null;
  "recording.at": { snapshot: Snapshot };
  "history.info": HistoryInfo | null;
  "history.at": { snapshot: Snapshot };
  "report.redacted": { snapshot: Snapshot; podKey?: string };
  /** null: nothing is kept of this node. */
  "curves.get": CurvesKept | null;
  "history.keep": { path: string; frames: number; bytes: number };
  "recording.list": KeptFile[];
  "lesson.list": LessonText[];
  /** What happened, as a sentence. */
  "demo.do": { says: string };
  "demo.look": { output: string };
  "file.save": boolean;
  "file.open": { nodeId: string } | null;
  "events.list": readonly PodglassEvent[];
  "log.list": readonly LogEntry[];
  "files.where": { folder: string };
  "settings.get": Record<string, unknown>;
  "settings.set": null;
}

/** What the Inspector tells on its own. */
export type ApiEvent =
  | { type: "node"; state: NodeState }
  | { type: "gone"; nodeId: string }
  /** From a shell: a person opened it outside the window (by double click on its file), and wants to see it. */
  | { type: "show"; nodeId: string }
  /** From a shell: a link of anybody's that a person followed outside the window. Nothing is opened by it alone. */
  | { type: "link"; text: string }
  | { type: "snapshot"; nodeId: string; seq: number; snapshot: Snapshot }
  /** In place of a snapshot, of a node that rests; what was told before is to be let go. */
  | { type: "summary"; nodeId: string; summary: NodeSummary }
  /** From a shell to its window alone, before a large snapshot: some items of one of its lists (see chunks.ts). */
  | { type: "chunk"; nodeId: string; list: ListName; items: unknown[] }
  /** Applies to the snapshot with seq one lower; a window that missed one asks node.snapshot. */
  | { type: "delta"; nodeId: string; delta: Delta }
  /** With the setting "notify": what a person would want to know who looks elsewhere just now. */
  | { type: "notice"; nodeId: string; title: string; text: string }
  | { type: "ask"; ask: Ask }
  | { type: "asked"; askId: string }
  | { type: "step"; nodeId: string; title: string; ok: boolean | null; detail: string }
  | {
      type: "bench";
      nodeId: string;
      done: number;
      total: number;
      rows: BenchRow[];
      now?: { kind: string; step: "create" | "remove"; pod: number; pods: number };
    };

/** What a shell gives its window. Errors are sentences for a person; `message` is all that crosses. */
export interface Api {
  request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<Results[N]>;
  subscribe(listener: (event: ApiEvent) => void): () => void;
  /** Which shell this is: what it can do differs (native dialogs, downloads, menus). */
  readonly shell: { kind: "desktop" | "browser"; platform: string; version: string };
}
