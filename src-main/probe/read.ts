/** One reading of a node over any connection. */
import { randomBytes } from "node:crypto";
import type { Reading } from "../../src-shared/reading.ts";
import { startScript } from "../transport/script.ts";
import { type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";
import { type Bounds, TooMuchError } from "./bounds.ts";
import { FrameReader } from "./frames.ts";
import { Greeting } from "./greeting.ts";
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
  /** How much the node may say. Default BOUNDS. */
  bounds?: Bounds;
}

/** Unguessable by what runs on the node: it goes over stdin and is in no command line. */
export const newNonce = (): string => randomBytes(5).toString("hex");

/**
 * Throws ConnectionError when the way to the node is gone, ReadingError when the node answered but could not be read:
 * the message says what it said. A frame that was cut is a ReadingError too: half a node is no node.
 */
export async function readNode(connection: Connection, options: ReadOptions = {}): Promise<Reading> {
  const nonce = newNonce();
  const args = ["--session", nonce, "once", options.deep ? "deep" : "quick", options.reader ?? "auto", ...partSizes];
  const sudo = options.privilege === "sudo";
  const channel = await startScript(connection, sessionScript, args, { sudo, signal: options.signal });
  const greeting = new Greeting(nonce);
  channel.stderr.on("data", (chunk: Buffer) => greeting.heardError(chunk)).on("error", () => {});
  let stop: (error: Error) => void = () => {};
  // Nothing is waited for then: the other end may be deaf.
  const stopped = new Promise<never>((_, reject) => {
    stop = (error) => {
      reject(error);
      channel.kill();
    };
  });
  stopped.catch(() => {});
  const cancelled = () => stop(abortedReading(options.signal, connection));
  options.signal?.addEventListener("abort", cancelled, { once: true });
  const stopWaiting = greeting.whenSilent(connection, stop);
  const limit = options.timeoutMs ?? 120_000;
  const timer = setTimeout(
    () => stop(new ReadingError(`${connection.label} did not finish its reading within ${limit / 1000} s`)),
    limit,
  );
  channel.stdin.end(sessionParts);
  const reader = new FrameReader(nonce, options.bounds);
  // One frame was asked for: whatever follows it is not listened to.
  const first = async (): Promise<Reading | undefined> => {
    for await (const chunk of channel.stdout) {
      greeting.heard(chunk as Buffer);
      for await (const frame of feedSliced(reader, chunk as Buffer)) return reader.reading(frame);
    }
    return undefined;
  };
  try {
    const reading = await Promise.race([first(), stopped]);
    if (reading === undefined) {
      throw greeting.refusal(connection, await Promise.race([channel.exit, stopped]), sudo);
    }
    channel.kill();
    return reading;
  } catch (error) {
    if (!(error instanceof TooMuchError)) throw error;
    channel.kill();
    throw new ReadingError(`${connection.label} ${beyond(error)}`);
  } finally {
    stopWaiting();
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", cancelled);
  }
}

/** A limit of time that ran out is no person's wish: whoever reads may try again. */
export function abortedReading(signal: AbortSignal | undefined, connection: Connection): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error && reason.name === "TimeoutError"
    ? new ReadingError(`${connection.label} did not finish its reading in time.`)
    : new ConnectionError("cancelled", "the reading was cancelled");
}
