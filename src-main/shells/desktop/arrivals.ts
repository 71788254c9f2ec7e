/** What a person opens from outside the window, by a click on a file or a link or named when the app is started. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A recording's absolute path; or a link's text, which anybody may have written: the window shows it, and asks. */
export type Arrival = { recording: string } | { link: string };

/** As long as a link may be (state/link.ts). */
const LONGEST = 8192;

/** A desktop may hand a file over by its address: https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html */
function asPath(word: string): string {
  try {
    return word.startsWith("file://") ? fileURLToPath(word) : word;
  } catch {
    return ""; // on another machine
  }
}

/** The recordings and the first link among a command line's words; `folder` is where it was typed. */
export function arrivalsIn(words: readonly string[], folder: string): Arrival[] {
  const link = words.find((word) => word.startsWith("podglass://open/") && word.length <= LONGEST);
  const paths = words.filter((word) => !word.startsWith("-") && !word.startsWith("podglass:")).map(asPath);
  return [
    ...paths.filter((path) => path.endsWith(".podglass")).map((path) => ({ recording: resolve(folder, path) })),
    ...(link === undefined ? [] : [{ link }]),
  ];
}

export interface Arrivals {
  /** Shows them in the window, now or as soon as it listens. */
  add(arrivals: readonly Arrival[]): void;
  /** The window listens from now on (again, after each reload). */
  listening(): void;
}

/** `show` shows one; what it throws is its own to tell. */
export function arrivals(show: (arrival: Arrival) => Promise<void>): Arrivals {
  const waiting: Arrival[] = [];
  let ready = false;
  const flush = () => {
    if (ready) for (const arrival of waiting.splice(0)) void show(arrival);
  };
  return {
    add(more) {
      waiting.push(...more);
      flush();
    },
    listening() {
      ready = true;
      flush();
    },
  };
}
