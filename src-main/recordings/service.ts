/** Recordings as the window asks for them: beginning and ending one on a session, and the list of those in our folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { KeptFile } from "../../src-shared/api.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Session } from "../session/session.ts";
import { SUFFIX, shelf } from "./list.ts";
import { RecordingWriter } from "./writer.ts";

interface Running {
  writer: RecordingWriter;
  watch: (snapshot: Snapshot) => void;
}

export class RecorderDesk {
  readonly #folder: string;
  readonly #running = new Map<Session, Running>();

  constructor(stateDir: string) {
    this.#folder = join(stateDir, "recordings");
  }

  /** Throws where one runs already, or the file cannot be made. */
  async start(session: Session, redact: boolean): Promise<{ path: string }> {
    if (this.#running.has(session)) throw new Error(`${session.source.label} is being recorded already.`);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    const name = redact ? "node" : session.source.label.replace(/[^A-Za-z0-9._@-]+/g, "_").slice(0, 80);
    const path = join(this.#folder, `${time}-${name}${SUFFIX}`);
    const writer = await RecordingWriter.create(path, { label: session.source.label, redact });
    const watch: Running["watch"] = (snapshot) => {
      writer.write(snapshot).catch(() => void this.stop(session).catch(() => {}));
    };
    const latest = session.snapshot?.snapshot;
    if (latest !== undefined) await writer.write(latest);
    session.watchers.add(watch);
    session.recordingTo = path;
    this.#running.set(session, { writer, watch });
    session.tell();
    return { path };
  }

  /** Throws where none runs. */
  async stop(session: Session): Promise<{ path: string; frames: number; bytes: number }> {
    const running = this.#running.get(session);
    if (running === undefined) throw new Error(`${session.source.label} is not being recorded.`);
    this.#running.delete(session);
    session.watchers.delete(running.watch);
    session.recordingTo = undefined;
    session.tell();
    await running.writer.close();
    const { path, frames, bytes } = running.writer;
    return { path, frames, bytes };
  }

  async stopIfRunning(session: Session): Promise<void> {
    if (this.#running.has(session)) await this.stop(session);
  }

  /** Newest first; `opened`: paths of files that were opened from elsewhere. */
  list(opened: readonly string[]): Promise<KeptFile[]> {
    return shelf(this.#folder, opened);
  }

  async close(): Promise<void> {
    for (const session of [...this.#running.keys()]) await this.stop(session);
  }
}
