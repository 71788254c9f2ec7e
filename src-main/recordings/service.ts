/** Recordings as a shell asks for them: beginning and ending one on a session, and the list of those in our folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CurvesKept, HistoryInfo, KeptFile } from "../../src-shared/api.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { RequestInput } from "../../src-shared/requests.ts";
import type { Session } from "../session/session.ts";
import { wantedGroups } from "./curves.ts";
import { History, type HistoryLimits, removeForsaken } from "./history.ts";
import { recordingsList, SUFFIX } from "./list.ts";
import { RecordingWriter } from "./writer.ts";

type CurvesInput = Omit<RequestInput<"curves.get">, "nodeId">;

interface Running {
  writer: RecordingWriter;
  /** Why it took no more. */
  failed?: Error;
  write(snapshot: Snapshot, told: readonly string[] | undefined): void;
}

export class RecordingService {
  readonly folder: string;
  readonly #historyFolder: string;
  readonly #limits: () => HistoryLimits;
  readonly #running = new Map<Session, Running>();
  readonly #histories = new Map<Session, History>();

  /** @param limits what each live node keeps of itself; bytes 0 for nothing */
  constructor(stateDir: string, limits: () => HistoryLimits) {
    this.folder = join(stateDir, "recordings");
    this.#historyFolder = join(stateDir, "history");
    this.#limits = limits;
  }

  /** Begins to keep the last hour of a live node; a file or a node that is read once has nothing to keep. */
  follow(session: Session): void {
    const limits = this.#limits();
    if (!session.source.live || limits.bytes <= 0 || limits.spanMs <= 0 || this.#histories.has(session)) return;
    if (this.#histories.size === 0) void removeForsaken(this.#historyFolder).catch(() => {});
    const history = new History(this.#historyFolder, session.source.label, limits);
    this.#histories.set(session, history);
  }

  /**
   * Keeps and records a reading of it; undefined: nobody looks at the node. Never waits and never throws.
   * @param told what happened since the one before; left out: nobody has found out
   */
  take(session: Session, snapshot: Snapshot | undefined, told?: readonly string[]): void {
    const history = this.#histories.get(session);
    if (snapshot === undefined) history?.pause();
    else {
      history?.take(snapshot, told ?? []);
      this.#running.get(session)?.write(snapshot, told);
    }
  }

  /** Ends it and removes what was kept. */
  async forget(session: Session): Promise<void> {
    const history = this.#histories.get(session);
    this.#histories.delete(session);
    await history?.close();
  }

  /** null where nothing is kept of this node. */
  historyOf(session: Session): HistoryInfo | null {
    return this.#histories.get(session)?.info ?? null;
  }

  /** Throws where nothing is kept of that moment. */
  async at(session: Session, atMs: number): Promise<Snapshot> {
    return this.#history(session).at(atMs);
  }

  /** The curves of some groups, from a block on; null where nothing is kept. Throws where they cannot be read. */
  async curves(session: Session, { paths, pods, from }: CurvesInput): Promise<CurvesKept | null> {
    const wanted = wantedGroups(paths, pods);
    const history = this.#histories.get(session);
    const got = await (history?.curves(wanted, from) ?? session.opened?.curves?.(wanted, from));
    if (got === undefined) return null;
    const blocks = got.blocks.map(({ number, packed }) => ({
      number,
      base64: Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString("base64"),
    }));
    return { ...got, blocks };
  }

  /** Saves a stretch (ms since the epoch) as a recording. Throws where nothing is kept of it or the file cannot be made. */
  async keep(session: Session, fromMs: number, toMs: number, redact: boolean) {
    const history = this.#history(session);
    const path = await this.#newPath(session, redact);
    return { path, ...(await history.keep(path, fromMs, toMs, redact)) };
  }

  #history(session: Session): History {
    const history = this.#histories.get(session);
    if (history === undefined)
      throw new Error(`Nothing is kept of ${session.source.label}: its history is switched off.`);
    return history;
  }

  async #newPath(session: Session, redact: boolean): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    const name = redact ? "node" : session.source.label.replace(/[^A-Za-z0-9._@-]+/g, "_").slice(0, 80);
    return join(this.folder, `${time}-${name}${SUFFIX}`);
  }

  /** Throws where one runs already, or the file cannot be made; `path` is one of a person's own choice. */
  async start(session: Session, redact: boolean, path?: string, keep?: readonly string[]): Promise<{ path: string }> {
    if (this.#running.has(session)) throw new Error(`${session.source.label} is being recorded already.`);
    const file = path ?? (await this.#newPath(session, redact));
    const writer = await RecordingWriter.create(file, { label: session.source.label, redact, keep });
    const write: Running["write"] = (snapshot, told) => {
      writer.write(snapshot, performance.now(), told).catch((error: Error) => {
        running.failed = error;
        if (this.#running.get(session) !== running) return;
        session.recordingTrouble = error.message;
        void this.stop(session).catch(() => {});
      });
    };
    const running: Running = { writer, write };
    const latest = session.snapshot?.snapshot;
    if (latest !== undefined) await writer.write(latest, performance.now());
    session.recordingTo = file;
    session.recordingTrouble = undefined;
    this.#running.set(session, running);
    session.tell();
    return { path: file };
  }

  /** Throws where none runs, or where its last frames could not be written. */
  async stop(session: Session): Promise<{ path: string; frames: number; bytes: number }> {
    const running = this.#running.get(session);
    if (running === undefined) throw new Error(`${session.source.label} is not being recorded.`);
    this.#running.delete(session);
    session.recordingTo = undefined;
    session.tell();
    await running.writer.close();
    if (running.failed !== undefined) throw running.failed;
    const { path, frames, bytes } = running.writer;
    return { path, frames, bytes };
  }

  /** For a node that is closed: what was written before can be read, whatever the last frames met. */
  async stopIfRunning(session: Session): Promise<void> {
    if (this.#running.has(session)) await this.stop(session).catch(() => {});
  }

  /** Newest first; `opened`: paths of files that were opened from elsewhere. */
  list(opened: readonly string[]): Promise<KeptFile[]> {
    return recordingsList(this.folder, opened);
  }

  async close(): Promise<void> {
    for (const session of [...this.#running.keys()]) await this.stopIfRunning(session);
    for (const session of [...this.#histories.keys()]) await this.forget(session);
  }
}
