/** A live session: one long-lived command on the node; a tick asks, a frame answers with what changed. */

import type { Reading } from "../../src-shared/reading.ts";
import { Sequencer } from "../../src-shared/sequencer.ts";
import { startScript } from "../transport/script.ts";
import { type Channel, type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";
import { TooMuchError } from "./bounds.ts";
import { type Frame, FrameReader } from "./frames.ts";
import { Greeting } from "./greeting.ts";
import { beyond, feedSliced } from "./parse.ts";
import { abortedReading, newNonce, type ReadOptions } from "./read.ts";
import { partSizes, sessionParts, sessionScript } from "./script.ts";

export interface LiveOptions extends Omit<ReadOptions, "deep" | "timeoutMs"> {
  /** Milliseconds a frame may take. Default 60 s. */
  frameTimeoutMs?: number;
}

export interface Live {
  /**
   * Asks for a frame. Throws ConnectionError when the connection is gone or the signal came, ReadingError when the node
   * does not answer as it should; the session may be ticked again after either, and heals by itself.
   */
  tick(options?: { deep?: boolean; signal?: AbortSignal }): Promise<Reading>;
  /** Lets its channel go when the tick that runs now is done; the next tick takes a new one and asks for everything. */
  rest(): void;
  close(): void;
  /** What came over the wire so far. */
  readonly bytes: number;
}

/**
 * Frames after which everything is asked anew: numbers that stand for texts would pile up on both sides. It waits for one
 * that reads the slow places too, as a whole frame has to, but not for ever.
 */
const RENEW_AFTER = 900;
/** Processes of a large moment, and how many times fewer there are when it is over: the reader then begins anew. */
const LARGE = 3000;
const OVER = 2;
/** The remote side gives up after 15 minutes of silence (perl/main.pl); ticks may be an hour apart. */
const SIGN_OF_LIFE_MS = 300_000;

/** Starts nothing yet: the first tick does. */
export async function openLive(connection: Connection, options: LiveOptions = {}): Promise<Live> {
  const session = new Session(connection, options);
  await session.start();
  return session;
}

interface Waiting {
  seq: number;
  resolve(frame: Frame): void;
  reject(error: Error): void;
}

class Session implements Live {
  bytes = 0;
  private readonly connection: Connection;
  private readonly options: LiveOptions;
  private channel: Channel | undefined;
  private reader = new FrameReader();
  private seq = 0;
  private healthy = false;
  private waiting: Waiting | undefined;
  private readonly sequencer = new Sequencer();
  private sinceWhole = 0;
  private most = 0;
  private closed = false;
  private alive: NodeJS.Timeout | undefined;

  constructor(connection: Connection, options: LiveOptions) {
    this.connection = connection;
    this.options = options;
  }

  async start(): Promise<void> {
    const nonce = newNonce();
    const sudo = this.options.privilege === "sudo";
    const args = ["--session", nonce, "live", "quick", this.options.reader ?? "auto", ...partSizes];
    const channel = await startScript(this.connection, sessionScript, args, { sudo, signal: this.options.signal });
    channel.stdin.write(sessionParts);
    this.channel = channel;
    this.reader = new FrameReader(nonce, this.options.bounds);
    this.healthy = false;
    const greeting = new Greeting(nonce);
    channel.stderr.on("data", (chunk: Buffer) => greeting.heardError(chunk)).on("error", () => {});
    const stopWaiting = greeting.whenSilent(this.connection, (error) => {
      if (this.channel === channel) this.channel = undefined;
      channel.kill();
      this.fail(error);
    });
    void this.listen(channel, this.reader, greeting);
    void channel.exit.then((ended) => {
      stopWaiting();
      if (this.channel === channel) this.channel = undefined;
      this.fail(greeting.refusal(this.connection, ended, sudo));
    });
    clearInterval(this.alive);
    this.alive = setInterval(() => this.say("still here\n"), SIGN_OF_LIFE_MS);
    this.alive.unref();
  }

  tick(options: { deep?: boolean; signal?: AbortSignal } = {}): Promise<Reading> {
    return this.sequencer.run(() => this.ask(options));
  }

  rest(): void {
    void this.sequencer.run(async () => {
      const channel = this.channel;
      if (!channel) return;
      this.say("bye\n");
      this.channel = undefined;
      clearInterval(this.alive);
      channel.stdin.end();
      await channel.exit;
      // What the deltas were held against: a large node's readings are megabytes.
      this.reader = new FrameReader("", this.options.bounds);
      this.healthy = false;
    });
  }

  close(): void {
    this.closed = true;
    clearInterval(this.alive);
    this.say("bye\n");
    this.channel?.stdin.end();
    this.channel?.kill();
    this.fail(new ConnectionError("cancelled", "the live session was closed"));
  }

  private async listen(channel: Channel, reader: FrameReader, greeting: Greeting): Promise<void> {
    let answered = 0;
    try {
      for await (const chunk of channel.stdout) {
        this.bytes += (chunk as Buffer).length;
        greeting.heard(chunk as Buffer);
        for await (const frame of feedSliced(reader, chunk as Buffer)) {
          // An answer may come late, after its tick was given up; one that nobody asked for is not the probe's.
          if (frame.seq <= answered || frame.seq > this.seq)
            throw new TooMuchError("sent readings that nobody asked for");
          answered = frame.seq;
          if (this.waiting?.seq === frame.seq) this.waiting.resolve(frame);
        }
      }
    } catch (error) {
      // The channel's exit tells why; a stream that was torn down has nothing to add.
      if (!(error instanceof TooMuchError)) return;
      if (this.channel === channel) this.channel = undefined;
      this.fail(new ReadingError(`${this.connection.label} ${beyond(error)}`));
      channel.kill();
    }
  }

  private async ask(options: { deep?: boolean; signal?: AbortSignal }): Promise<Reading> {
    options.signal?.throwIfAborted();
    if (this.closed) throw new ConnectionError("cancelled", "the live session was closed");
    if (!this.channel) await this.start();
    const over = this.most > LARGE && this.reader.state.size * OVER < this.most;
    const old = this.sinceWhole >= RENEW_AFTER;
    if ((old || over) && (options.deep === true || this.sinceWhole >= 2 * RENEW_AFTER)) this.healthy = false;
    // What a whole frame forgets of the slow places is read again with it.
    const deep = options.deep === true || (!this.healthy && this.reader.state.deep);
    this.sinceWhole = this.healthy ? this.sinceWhole + 1 : 0;
    if (!this.healthy) this.most = 0;
    let frame = await this.once(deep, options.signal);
    // A frame that was damaged on the way heals by asking for everything anew, once.
    if (frame.lost > 0) {
      this.healthy = false;
      frame = await this.once(deep, options.signal);
    }
    this.healthy = frame.lost === 0;
    this.most = Math.max(this.most, this.reader.state.size);
    return this.reader.reading(frame);
  }

  private once(deep: boolean, signal: AbortSignal | undefined): Promise<Frame> {
    const seq = ++this.seq;
    const limit = this.options.frameTimeoutMs ?? 60_000;
    return new Promise<Frame>((resolve, reject) => {
      const cancelled = () => this.fail(abortedReading(signal, this.connection));
      const timer = setTimeout(() => {
        this.channel?.kill();
        this.channel = undefined;
        this.fail(new ReadingError(`${this.connection.label} did not answer a refresh within ${limit / 1000} s`));
      }, limit);
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", cancelled);
        this.waiting = undefined;
      };
      this.waiting = {
        seq,
        resolve: (frame) => {
          done();
          resolve(frame);
        },
        reject: (error) => {
          done();
          this.healthy = false;
          reject(error);
        },
      };
      signal?.addEventListener("abort", cancelled, { once: true });
      this.say(`tick ${seq} ${this.healthy ? "delta" : "whole"} ${deep ? "deep" : "quick"}\n`);
    });
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
  }

  private say(line: string): void {
    if (this.channel?.stdin.writable) this.channel.stdin.write(line);
  }
}
