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

const text = (max: number) => z.string().max(max);
const nodeId = text(64).min(1);
const podKey = text(512).min(1);

export const openOptions = z
  .object({
    sudo: z.boolean().optional(),
    readOnly: z.boolean().optional(),
    /** Milliseconds between live refreshes; 0 reads once. */
    everyMs: z.number().int().min(0).max(3_600_000).optional(),
    /** Every reading reads the slow places too. */
    deep: z.boolean().optional(),
    /** false: the node is reached, and not read before somebody asks. */
    read: z.boolean().optional(),
    /** It is one of many: nobody looks at it yet. */
    resting: z.boolean().optional(),
    /** The answer comes when the node is open; where it could not be opened it is closed again, and the answer says why. */
    wait: z.boolean().optional(),
  })
  .strict();
export type OpenOptions = z.infer<typeof openOptions>;

/** Only what belongs to the pod's own net and ipc namespaces: anything else would change the node. */
export const NAMESPACED_SYSCTL = /^(net\.[a-z0-9_.-]+|kernel\.(shm|msg)[a-z0-9_]+|kernel\.sem|fs\.mqueue\.[a-z0-9_]+)$/;
export const NAMESPACED_SYSCTLS = "net.*, kernel.shm*, kernel.msg*, kernel.sem and fs.mqueue.*";

export const labOptions = z
  .object({
    name: text(63).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
    sandbox: z.enum(["pause", "pinned"]),
    containers: z.number().int().min(1).max(20).optional(),
    sharePid: z.boolean().optional(),
    memoryBytes: z.number().int().positive().optional(),
    cpuCores: z.number().positive().max(4096).optional(),
    zombies: z.number().int().min(0).max(1000).optional(),
    hog: z.boolean().optional(),
    sysctls: z
      .record(text(128).regex(NAMESPACED_SYSCTL), text(64).regex(/^[A-Za-z0-9_.,:-]+([ \t][A-Za-z0-9_.,:-]+)*$/))
      .optional(),
  })
  .strict();
export type LabOptions = z.infer<typeof labOptions>;

/** Things that go wrong, done on purpose: on the demo node only. */
export const demoExperiment = z.discriminatedUnion("do", [
  z.object({ do: z.literal("kill"), pid: z.number().int().positive() }).strict(),
  z.object({ do: z.literal("reap"), pid: z.number().int().positive() }).strict(),
  z
    .object({
      do: z.literal("grow"),
      pid: z.number().int().positive(),
      bytes: z
        .number()
        .int()
        .positive()
        .max(2 ** 40),
    })
    .strict(),
  z
    .object({ do: z.literal("zombies"), pid: z.number().int().positive(), count: z.number().int().min(1).max(100) })
    .strict(),
  z.object({ do: z.literal("restart"), pod: text(255).min(1), container: text(255).min(1) }).strict(),
]);
export type DemoExperiment = z.infer<typeof demoExperiment>;

const labTarget = { name: labOptions.shape.name, member: text(63).regex(/^(c[1-9][0-9]?|pause)?$/) };
const amount = z
  .number()
  .int()
  .positive()
  .max(2 ** 40);
/** What happens to pods, done to a lab pod on purpose. `member` is c1, c2…, pause, or "" for the pod's own group. */
export const labOperation = z.discriminatedUnion("do", [
  z.object({ do: z.literal("kill"), ...labTarget }).strict(),
  z.object({ do: z.literal("restart"), ...labTarget }).strict(),
  z.object({ do: z.literal("grow"), ...labTarget, bytes: amount }).strict(),
  z.object({ do: z.literal("limit"), ...labTarget, bytes: amount }).strict(),
]);
export type LabOperation = z.infer<typeof labOperation>;

const action = z.enum(ACTIONS);
export const planOptions = z
  .object({
    acceptRestart: z.boolean().optional(),
    pinFirst: z.boolean().optional(),
    /** The pod is of an ordinary user's processes, and is acted on all the same. */
    asUserMade: z.boolean().optional(),
  })
  .strict();
export type PlanOptions = z.infer<typeof planOptions>;

const enterInput = z.object({ nodeId, podKey, containerId: text(256).min(1).optional() }).strict();

/** How often a window says at which nodes it looks (ms). */
export const LOOK_MS = 20_000;

/** Input schema of every request. Names are `noun.verb`. */
export const requests = {
  /** Where one can go: the demo, this machine, ~/.ssh/config hosts, recent ones. */
  "hosts.list": z.object({}).strict(),
  /** Running containers of this machine that look like nodes; `docker ps` and `podman ps` are started for it. */
  "hosts.running": z.object({}).strict(),
  /** Scenes of the demo node and recordings of live nodes that ship with the app. */
  "scenes.list": z.object({}).strict(),
  /** Many targets from words: names, patterns over the aliases of ssh_config, `kubectl:CONTEXT/*` for a cluster's nodes. */
  "hosts.expand": z.object({ words: z.array(text(4096).min(1)).max(2000) }).strict(),
  "hosts.forget": z.object({ target: text(4096) }).strict(),
  /** Starts opening a target; progress and result come as `node` events. Opening one that is open gives its id. */
  "node.open": z.object({ target: text(4096).min(1), options: openOptions.optional() }).strict(),
  "node.close": z.object({ nodeId }).strict(),
  /** Gives up what the node is doing just now (connecting, reading); what was read stays. */
  "node.cancel": z.object({ nodeId }).strict(),
  "node.retry": z.object({ nodeId }).strict(),
  "node.refresh": z.object({ nodeId, deep: z.boolean().optional() }).strict(),
  "node.every": z.object({ nodeId, everyMs: z.number().int().min(0).max(3_600_000) }).strict(),
  /**
   * Every open node's state; and the whole latest snapshot of one, to start from or to heal. A window is answered null
   * where the snapshot is large or the node rests, and told it as an event.
   */
  "node.states": z.object({}).strict(),
  "node.snapshot": z.object({ nodeId }).strict(),
  /** A window looks at these nodes, and says so every LOOK_MS; of one that nobody looks at a summary is kept. */
  "node.look": z.object({ nodeIds: z.array(nodeId).max(2000) }).strict(),
  /** Reads the node again, its slow places too (sysctls, sockets, mounts, smaps), because this pod is looked at. */
  "pod.deepen": z.object({ nodeId, podKey }).strict(),
  /** Answers a question that the Inspector asked (host key, passphrase, password); null = cancel. */
  "ask.answer": z.object({ askId: text(64), answers: z.array(text(65_536)).max(16).nullable() }).strict(),
  "action.plan": z.object({ nodeId, podKey, action, options: planOptions.optional() }).strict(),
  /** Does a plan that was made by action.plan, after the shell's own confirmation. */
  "action.do": z.object({ nodeId, planId: text(64) }).strict(),
  /** What was done on an open node, or from here on a target, or on any node. */
  /** The command that enters a pod, or one of its containers, from a terminal. */
  "enter.command": enterInput,
  /** Starts it in the person's own terminal program, after the shell's own confirmation. A browser page cannot. */
  "enter.open": enterInput,
  "journal.list": z.object({ nodeId: nodeId.optional(), target: text(4096).optional() }).strict(),
  "journal.undo": z.object({ nodeId, journalId: text(64).optional(), options: planOptions.optional() }).strict(),
  "lab.list": z.object({ nodeId }).strict(),
  "lab.up": z.object({ nodeId, options: labOptions }).strict(),
  "lab.down": z.object({ nodeId, name: text(63).optional() }).strict(),
  /** After the shell's own confirmation, as lab.up and lab.down. */
  "lab.do": z.object({ nodeId, operation: labOperation }).strict(),
  "lab.bench": z
    .object({ nodeId, pods: z.number().int().min(1).max(500), rounds: z.number().int().min(1).max(20).optional() })
    .strict(),
  /** Calls the node's bench off; lab.bench then fails, when its pods are gone. */
  "lab.bench.stop": z.object({ nodeId }).strict(),
  /** `path`: a file of one's own choice, from a terminal alone. `keep`: with `redact`, words that may stay. */
  "record.start": z
    .object({
      nodeId,
      redact: z.boolean().optional(),
      path: text(4096).min(1).optional(),
      keep: z.array(text(1024)).max(10_000).optional(),
    })
    .strict(),
  "record.stop": z.object({ nodeId }).strict(),
  /** Recordings: where the timeline stands; moving it. */
  "recording.seek": z.object({ nodeId, atMs: z.number().min(0) }).strict(),
  "recording.at": z.object({ nodeId, atMs: z.number().min(0) }).strict(),
  /** What is kept of a live node by itself: from when to when, and what happened; times are ms since the epoch, by the node's clock. */
  "history.info": z.object({ nodeId }).strict(),
  "history.at": z.object({ nodeId, atMs: z.number().min(0) }).strict(),
  /** A moment without what tells whose node it is, and what its pod is called there; left out: the latest one. */
  "report.redacted": z.object({ nodeId, podKey: podKey.optional(), atMs: z.number().min(0).optional() }).strict(),
  /**
   * Curves of what is kept of a live node, or of a recording: of groups by their paths ("": the whole node), and of all
   * groups of pods. `from`: blocks before are known already, the last known one may have grown; below 0: so many from the end.
   */
  "curves.get": z
    .object({
      nodeId,
      paths: z.array(text(4096)).max(1000),
      pods: z.array(podKey).max(100),
      from: z.number().int().min(-1000),
    })
    .strict(),
  /** Saves a stretch as a recording in our folder. */
  "history.keep": z
    .object({ nodeId, fromMs: z.number().min(0), toMs: z.number().min(0), redact: z.boolean().optional() })
    .strict(),
  /** What was recorded or opened here, newest first. */
  "recording.list": z.object({}).strict(),
  "lesson.list": z.object({}).strict(),
  /** Refused on anything but the demo node. */
  "demo.do": z.object({ nodeId, experiment: demoExperiment }).strict(),
  /** What a command that only looks prints on the demo node (lessons/looks.ts); refused on anything else. */
  "demo.look": z.object({ nodeId, command: text(1000).min(1) }).strict(),
  /** Asks where (native dialog or a download) and writes; false when the person cancelled. */
  "file.save": z
    .object({
      name: text(255),
      kind: z.enum(["svg", "png", "json", "csv", "html", "recording"]),
      base64: z.string().max(64 * 1024 * 1024),
    })
    .strict(),
  /** Lets a person choose a recording or a probe's output; opens it as a node. */
  "file.open": z.object({}).strict(),
  /** What happened on a live node since it was opened here: the newest of it, oldest first. */
  "events.list": z.object({ nodeId }).strict(),
  /** What was asked of which node, how long it took and what failed: the newest of it, newest last. Never a secret. */
  "log.list": z.object({}).strict(),
  /** The folder in which settings, journal, recordings and the past of live nodes are kept. */
  "files.where": z.object({}).strict(),
  "settings.get": z.object({}).strict(),
  "settings.set": z.object({ values: z.record(text(128), z.unknown()) }).strict(),
} as const;

export type RequestName = keyof typeof requests;
export type RequestInput<N extends RequestName> = z.infer<(typeof requests)[N]>;

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
