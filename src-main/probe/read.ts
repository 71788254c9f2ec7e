/** One reading of a node over any connection. */
import { randomBytes } from "node:crypto";
import type { Reading } from "../../src-shared/reading.ts";
import { startScript } from "../transport/script.ts";
import { type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";
import { TooMuchError } from "./bounds.ts";
import { FrameReader } from "./frames.ts";
import { beyond, feedSliced } from "./parse.ts";
import { partSizes, sessionParts, sessionScript } from "./script.ts";

export interface ReadOptions {
  /** "sudo": through `sudo -n`. Default plain: with the login's own rights. */
  privilege?: "sudo" | "plain";
  /** Also the slow places. */
  deep?: boolean;
  /** Which reader the probe takes; "auto" (the default) is the best that the node has. */
  reader?: "auto" | "perl" | "awk";
  signal?: AbortSignal;
  /** Default 120 s. */
  timeoutMs?: number;
}

/** Unguessable by what runs on the node: it goes over stdin and is in no command line. */
export const newNonce = (): string => randomBytes(5).toString("hex");

/** Bytes of stderr kept for a message. */
const WORDS = 2000;

/**
 * Throws ConnectionError when the way to the node is gone, ReadingError when the node answered but could not be read:
 * the message says what it said. A frame that was cut is a ReadingError too: half a node is no node.
 */
export async function readNode(connection: Connection, options: ReadOptions = {}): Promise<Reading> {
  const nonce = newNonce();
  const args = ["--session", nonce, "once", options.deep ? "deep" : "quick", options.reader ?? "auto", ...partSizes];
  const sudo = options.privilege === "sudo";
  const channel = await startScript(connection, sessionScript, args, { sudo, signal: options.signal });
  let words = "";
  channel.stderr
    .on("data", (chunk: Buffer) => {
      // The last ones tell why it ended.
      words = (words + chunk.toString("utf8")).slice(-WORDS);
    })
    .on("error", () => {});
  let stopped: Error | undefined;
  const stop = (error: Error) => {
    stopped ??= error;
    channel.kill();
  };
  const cancelled = () => stop(abortedReading(options.signal, connection));
  options.signal?.addEventListener("abort", cancelled, { once: true });
  const limit = options.timeoutMs ?? 120_000;
  const timer = setTimeout(
    () => stop(new ReadingError(`${connection.label} did not finish its reading within ${limit / 1000} s`)),
    limit,
  );
  channel.stdin.end(sessionParts);
  const reader = new FrameReader(nonce);
  let reading: Reading | undefined;
  try {
    // One frame was asked for: whatever follows it is not listened to.
    for await (const chunk of channel.stdout) {
      for await (const frame of feedSliced(reader, chunk as Buffer)) {
        reading = reader.reading(frame);
        break;
      }
      if (reading) break;
    }
  } catch (error) {
    if (error instanceof TooMuchError) stop(new ReadingError(`${connection.label} ${beyond(error)}`));
    if (!stopped && !reading) stopped = error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", cancelled);
  }
  if (reading) {
    channel.kill();
    return reading;
  }
  const ended = await channel.exit;
  throw stopped ?? noReading(connection, ended, words, sudo);
}

/** A limit of time that ran out is no person's wish: whoever reads may try again. */
export function abortedReading(signal: AbortSignal | undefined, connection: Connection): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error && reason.name === "TimeoutError"
    ? new ReadingError(`${connection.label} did not finish its reading in time.`)
    : new ConnectionError("cancelled", "the reading was cancelled");
}

/** Why there is no reading, as a sentence for the person who must act. */
export function noReading(
  connection: Connection,
  ended: { code: number | null; signal: string | null },
  words: string,
  sudo: boolean,
): Error {
  const said = words.trim().split("\n").slice(-3).join(" ").slice(0, 300);
  if (ended.code === null && ended.signal === null) {
    return new ConnectionError("lost", `the connection to ${connection.label} was lost in the middle of a reading`);
  }
  if (sudo && /sudo/.test(said)) {
    return new ReadingError(
      `sudo -n was refused on ${connection.label} (${said}): allow it without a password, log in as root, or read without --sudo`,
    );
  }
  return new ReadingError(
    `the probe on ${connection.label} ended early (${said || `exit status ${ended.code ?? ended.signal}`}); it needs a POSIX sh and /proc`,
  );
}
