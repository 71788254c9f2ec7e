/** Recordings that a person opens from outside the window: by double click, or named when the app is started. */
import { resolve } from "node:path";

/** Absolute paths of the recordings among a command line's words; `folder` is where it was typed. */
export const recordingsIn = (words: readonly string[], folder: string): string[] =>
  words.filter((word) => !word.startsWith("-") && word.endsWith(".podglass")).map((word) => resolve(folder, word));

export interface OpenFiles {
  /** Opens them in the window, now or as soon as it listens. */
  add(paths: readonly string[]): void;
  /** The window listens from now on (again, after each reload). */
  listening(): void;
}

/** `open` opens one and shows it; what it throws is its own to tell. */
export function openFiles(open: (path: string) => Promise<void>): OpenFiles {
  const waiting: string[] = [];
  let ready = false;
  const flush = () => {
    if (ready) for (const path of waiting.splice(0)) void open(path);
  };
  return {
    add(paths) {
      waiting.push(...paths);
      flush();
    },
    listening() {
      ready = true;
      flush();
    },
  };
}
