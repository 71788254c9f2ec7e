/** What each of the three shells (window, browser page, terminal) gives the Inspector, and what it asks of it. */

import type { Plan } from "../../src-shared/actions.ts";
import type { ApiEvent } from "../../src-shared/api.ts";

/** What a person is asked to confirm: a plan, a lab pod, or a program that is started. */
export type Asked = Pick<Plan, "node" | "pod" | "effects" | "steps"> & {
  checks?: Plan["checks"];
  action: Plan["action"] | "lab-up" | "lab-down" | "lab-do" | "start-program" | "enter";
};

export interface ChosenFile {
  path: string;
  /** It will be there tomorrow: worth remembering. */
  lasting: boolean;
}

/** What a shell can do that its window cannot. */
export interface ShellPowers {
  /** Shows the plan to the person at the machine, outside of any web page, and gives the answer. */
  confirm(plan: Asked): Promise<boolean>;
  /** Asks where and writes; false when the person cancelled. */
  saveFile(name: string, kind: string, bytes: Uint8Array): Promise<boolean>;
  /** Lets the person choose a file, in a dialog that no page can draw or click; null when cancelled. */
  openFile(suggested?: string): Promise<ChosenFile | null>;
  /**
   * The words that start a command of podglass in the person's own terminal program; `chosen`: which one, of the settings.
   * Throws with a sentence where there is none. Absent: this shell starts no programs.
   */
  terminal?(words: readonly string[], chosen: string | undefined): readonly string[];
  /**
   * What it asks was typed by a person at a terminal, not sent by a page: it names any file, and starts the program that
   * a target means. From a page only what a native dialog chose or confirmed.
   */
  typed?: boolean;
  /** Where no dialog asks: what will be made elsewhere, before it is; the text alike for many nodes. */
  show?(what: string, text: string): void;
  /** On real nodes. The demo node always takes actions. */
  actions: "confirm" | "allowed" | "never";
}

/** The Inspector as a shell sees it. */
export interface Answering {
  /** Parses the input with the request's schema first. Rejects with a sentence for a person. */
  request(name: string, input: unknown, shell: ShellPowers): Promise<unknown>;
  subscribe(listener: (event: ApiEvent) => void): () => void;
  close(): Promise<void>;
}
