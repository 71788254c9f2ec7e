/**
 * All that a window, a browser page or the command line may ask of the Inspector. Each request is parsed by its schema in
 * the main process before it acts.
 */
import { z } from "zod";
import { ACTIONS } from "./actions.ts";

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
  /** The command that enters a pod, or one of its containers, from a terminal. */
  "enter.command": enterInput,
  /** Starts it in the person's own terminal program, after the shell's own confirmation. A browser page cannot. */
  "enter.open": enterInput,
  /** What was done on an open node, or from here on a target, or on any node. */
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
