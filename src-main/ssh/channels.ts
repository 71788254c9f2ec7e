/**
 * Commands over one ssh connection. A server may allow only few at a time (MaxSessions, often 1 to 10): what is refused
 * for that reason waits until one of ours has ended.
 */
import type { Client, ClientChannel } from "ssh2";
import { type Channel, ConnectionError, type TerminalChannel, type TerminalSize } from "../transport/transport.ts";

/** How long a refusal is tried again when none of ours is open: sshd keeps a session until its process is gone. */
const LINGER_MS = 5_000;
/** How long the end of a command waits for its output to be read. */
const UNREAD_MS = 2_000;
const KILLED_MS = 500;

interface Exit {
  code: number | null;
  signal: string | null;
}

interface Waiting {
  order: number;
  command: string;
  size?: TerminalSize;
  resolve(channel: TerminalChannel): void;
  reject(error: Error): void;
}

export class Channels {
  readonly #client: Client;
  readonly #label: string;
  /** Each with what settles its exit. */
  readonly #open = new Map<ClientChannel, () => void>();
  readonly #waiting: Waiting[] = [];
  readonly #crowded = new Set<() => void>();
  #starting = 0;
  #orders = 0;
  #most = Number.POSITIVE_INFINITY;
  #refusedSince = 0;
  #retry: NodeJS.Timeout | null = null;
  #ended: Error | null = null;

  constructor(client: Client, label: string, closed: Promise<Error | null>) {
    this.#client = client;
    this.#label = label;
    void closed.then((why) => {
      this.#ended = why ?? new ConnectionError("lost", `The connection to ${label} was closed.`);
      if (this.#retry) clearTimeout(this.#retry);
      for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
      for (const settle of this.#open.values()) settle();
    });
  }

  /** How many the server allows at once, as far as is known by now; infinite until it refused one. */
  get capacity(): number {
    return this.#most;
  }

  /** Tells when a command has to wait, so that who holds a channel for long can let it go. */
  onCrowded(listener: () => void): () => void {
    this.#crowded.add(listener);
    return () => void this.#crowded.delete(listener);
  }

  exec(command: string): Promise<Channel> {
    return this.#ask(command);
  }

  /** With a terminal, which is the login's own kind of this machine's ($TERM). */
  terminal(command: string, size: TerminalSize): Promise<TerminalChannel> {
    return this.#ask(command, size);
  }

  #ask(command: string, size?: TerminalSize): Promise<TerminalChannel> {
    return new Promise((resolve, reject) => {
      this.#orders += 1;
      this.#waiting.push({ order: this.#orders, command, size, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    while (this.#waiting.length > 0) {
      if (this.#ended) {
        this.#waiting.shift()?.reject(this.#ended);
        continue;
      }
      if (this.#open.size + this.#starting >= this.#most) {
        for (const listener of this.#crowded) listener();
        return;
      }
      const next = this.#waiting.shift();
      if (!next) return;
      this.#starting += 1;
      try {
        const { size } = next;
        const pty = size && { rows: size.rows, cols: size.columns, term: process.env.TERM ?? "vt100" };
        this.#client.exec(next.command, pty === undefined ? {} : { pty }, (error, channel) => {
          this.#starting -= 1;
          if (error) this.#refused(next, error);
          else {
            this.#refusedSince = 0;
            next.resolve(this.#adopt(channel));
          }
          this.#start();
        });
      } catch (error) {
        this.#starting -= 1;
        next.reject(
          this.#ended ?? new ConnectionError("lost", `The connection to ${this.#label} is gone.`, { cause: error }),
        );
      }
    }
  }

  #refused(next: Waiting, error: Error): void {
    const others = this.#open.size + this.#starting;
    this.#refusedSince ||= Date.now();
    const why = this.#whyFinal(error, others);
    if (why) {
      this.#refusedSince = 0;
      next.reject(why);
      return;
    }
    // Refused ones come back in the order in which they were asked for.
    const place = this.#waiting.findIndex((other) => other.order > next.order);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, next);
    this.#most = Math.max(1, others);
    if (others > 0) return;
    this.#most = 0;
    this.#retry = setTimeout(() => {
      this.#most = 1;
      this.#start();
    }, 200);
  }

  /** Null when it is worth to wait. */
  #whyFinal(error: Error, others: number): Error | null {
    if (this.#ended) return this.#ended;
    const said = error.message.replace(/^.*failure: /, "");
    if (said === error.message)
      return new ConnectionError(
        "refused",
        `${this.#label} did not run a command: ${said}. Is the account restricted (ForceCommand, a shell that is no shell)?`,
      );
    if (others > 0 || Date.now() - this.#refusedSince <= LINGER_MS) return null;
    return new ConnectionError(
      "refused",
      `${this.#label} opens no channel for commands: ${said}. Its sshd may have MaxSessions 0 or allow forwarding only.`,
    );
  }

  #adopt(channel: ClientChannel): TerminalChannel {
    let told: Exit = { code: null, signal: null };
    const exit = new Promise<Exit>((resolve) => {
      this.#open.set(channel, () => resolve(told));
      channel.once("exit", (code: number | null, signal?: string) => {
        told = { code, signal: signal ?? null };
        // ssh2 says "close" only when both streams were read to their ends. Where nobody reads, the end is told all the same.
        setTimeout(() => {
          if (channel.stderr.readableFlowing === null) channel.stderr.resume();
          resolve(told);
        }, UNREAD_MS).unref();
      });
      channel.once("close", () => {
        this.#open.delete(channel);
        resolve(told);
        this.#start();
      });
    });
    channel.on("error", () => undefined);
    channel.stderr.on("error", () => undefined);
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      exit,
      kill: () => this.#kill(channel),
      resize: ({ rows, columns }) => channel.setWindow(rows, columns, 0, 0),
    };
  }

  /**
   * The command sees the end of its stdin, and TERM where sshd passes signals on (not for root). One that notices
   * neither keeps its session on the server until it ends; who waits for it here waits no longer than a moment.
   */
  #kill(channel: ClientChannel): void {
    const settle = this.#open.get(channel);
    if (!settle) return;
    try {
      channel.signal("TERM");
      channel.close();
    } catch {
      // The connection went first; there is nothing left to end.
    }
    channel.resume();
    channel.stderr.resume();
    setTimeout(settle, KILLED_MS).unref();
  }
}
