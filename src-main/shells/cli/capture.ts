/** podglass capture: packets of a pod's network namespace, as a pcap file. */
import { inert } from "../../../src-shared/format.ts";
import { entranceArguments, entrancesInWords, entrancesOf } from "../../../src-shared/questions/entrance.ts";
import { entrances, journalled, mayEnter, placeIn } from "./enter.ts";
import { Refusal, Usage } from "./exit.ts";
import { sizeOf } from "./lab.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { printJson } from "./print.ts";
import { fullName } from "./read.ts";
import { runCapture } from "./run-capture.ts";
import { askYes, isTerminal, say } from "./terminal.ts";
import { milliseconds } from "./watch.ts";
import { isThere, wholeFile } from "./whole-file.ts";

export interface CaptureOptions extends CommonOptions {
  w: string;
  for: string;
  filter?: string;
  snap: string;
  size: string;
}

/** Beyond what was asked for, until the node itself ends what nobody asked to end, and until it is left. */
const GRACE_MS = 10_000;

export const captureCommand = async (target: string, place: string, options: CaptureOptions): Promise<void> => {
  const limits = {
    ms: milliseconds(options.for),
    graceMs: GRACE_MS,
    snap: sizeOf(options.snap),
    bytes: sizeOf(options.size),
    filter: options.filter ?? "",
  };
  if (limits.snap > 65_535) throw new Usage("--snap takes at most 65535 bytes of a packet.");
  if (limits.filter.includes("\0")) throw new Usage("--filter holds a NUL byte.");
  const toStdout = options.w === "-";
  if (toStdout && process.stdout.isTTY)
    throw new Usage("A capture is no text for a terminal: pipe it (| wireshark -k -i -), or name a file.");
  const over = !toStdout && isThere(options.w);
  if (over && !(isTerminal() && (await askYes(`${options.w} is there already. Put the capture in its place?`))))
    throw new Refusal(`${options.w} is there already; nothing was captured.`);
  await withTarget(target, options, async (open) => {
    const way = mayEnter(open, options, "entering");
    const found = placeIn(open, place);
    const { entrances: into } = entrances(() => entrancesOf(open.snapshot, found, ["net"]));
    if (into.length === 0)
      throw new Refusal(
        `${inert(fullName(found.pod), 120)} shares the node's own network: its packets are the node's. There: tcpdump -i any -w FILE`,
      );
    const output = toStdout ? undefined : await wholeFile(options.w, over);
    const what = `${entrancesInWords(into)}${limits.filter === "" ? "" : `, filter ${inert(limits.filter, 200)}`}`;
    try {
      await journalled(open, "capture", found.pod, what, async () => {
        const words = entranceArguments(into).slice(1);
        const { packets, bytes, said, why } = await runCapture(way, words, limits, output);
        output?.done();
        for (const line of said) say(line);
        if (options.json && !toStdout) printJson({ path: options.w, packets, bytes, ended: why });
        else say(`${packets} packets, ${bytes} bytes${toStdout ? "" : ` in ${options.w}`}; ${why}.`);
        return `${packets} packets, ${why}`;
      });
    } finally {
      await output?.close();
    }
  });
};
