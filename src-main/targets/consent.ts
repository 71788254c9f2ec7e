/** What a window may open: of files what a person chose, of programs what a person confirmed. Asked once per target. */
import { dirname } from "node:path";
import { Sequencer } from "../../src-shared/sequencer.ts";
import { shownWhole } from "../../src-shared/shell-quote.ts";
import type { Asked, ShellPowers } from "../shells/shell.ts";
import type { Settings } from "../storage/settings.ts";
import { asksCluster } from "./kubectl/kubectl.ts";
import { expandTargets } from "./list.ts";
import type { Source } from "./source.ts";

/** A file that was chosen before, or that was recorded here. */
export const wasChosen = (target: string, settings: Settings, recordings: string): boolean =>
  settings.recent().some((one) => one.kind === "file" && one.target === target) || dirname(target) === recordings;

/**
 * Targets from words that a window was given. Throws where a word names a file, which a window cannot, where a cluster's
 * nodes would be asked for and the person does not want that, and what expandTargets throws.
 */
export async function expandForWindow(
  words: readonly string[],
  configFile: string | undefined,
  settings: Settings,
  shell: ShellPowers,
): Promise<string[]> {
  const found = new Set<string>();
  for (const word of words) {
    if (word.startsWith("@") && !shell.typed)
      throw new Error(`${word} is a file's name: choose the file in the dialog, so that it is yours to open.`);
    const cluster = asksCluster(word);
    if (cluster !== undefined) await consentToStart(cluster, settings, shell, cluster.lasting);
    const targets = await expandTargets([word], configFile);
    // That one question was for the pod on each of them.
    if (cluster !== undefined && !shell.typed) settings.confirm(targets);
    for (const target of targets) found.add(target);
  }
  return [...found];
}

/** One after the other, however many nodes are opened at once. */
const questions = new Sequencer();

/** With `lasting` a yes is remembered. Throws where the target starts a program of this machine and the person does not want that. */
export async function consentToStart(
  source: Pick<Source, "target" | "starts" | "makes">,
  settings: Settings,
  shell: ShellPowers,
  lasting = true,
): Promise<void> {
  if (shell.typed && source.makes !== undefined)
    shell.show?.(`${source.target} is reached by ${source.makes.what}`, source.makes.text);
  if (source.starts === undefined || shell.typed || settings.confirmed(source.target)) return;
  const plan: Asked = {
    action: "start-program",
    node: "this machine",
    pod: source.starts[0] ?? "",
    effects: [
      `${source.target} is reached by a program that runs here, as you, each time that this node is read`,
      ...(source.makes === undefined ? [] : [`it makes ${source.makes.what}`]),
      lasting ? "you are not asked again for this target" : "you are not asked again for the nodes that it has now",
    ],
    steps: [
      { title: "Start it", command: shownWhole(source.starts) },
      ...(source.makes === undefined ? [] : [{ title: "with this", command: source.makes.text }]),
    ],
  };
  const agreed = await questions.run(async () => settings.confirmed(source.target) || shell.confirm(plan));
  if (!agreed)
    throw new Error(
      `${source.target} was not opened: it starts ${source.starts[0]} on this machine, and that was not confirmed. A browser page can confirm nothing; podglass serve needs --allow-actions for it.`,
    );
  if (lasting) settings.confirm([source.target]);
}
