/** podglass report: one HTML file that opens offline anywhere. It is drawn by the window's own code, which the build puts beside. */
import { writeFile } from "node:fs/promises";
import { version } from "../../../package.json";
import { BlockWriter } from "../../../src-shared/curves/block.ts";
import { groupsAt } from "../../../src-shared/curves/metrics.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { MakeReport, ReportInput } from "../../../src-shared/report-input.ts";
import { openRecording } from "../../recordings/reader.ts";
import { newSalt, type Redactor, redactor } from "../../recordings/redact.ts";
import { keyOfRedacted } from "../../recordings/redacted-pod.ts";
import { toldBy } from "../../recordings/told.ts";
import { isRecording } from "./events.ts";
import { Refusal } from "./exit.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { printJson } from "./print.ts";
import { onePod } from "./read.ts";
import { keptWords, splitOutput } from "./record.ts";
import { say } from "./terminal.ts";

export interface ReportOptions extends CommonOptions {
  redact?: boolean;
  keep?: string;
}

export async function reportCommand(target: string, name: string | undefined, options: ReportOptions): Promise<void> {
  const { path, rest } = splitOutput("report", options);
  const redact = options.redact ? redactor(newSalt(), keptWords(options)) : undefined;
  const recorded = await isRecording(target);
  await withTarget(target, { ...options, o: rest, deep: true }, async (open) => {
    // By the name that the person knows; what is redacted has another.
    const at = name === undefined ? undefined : open.snapshot.pods.indexOf(onePod(open.snapshot, name));
    const last: Awaited<ReturnType<typeof lastAndEvents>> = recorded
      ? await lastAndEvents(target, redact, open.snapshot)
      : { snapshot: redact?.(open.snapshot) ?? open.snapshot, events: [] };
    const { snapshot, events, curves } = last;
    const pod = at === undefined ? undefined : open.snapshot.pods[at];
    const podKey = pod && (options.redact ? keyOfRedacted(pod, snapshot) : pod.key);
    const html = (await made())({
      snapshot,
      podKey,
      target: options.redact ? undefined : open.state.label,
      events,
      curves,
      eventsNote: recorded
        ? undefined
        : "The node was read once, so nothing is told of before. A recording has events, and so has the window’s report.",
      redacted: options.redact ?? false,
      version,
      madeAt: new Date().toISOString(),
    });
    await writeFile(path, html, { flag: "wx", mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      throw new Refusal(
        error.code === "EEXIST"
          ? `${inert(path, 300)} is there already; nothing was written.`
          : `${inert(path, 300)}: ${error.message}`,
      );
    });
    if (options.json) printJson({ path, bytes: Buffer.byteLength(html) });
    else say(`${path}, ${Buffer.byteLength(html)} bytes.`);
  });
}

const READINGS_IN_A_BLOCK = 1000;

/** The last moment of a recording, its curves, and all that happened in it, under the same new names. */
async function lastAndEvents(
  path: string,
  redact: Redactor | undefined,
  fallback: Snapshot,
): Promise<Pick<ReportInput, "snapshot" | "events" | "curves">> {
  const recording = await openRecording(path);
  try {
    // Those of the file have its own names: under the new ones they are made anew.
    const curves = [new BlockWriter()];
    const events: ReportInput["events"][number][] = [];
    let last: Snapshot | undefined;
    for await (const { atMs, snapshot, events: told } of toldBy(recording, path, redact)) {
      last = snapshot;
      if (curves.at(-1)?.readings === READINGS_IN_A_BLOCK) curves.push(new BlockWriter());
      curves.at(-1)?.add(recording.info.startMs + atMs, groupsAt(snapshot));
      events.push(...told);
    }
    return { snapshot: last ?? redact?.(fallback) ?? fallback, events, curves: curves.map(({ block }) => block) };
  } finally {
    await recording.close();
  }
}

/** Beside this file in the build. */
async function made(): Promise<MakeReport> {
  const place = new URL("./report.js", import.meta.url).href;
  return ((await import(place)) as { makeReport: MakeReport }).makeReport;
}
