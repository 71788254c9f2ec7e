/** Groups of nodes as a person named them, remembered with the words that they were opened by. */
import { request } from "../../state/client.ts";
import { isTexts, setSetting, useSetting, useSettings } from "../../state/settings.ts";

export interface Group {
  name: string;
  /** As typed: names, patterns, clusters. */
  words: string[];
  /** What they stood for when they were opened last. */
  targets: string[];
}

/** Not arranged but told: it outlives a reset of the settings, as open nodes do. */
const GROUPS = "nodes.groups";
/** A busy machine takes its time for each answer: one after the other a hundred nodes waited for a hundred of them. */
const AT_ONCE = 16;
const NO_GROUPS: Group[] = [];

const isGroups = (value: unknown): value is Group[] =>
  Array.isArray(value) &&
  value.every((one) => typeof one?.name === "string" && isTexts(one.words) && isTexts(one.targets));

export const useGroups = () => useSetting(GROUPS, NO_GROUPS, isGroups);

export function forgetGroup(name: string): void {
  const known = useSettings.getState().values[GROUPS];
  if (isGroups(known))
    setSetting(
      GROUPS,
      known.filter((one) => one.name !== name),
    );
}

function remember(group: Group): void {
  const known = useSettings.getState().values[GROUPS];
  setSetting(GROUPS, [...(isGroups(known) ? known.filter(({ name }) => name !== group.name) : []), group]);
}

/** The words of a text, one a line as in @FILE: blank lines and # comments are passed over. */
export const wordsIn = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Opens every target of every word, each at rest and for itself; a name makes them a group. Answers with what could not
 * even be begun, a sentence a word or target: what fails on its way is said in its row.
 */
export async function openMany(words: readonly string[], name: string): Promise<{ opened: number; wrong: string[] }> {
  const wrong: string[] = [];
  const targets = new Set<string>();
  for (const word of words)
    try {
      for (const target of await request("hosts.expand", { words: [word] })) targets.add(target);
    } catch (error) {
      wrong.push(`${word}: ${sentence(error)}`);
    }
  let opened = 0;
  const left = [...targets];
  const openLeft = async () => {
    for (let target = left.shift(); target !== undefined; target = left.shift())
      try {
        await request("node.open", { target, options: { resting: true } });
        opened += 1;
      } catch (error) {
        wrong.push(`${target}: ${sentence(error)}`);
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openLeft));
  if (name !== "" && targets.size > 0) remember({ name, words: [...words], targets: [...targets] });
  return { opened, wrong };
}
