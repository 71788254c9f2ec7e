/** podglass record: writes what is seen until it is told to stop. */
import { count } from "../../../src-shared/format.ts";
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
export function splitOutput(command: string, options: CommonOptions): { path: string; rest: string[] } {
  const isSsh = (word: string): boolean => /^(userknownhostsfile|stricthostkeychecking)=/i.test(word);
  const files = (options.o ?? []).filter((word) => !isSsh(word));
  const [path] = files;
  if (path === undefined || files.length > 1) throw new Usage(`${command} needs one -o FILE to write.`);
  return { path, rest: (options.o ?? []).filter(isSsh) };
}

/** Throws Usage where there is nothing to keep them from. */
export function keptWords({ keep, redact }: Pick<RecordOptions, "keep" | "redact">): string[] {
  if (keep !== undefined && !redact) throw new Usage("--keep names words that --redact leaves alone.");
  return keep?.split(/[,\s]+/).filter(Boolean) ?? [];
}

export async function recordCommand(target: string, options: RecordOptions): Promise<void> {
  const { path, rest } = splitOutput("record", options);
  const every = milliseconds(options.every);
  const keep = keptWords(options);
  const limit = options.for === undefined ? undefined : milliseconds(options.for);
  const { nodeId, ask, state, subscribe, close } = await openTarget(target, { ...options, o: rest });
  try {
    let trouble: string | undefined;
    subscribe((event) => {
      if (event.type === "node") trouble = event.state.recordingTrouble;
    });
    const redact = options.redact ?? false;
    await ask("record.start", { nodeId, path, redact, keep }).catch((error: NodeJS.ErrnoException) => {
      throw new Refusal(
        error.code === "EEXIST" ? `${path} is there already; nothing was written.` : `${path}: ${error.message}`,
      );
    });
    say(`Recording ${state.label} to ${path}. Ctrl-C ends it.`);
    await until(every, limit, async () => {
      await ask("node.refresh", { nodeId, deep: options.deep ?? false });
      if (trouble !== undefined) throw new Error(trouble);
    });
    const { frames, bytes } = await ask("record.stop", { nodeId });
    if (options.json) printJson({ path, frames, bytes });
    else say(`${count(frames, "frame")}, ${count(bytes, "byte")}.`);
  } finally {
    // Ends a recording that still runs: what was written can be read.
    await close();
  }
}
