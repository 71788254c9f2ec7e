/**
 * The one object behind all three shells, the window in the desktop and in a browser and the terminal: implements api.ts.
 * Every request is parsed by its schema here, before anything acts on it.
 */
import { randomUUID } from "node:crypto";
import type { ApiEvent, JournalEntry, Results } from "../src-shared/api.ts";
import { isUrgent, type PodglassEvent } from "../src-shared/events/event.ts";
import { inert } from "../src-shared/format.ts";
import { type OpenOptions, type RequestInput, type RequestName, requests } from "../src-shared/requests.ts";
import { ActionService } from "./actions/service.ts";
import { sceneEntries } from "./demo/scenes/index.ts";
import { enterCommand, openInTerminal } from "./enter/service.ts";
import { benchLab, doToLab, listLab, makeLab, removeLab, stopBench } from "./lab/service.ts";
import { historyLimits } from "./recordings/history.ts";
import { newSalt, redactor } from "./recordings/redact.ts";
import { keyOfRedacted } from "./recordings/redacted-pod.ts";
import { RecordingService } from "./recordings/service.ts";
import { requireConnection, type WayToNode } from "./session/access.ts";
import { Attention, restEveryMs } from "./session/attention.ts";
import { Happened } from "./session/happened.ts";
import { Log } from "./session/log.ts";
import { Prompts } from "./session/prompts.ts";
import { Session } from "./session/session.ts";
import type { ShellPowers } from "./shells/shell.ts";
import { lessonTexts } from "./storage/lesson-texts.ts";
import { openSettings, type Settings } from "./storage/settings.ts";
import { consentToStart, expandForWindow, wasChosen } from "./targets/consent.ts";
import { runningNodes } from "./targets/containers.ts";
import { looksLikePath } from "./targets/file.ts";
import { hostEntries } from "./targets/saved-hosts.ts";
import { sourceOf } from "./targets/targets.ts";
import type { SourceOptions } from "./targets/way.ts";
import type { Trace } from "./transport/traced.ts";

export interface InspectorOptions {
  stateDir: string;
  /** No action is offered or accepted on any node. */
  readOnly?: boolean;
  /** What the shell allows on real nodes; the demo node takes actions everywhere. */
  actions: ShellPowers["actions"];
  /** Milliseconds between live refreshes. */
  everyMs?: number;
  /** Live nodes keep their last hour on disk (the settings historyMinutes and historyMegabytes). */
  history?: boolean;
  /** Nodes at which no window looks rest (the setting restSeconds). */
  rests?: boolean;
  /** What is opened comes into the list of recent targets, unless this is false. */
  recent?: boolean;
  /** Command-line ssh options, for every ssh target. */
  source?: SourceOptions;
}

const NOTICE_EVERY_MS = 60_000;
const DEFAULT_EVERY_MS = 1000;
const LONGEST_EVERY_MS = 3_600_000;

/** Milliseconds between refreshes of a node that is opened, by the settings; what cannot be one is left aside. */
function everyMsOf(settings: Settings): number {
  const value = settings.get("everyMs");
  const sound = typeof value === "number" && (value === 0 || (value >= 250 && value <= LONGEST_EVERY_MS));
  return sound ? value : DEFAULT_EVERY_MS;
}

/** Milliseconds between two readings of the slow places of a live node, by the settings; 0 only when somebody asks. */
function slowEveryMsOf(settings: Settings): number {
  const value = settings.get("slowSeconds");
  return 1000 * (typeof value === "number" && (value === 0 || (value >= 5 && value <= 3600)) ? value : 30);
}

/** Whose ssh does a login, by the settings; a word of the command line goes before. */
function sshOf(settings: Settings): SourceOptions["ssh"] {
  const value = settings.get("ssh");
  return value === "system" || value === "builtin" ? value : undefined;
}

type Handlers = {
  [N in RequestName]: (input: RequestInput<N>, shell: ShellPowers) => Promise<Results[N]> | Results[N];
};

export class Inspector {
  readonly #options: InspectorOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<(event: ApiEvent) => void>();
  readonly #prompts: Prompts;
  readonly #log = new Log();
  readonly #happened = new Map<string, Happened>();
  /** When a person was told last of a node, by a clock of ours. */
  readonly #noticed = new Map<string, number>();
  readonly #settings: Settings;
  readonly #actions: ActionService;
  readonly #recorder: RecordingService;
  readonly #attention: Attention | undefined;
  readonly #handlers: Handlers;

  constructor(options: InspectorOptions) {
    this.#options = options;
    this.#settings = openSettings(options.stateDir);
    this.#prompts = new Prompts((event) => this.#emit(event));
    this.#actions = new ActionService(options.stateDir, (event) => this.#emit(event));
    this.#recorder = new RecordingService(options.stateDir, () => historyLimits(this.#settings));
    if (options.rests === true) this.#attention = new Attention(this.#sessions, () => restEveryMs(this.#settings));
    this.#handlers = this.#makeHandlers();
  }

  /** Answers one request of a shell. Throws Error with a sentence for a person. */
  async request(name: string, input: unknown, shell: ShellPowers): Promise<unknown> {
    if (!Object.hasOwn(requests, name))
      throw new Error(`There is no request called ${JSON.stringify(name.slice(0, 64))}.`);
    const known = name as RequestName;
    const parsed = requests[known].safeParse(input);
    if (!parsed.success) {
      const first = parsed.error.issues[0];
      throw new Error(
        `The request ${known} is not of its form: ${first?.path.join(".") || "it"}: ${first?.message ?? "wrong"}.`,
      );
    }
    const handler = this.#handlers[known] as (input: unknown, shell: ShellPowers) => Promise<unknown>;
    const work = () => handler(parsed.data, shell);
    const { nodeId } = parsed.data as { nodeId?: string };
    // What keeps a window up to date, or asks for what is kept here, is no look: a list of all nodes asks it of each.
    const looks = nodeId !== undefined && (!/^(node|curves|events|history)\./.test(known) || known === "node.refresh");
    return looks && this.#attention ? this.#attention.during(nodeId, work) : work();
  }

  subscribe(listener: (event: ApiEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For a shell in this very process that hands a node's own stream through: a terminal's. Throws as an action would. */
  wayTo(nodeId: string): WayToNode {
    return requireConnection(this.#session(nodeId));
  }

  async close(): Promise<void> {
    this.#attention?.close();
    await this.#recorder.close();
    this.#prompts.close();
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #emit(event: ApiEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #session(nodeId: string): Session {
    const session = this.#sessions.get(nodeId);
    if (session === undefined)
      throw new Error("That node is not open any more. Open it again from the welcome screen.");
    return session;
  }

  /** Opens what a shell named. A path that a page named comes up in the person's own dialog first. */
  async #openNamed(target: string, options: OpenOptions | undefined, shell: ShellPowers): Promise<{ nodeId: string }> {
    const files = shell.typed || wasChosen(target, this.#settings, this.#recorder.folder);
    if (files || !looksLikePath(target)) return this.#open(target, options, shell, { files });
    const chosen = await shell.openFile(target);
    if (chosen === null) throw new Error("No file was opened: a window opens those that you choose in its dialog.");
    return this.#open(chosen.path, options, shell, { files: true, remember: chosen.lasting });
  }

  #opened(target: string): { nodeId: string } | undefined {
    for (const session of this.#sessions.values()) {
      if (session.source.target !== target) continue;
      session.retry();
      return { nodeId: session.nodeId };
    }
    return undefined;
  }

  async #open(
    target: string,
    options: OpenOptions = {},
    shell: ShellPowers,
    { files, remember = true }: { files: boolean; remember?: boolean },
  ): Promise<{ nodeId: string }> {
    const known = this.#opened(target);
    if (known) return known;
    const trace: Trace = (told) => {
      this.#options.source?.trace?.(told);
      this.#log.add(target, told);
    };
    const source = await sourceOf(target, {
      ...this.#options.source,
      ssh: this.#options.source?.ssh ?? sshOf(this.#settings),
      trace,
      ...(options.sudo === undefined ? {} : { sudo: options.sudo }),
      files,
    });
    await consentToStart(source, this.#settings, shell);
    const meanwhile = this.#opened(target);
    if (meanwhile) return meanwhile;
    const readOnly = options.readOnly ?? this.#settings.get("readOnly") === true;
    const nodeId = randomUUID();
    const session = new Session(
      nodeId,
      source,
      {
        everyMs: options.everyMs ?? this.#options.everyMs ?? everyMsOf(this.#settings),
        readOnly: readOnly || this.#options.readOnly === true || (source.looksOnly === true && !shell.typed),
        actions: this.#options.actions !== "never" || source.kind === "demo",
        deep: options.deep,
        slowEveryMs: () => slowEveryMsOf(this.#settings),
        restEveryMs: options.resting === true && this.#attention ? restEveryMs(this.#settings) || undefined : undefined,
        read: options.read,
        trace,
      },
      this.#prompts.interaction(nodeId),
      (event) => {
        if (event.type === "node") {
          this.#log.heed(event.state);
          this.#happened.get(nodeId)?.heed(event.state);
        }
        this.#emit(event);
      },
    );
    this.#sessions.set(nodeId, session);
    // One of many is found by its pattern or group: a hundred of them would push out what was opened by itself.
    if (remember && options.resting !== true && this.#options.recent !== false)
      this.#settings.remember(target, source.kind);
    if (this.#options.history === true) this.#recorder.follow(session);
    if (this.#options.history === true && source.live) this.#heedEvents(session);
    else session.watchers.add((snapshot) => this.#recorder.take(session, snapshot));
    const failed = session.start();
    if (options.wait !== true) return { nodeId };
    const why = await failed;
    if (why === undefined) return { nodeId };
    await this.#close(nodeId);
    throw why;
  }

  /** What happens on a live node is told, counted, and marked in what is kept of it. */
  #heedEvents(session: Session): void {
    const { nodeId, source } = session;
    const happened = new Happened(source.target, (event) => this.#notice(session, event));
    this.#happened.set(nodeId, happened);
    session.watchers.add((snapshot) => {
      const told = happened.read(snapshot).map(({ text }) => text);
      session.eventCount = happened.count;
      this.#recorder.take(session, snapshot, told);
    });
  }

  /** Tells a shell what it may tell a person who looks elsewhere; a node that comes and goes does so once a minute. */
  #notice({ nodeId, source }: Session, event: PodglassEvent): void {
    if (this.#settings.get("notify") !== true || !isUrgent(event)) return;
    const now = performance.now();
    if (now - (this.#noticed.get(nodeId) ?? Number.NEGATIVE_INFINITY) < NOTICE_EVERY_MS) return;
    this.#noticed.set(nodeId, now);
    this.#emit({ type: "notice", nodeId, title: inert(source.label, 80), text: inert(event.text, 300) });
  }

  async #close(nodeId: string): Promise<void> {
    const session = this.#session(nodeId);
    await this.#recorder.stopIfRunning(session);
    await this.#recorder.forget(session);
    this.#prompts.drop(nodeId);
    this.#happened.delete(nodeId);
    this.#noticed.delete(nodeId);
    session.close();
    this.#sessions.delete(nodeId);
  }

  /** What was done on an open node, or from here on a target; left out: anywhere. */
  async #journal(input: RequestInput<"journal.list">, shell: ShellPowers): Promise<JournalEntry[]> {
    const { nodeId, target } = input;
    if (nodeId !== undefined) return this.#actions.journalOf(this.#session(nodeId).source.label);
    if (target === undefined) return this.#actions.journalOf(undefined);
    const source = await sourceOf(target, { ...this.#options.source, files: shell.typed === true });
    return this.#actions.journalOf(source.label);
  }

  /** Throws where a page names a file to write: it is told where its recordings go. */
  #record(input: RequestInput<"record.start">, shell: ShellPowers): Promise<{ path: string }> {
    const { nodeId, redact = false, path, keep } = input;
    if (path !== undefined && !shell.typed) throw new Error("A window records into Podglass's own folder.");
    return this.#recorder.start(this.#session(nodeId), redact, path, keep);
  }

  #makeHandlers(): Handlers {
    return {
      "hosts.list": () => hostEntries(this.#settings),
      "hosts.running": () => runningNodes(),
      "scenes.list": () => sceneEntries(),
      "hosts.expand": ({ words }, shell) =>
        expandForWindow(words, this.#options.source?.configFile, this.#settings, shell),
      "hosts.forget": ({ target }) => this.#settings.forget(target),
      "node.open": ({ target, options }, shell) => this.#openNamed(target, options, shell),
      "node.close": async ({ nodeId }) => {
        await this.#close(nodeId);
        return null;
      },
      "node.cancel": ({ nodeId }) => {
        this.#prompts.drop(nodeId);
        this.#session(nodeId).cancel();
        return null;
      },
      "node.retry": ({ nodeId }) => {
        this.#session(nodeId).retry();
        return null;
      },
      "node.refresh": async ({ nodeId, deep }) => {
        await this.#session(nodeId).refresh(deep ?? false);
        return null;
      },
      "node.every": ({ nodeId, everyMs }) => {
        this.#session(nodeId).setEvery(everyMs);
        return null;
      },
      "node.states": () => {
        // A window that has just come asks for these: it must see the questions that wait as well.
        for (const ask of this.#prompts.open) this.#emit({ type: "ask", ask });
        return [...this.#sessions.values()].map((session) => session.state);
      },
      "node.look": ({ nodeIds }) => {
        this.#attention?.look(nodeIds);
        return null;
      },
      "node.snapshot": ({ nodeId }) => {
        const { snapshot, summary } = this.#session(nodeId);
        if (summary !== undefined) this.#emit({ type: "summary", nodeId, summary });
        return snapshot;
      },
      "pod.deepen": async ({ nodeId }) => {
        const session = this.#session(nodeId);
        if (session.opened?.connection !== undefined) await session.refresh(true);
        return null;
      },
      "ask.answer": ({ askId, answers }) => {
        this.#prompts.answer(askId, answers);
        return null;
      },
      "action.plan": ({ nodeId, podKey, action, options }) =>
        this.#actions.plan(this.#session(nodeId), action, podKey, options ?? {}),
      "action.do": ({ nodeId, planId }, shell) =>
        this.#actions.perform(this.#session(nodeId), planId, shell, (plan, outcome) =>
          this.#happened.get(nodeId)?.did(plan, outcome),
        ),
      "enter.command": (input) => ({ command: enterCommand(this.#session(input.nodeId), input) }),
      "enter.open": (input, shell) =>
        openInTerminal(this.#session(input.nodeId), input, shell, this.#settings.get("terminal")),
      "journal.list": (input, shell) => this.#journal(input, shell),
      "journal.undo": async ({ nodeId, ...options }, shell) => {
        return this.#actions.undo(this.#session(nodeId), options, shell, (plan, outcome) =>
          this.#happened.get(nodeId)?.did(plan, outcome, true),
        );
      },
      "lab.list": ({ nodeId }) => listLab(this.#session(nodeId)),
      "lab.up": ({ nodeId, options }, shell) => makeLab(this.#session(nodeId), options, shell),
      "lab.down": ({ nodeId, name }, shell) => removeLab(this.#session(nodeId), name, shell),
      "lab.do": ({ nodeId, operation }, shell) => doToLab(this.#session(nodeId), operation, shell),
      "lab.bench.stop": ({ nodeId }) => stopBench(this.#session(nodeId)),
      "lab.bench": ({ nodeId, pods, rounds = 3 }, shell) =>
        benchLab(this.#session(nodeId), { pods, rounds }, shell, (progress) =>
          this.#emit({ type: "bench", nodeId, ...progress }),
        ),
      "record.start": (input, shell) => this.#record(input, shell),
      "record.stop": ({ nodeId }) => this.#recorder.stop(this.#session(nodeId)),
      "history.info": ({ nodeId }) => this.#recorder.historyOf(this.#session(nodeId)),
      "history.at": async ({ nodeId, atMs }) => ({ snapshot: await this.#recorder.at(this.#session(nodeId), atMs) }),
      "report.redacted": async ({ nodeId, podKey, atMs }) => {
        const session = this.#session(nodeId);
        const shown = atMs === undefined ? session.snapshot?.snapshot : await this.#recorder.at(session, atMs);
        const pod = shown?.pods.find(({ key }) => key === podKey);
        if (shown === undefined || (podKey !== undefined && pod === undefined))
          throw new Error("That is not there at that moment.");
        const snapshot = redactor(newSalt())(shown);
        return { snapshot, podKey: pod && keyOfRedacted(pod, snapshot) };
      },
      "curves.get": ({ nodeId, ...wanted }) => this.#recorder.curves(this.#session(nodeId), wanted),
      "history.keep": ({ nodeId, fromMs, toMs, redact }) =>
        this.#recorder.keep(this.#session(nodeId), fromMs, toMs, redact ?? false),
      "recording.list": () => {
        // A scene that ships with the app is a file too, and has its own place.
        const files = this.#settings.recent().filter((one) => one.kind === "file" && !one.target.startsWith("demo:"));
        return this.#recorder.list(files.map(({ target }) => target));
      },
      "lesson.list": () => lessonTexts(this.#options.stateDir),
      "demo.do": async ({ nodeId, experiment }) => {
        const session = this.#session(nodeId);
        if (session.opened?.experiment === undefined)
          throw new Error("Only the demo node is broken on purpose; on a real node do it by hand.");
        try {
          return { says: session.opened.experiment(experiment) };
        } finally {
          // Deep, because the kernel log of an OOM kill is a slow place.
          await session.refresh(true);
        }
      },
      "demo.look": async ({ nodeId, command }) => {
        const look = this.#session(nodeId).opened?.look;
        if (look === undefined)
          throw new Error("Only the demo node answers commands here; on a real node type it in a terminal.");
        return { output: look(command) };
      },
      "recording.seek": async ({ nodeId, atMs }) => {
        await this.#session(nodeId).seek(atMs);
        return null;
      },
      "recording.at": async ({ nodeId, atMs }) => {
        const at = this.#session(nodeId).opened?.at;
        if (at === undefined) throw new Error("Only a recording has moments to go to.");
        return { snapshot: await at(atMs) };
      },
      "file.save": ({ name, kind, base64 }, shell) => shell.saveFile(name, kind, Buffer.from(base64, "base64")),
      "file.open": async (_input, shell) => {
        const chosen = await shell.openFile();
        return chosen === null ? null : this.#open(chosen.path, {}, shell, { files: true, remember: chosen.lasting });
      },
      "events.list": ({ nodeId }) => this.#happened.get(this.#session(nodeId).nodeId)?.events ?? [],
      "files.where": () => ({ folder: this.#options.stateDir }),
      "log.list": () => this.#log.lines,
      "settings.get": () => this.#settings.all(),
      "settings.set": ({ values }) => this.#settings.set(values),
    };
  }
}
