/** podglass events: what happens on nodes, a line an event, live or from a recording. */
import type { NodeState } from "../../../src-shared/api.ts";
import type { PodglassEvent } from "../../../src-shared/events/event.ts";
import { Follower } from "../../../src-shared/events/follow.ts";
import { wayEvent } from "../../../src-shared/events/unseen.ts";
import { count, inert } from "../../../src-shared/format.ts";
import { openRecording } from "../../recordings/reader.ts";
import { sniff } from "../../recordings/sniff.ts";
import { toldBy } from "../../recordings/told.ts";
import { expandTargets } from "../../targets/list.ts";
import { ConnectionError, ReadingError } from "../../transport/transport.ts";
import { type CommonOptions, openTarget } from "./open.ts";
import { print, printJson } from "./print.ts";
import { askEach, sayErrors } from "./several.ts";
import { say } from "./terminal.ts";
import { milliseconds } from "./watch.ts";

export interface EventsOptions extends CommonOptions {
  every: string;
  for?: string;
}

export async function eventsCommand(words: string[], options: EventsOptions): Promise<void> {
  const everyMs = milliseconds(options.every);
  const forMs = options.for === undefined ? undefined : milliseconds(options.for);
  const targets = await expandTargets(words, options.F);
  const tell = (event: PodglassEvent): void => {
    if (options.json) printJson(event);
    else print(lineOf(event, targets.length > 1));
  };
  const stop = stopping(forMs);
  try {
    const answers = await askEach(
      targets,
      (target) =>
        isRecording(target).then((recorded) =>
          recorded ? replay(target, tell) : follow(target, options, everyMs, stop.signal, tell),
        ),
      undefined,
      targets.length,
    );
    sayErrors(answers);
  } finally {
    stop.end();
  }
}

export const isRecording = (target: string): Promise<boolean> =>
  sniff(target).then(
    (kind) => kind === "recording",
    () => false,
  );

/** "03:26:16 node-a sandbox-changed  the sandbox process of pod shop/web ended (100)". */
const lineOf = ({ at, node, kind, text }: PodglassEvent, several: boolean): string =>
  `${at.slice(11, 19)} ${several ? `${inert(node, 60)} ` : ""}${kind.padEnd(19)} ${inert(text, 400)}`;

/** All that a recording holds. Throws ReadingError. */
async function replay(path: string, tell: (event: PodglassEvent) => void): Promise<void> {
  const recording = await openRecording(path);
  try {
    for await (const { events } of toldBy(recording, path)) for (const event of events) tell(event);
  } finally {
    await recording.close();
  }
}

/** Until it is told to stop. A node that is lost is said to be, and comes back by itself; the first login must succeed. */
async function follow(
  target: string,
  options: EventsOptions,
  everyMs: number,
  signal: AbortSignal,
  tell: (event: PodglassEvent) => void,
): Promise<void> {
  const follower = new Follower(target);
  const { nodeId, ask, state, snapshot, subscribe, close } = await openTarget(target, options, everyMs);
  try {
    say(`${inert(target, 200)}: ${count(snapshot.pods.length, "pod")}, waiting for what happens.`);
    for (const event of follower.next(snapshot)) tell(event);
    if (state.phase !== "live") return;
    await new Promise<void>((resolve, reject) => {
      let lost = false;
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
      subscribe((event) => {
        if (event.type === "node") {
          const { failure } = event.state;
          if (failure === undefined) return;
          if (!failure.again) return reject(errorOf(failure));
          if (!lost) tell(wayEvent(target, { code: "node-lost", reason: inert(failure.sentence, 300) }));
          lost = true;
        } else if (event.type === "delta") {
          if (lost) tell(wayEvent(target, { code: "node-back" }));
          lost = false;
          void ask("node.snapshot", { nodeId }).then((now) => {
            if (now !== null && !signal.aborted) for (const each of follower.next(now.snapshot)) tell(each);
          }, reject);
        }
      });
    });
  } finally {
    await close();
  }
}

const errorOf = ({ kind, sentence }: NonNullable<NodeState["failure"]>): Error =>
  kind === "reading" ? new ReadingError(sentence) : new ConnectionError(kind, sentence);

/** The time is over, somebody stops it (Ctrl-C), or the reader of stdout has gone. */
function stopping(forMs: number | undefined): { signal: AbortSignal; end(): void } {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, abort);
  process.stdout.once("error", abort);
  const timer = forMs === undefined ? undefined : setTimeout(abort, forMs);
  return {
    signal: stop.signal,
    end() {
      clearTimeout(timer);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, abort);
      process.stdout.off("error", abort);
    },
  };
}
