/** What a server says before the probe does: cloud-init's "Please login as …", nologin, a forced command, a menu. */
import { inert } from "../../src-shared/format.ts";
import { type Channel, type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";
import { HEADER } from "./wire.ts";

/** Bytes kept of each stream, and characters shown of both. */
const KEPT = 2000;
const SHOWN = 300;
/** The probe says its first line before it reads anything: what is silent for so long (ms) is no slow node. */
const SILENCE_MS = 15_000;

const LOGIN_SHELL =
  "The login shell may wait for something in its start-up files, or the account may be bound to a forced command or to sftp";

export class Greeting {
  /** The probe's own first line came. */
  begun = false;
  private readonly header: string;
  private out = "";
  private err = "";

  constructor(nonce: string) {
    this.header = HEADER + nonce;
  }

  heard(chunk: Uint8Array): void {
    if (this.begun) return;
    const text = this.out + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("utf8");
    this.begun = text.includes(this.header);
    // The header may come in two chunks, after whatever else.
    this.out = text.length > KEPT ? text.slice(0, KEPT - 200) + text.slice(-200) : text;
  }

  heardError(chunk: Uint8Array): void {
    // Before the probe the first words tell why; after it the last ones.
    const text = this.err + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("utf8");
    this.err = this.begun ? text.slice(-KEPT) : text.slice(0, KEPT);
  }

  /** One harmless line, cut. */
  get words(): string {
    if (!this.begun) return inert(`${this.out.trim()} ${this.err.trim()}`.trim().replace(/\s+/g, " "), SHOWN);
    return inert(this.err.trim().split("\n").slice(-3).join(" "), SHOWN);
  }

  /** Calls back where the probe has not begun in time. Returns a way to stop waiting. */
  whenSilent(connection: Connection, stop: (error: Error) => void): () => void {
    const timer = setTimeout(() => {
      if (this.begun) return;
      const said = this.words === "" ? "and nothing else was said" : `but something said: “${this.words}”`;
      const seconds = SILENCE_MS / 1000;
      stop(
        new ReadingError(
          `${connection.label} took the login, but its shell did not start the probe within ${seconds} s, ${said}. ${LOGIN_SHELL}. ssh there with the command “echo ok” shows the same.`,
        ),
      );
    }, SILENCE_MS);
    return () => clearTimeout(timer);
  }

  /** Why there is no reading, as a sentence for the person who must act. */
  refusal(connection: Connection, ended: Awaited<Channel["exit"]>, sudo: boolean): Error {
    const { words } = this;
    const status = `exit status ${ended.code ?? ended.signal}`;
    if (ended.code === null && ended.signal === null) {
      return new ConnectionError("lost", `the connection to ${connection.label} was lost in the middle of a reading`);
    }
    if (sudo && /sudo/.test(words)) {
      return new ReadingError(
        `sudo -n was refused on ${connection.label} (${words}): allow it without a password, log in as root, or read without --sudo`,
      );
    }
    if (!this.begun && words !== "") {
      return new ReadingError(
        `${connection.label} did not start the probe (${status}), but said: “${words}”. ${LOGIN_SHELL}, or it needs a POSIX sh.`,
      );
    }
    return new ReadingError(
      `the probe on ${connection.label} ended early (${words || status}); it needs a login shell that runs commands, a POSIX sh and /proc`,
    );
  }
}
