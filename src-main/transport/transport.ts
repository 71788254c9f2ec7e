/**
 * "Run this there, give me its output." A Connection is a way to a node; a Channel is one command running on it.
 * Made by transport/local.ts (this machine), transport/program.ts (a program that leads to a node), ssh/ (ssh2, which the
 * demo node is reached by as well) and ssh/system/ (the system's ssh).
 */
import type { Readable, Writable } from "node:stream";

export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the command has ended or the connection is lost (then code and signal are null). Never rejects. */
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  /** Ends the command as far as the transport can: closes the channel; the remote command must notice by itself. */
  kill(): void;
}

/** Of a terminal, in characters. */
export interface TerminalSize {
  rows: number;
  columns: number;
}

/** A command on a terminal of its own there: what it says on stderr comes on stdout. */
export interface TerminalChannel extends Channel {
  /** Where the way in carries sizes itself. */
  resize?(size: TerminalSize): void;
}

export interface Connection {
  /** For messages: "root@node-a". */
  readonly label: string;
  /** Login name, and whether it is uid 0 is not known here. */
  readonly user: string;
  /**
   * Runs one command. The string is always one of our constants, never built from a value of a node or a person.
   * Waits for a free channel where the server allows only few (MaxSessions). Throws ConnectionError.
   */
  exec(command: string): Promise<Channel>;
  /** exec with a terminal made there, or by the way in. Absent: it can make none. Throws ConnectionError. */
  terminal?(command: string, size: TerminalSize): Promise<TerminalChannel>;
  /**
   * The words that run a script of ours with counted arguments on the very terminal that Podglass runs on, where a
   * program of this machine is the way in and takes words.
   */
  attached?(script: string, args: readonly string[], sudo: boolean): readonly string[];
  /** Told when a command has to wait for a channel: who holds one for long should let it go. Returns a way to stop. */
  onCrowded?(listener: () => void): () => void;
  /** Told which script of ours was started on a channel, by its name and version; for who watches (--verbose). */
  started?(script: string, channel: Channel): void;
  /** Settles when the connection has ended: null when close() was called, else why. Never rejects. */
  readonly closed: Promise<Error | null>;
  close(): void;
}

/** The node could not be reached, or the way to it is gone (exit status 3). The message is a sentence for a person. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
  /** "unreachable" | "hostkey" | "login" | "lost" | "refused" | "cancelled" | "config" | "timeout" */
  readonly kind: string;
  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The node was reached but could not be read, or a file is not what it should be (exit status 4). */
export class ReadingError extends Error {
  override name = "ReadingError";
}

/**
 * What only a person can answer while connecting. Each may be asked more than once; null or false = gave up. The signal
 * takes the question back: the server hung up meanwhile, and an answer would reach nobody.
 */
export interface Interaction {
  /** An unknown host key. `fingerprint` is "SHA256:…". */
  hostKey(
    question: { host: string; keyType: string; fingerprint: string; detail: string },
    signal?: AbortSignal,
  ): Promise<boolean>;
  /** A passphrase, a password, or keyboard-interactive prompts as the server words them. */
  prompts(
    question: {
      kind: "passphrase" | "password" | "keyboard" | "sudo";
      title: string;
      detail: string;
      prompts: { text: string; echo: boolean }[];
    },
    signal?: AbortSignal,
  ): Promise<string[] | null>;
  /** What is being done just now, in a few words: "connecting to bastion", "checking the host key of n1". */
  progress(text: string): void;
}
