/** podglass record: writes what is seen until it is told to stop. */
import { RecordingWriter } from "../../recordings/writer.ts";
import { Refusal, Usage } from "./exit.ts";
import { type CommonOptions, openTarget } from "./open.ts";
import { printJson } from "./print.ts";
import { say } from "./terminal.ts";
import { milliseconds, until } from "./watch.ts";

export interface RecordOptions extends CommonOptions {
  every: string;
  for?: string;
  redact?: boolean;
  keep?: string;
}

/** -o means the file here, and still takes the ssh options of the other commands. */
function splitOutput(options: RecordOptions): { path: string; rest: string[] } {
  const isSsh = (word: string): boolean => /^(userknownhostsfile|stricthostkeychecking)=/i.test(word);
  const files = (options.o ?? []).filter((word) => !isSsh(word));
  const [path] = files;
  if (path === undefined || files.length > 1) throw new Usage("record needs one -o FILE: the recording to write.");
  return { path, rest: (options.o ?? []).filter(isSsh) };
}

export async function recordCommand(target: string, options: RecordOptions): Promise<void> {
  const { path, rest } = splitOutput(options);
  const every = milliseconds(options.every);
  if (options.keep !== undefined && !options.redact) throw new Usage("--keep names words that --redact leaves alone.");
  const keep = options.keep?.split(/[,\s]+/).filter(Boolean) ?? [];
  const limit = options.for === undefined ? undefined : milliseconds(options.for);
  const open = await openTarget(target, { ...options, o: rest });
  try {
    const writer = await RecordingWriter.create(path, {
      label: open.source.label,
      redact: options.redact ?? false,
      keep,
      everyMs: every,
    }).catch((error: NodeJS.ErrnoException) => {
      throw new Refusal(
        error.code === "EEXIST" ? `${path} is there already; nothing was written.` : `${path}: ${error.message}`,
      );
    });
    try {
      await writer.write(open.snapshot, performance.now());
      say(`Recording ${open.source.label} to ${path}. Ctrl-C ends it.`);
      await until(every, limit, async () => {
        const snapshot = await open.opened.read({ deep: options.deep ?? false });
        await writer.write(snapshot, performance.now());
      });
    } finally {
      await writer.close();
    }
    const { frames, bytes } = writer;
    if (options.json) printJson({ path, frames, bytes });
    else say(`${frames} frames, ${bytes} bytes.`);
  } finally {
    open.opened.close();
  }
}
