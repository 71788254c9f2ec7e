import { NAMESPACE_TYPES } from "../../../src-shared/model.ts";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import type { Severity } from "../../../src-shared/reports.ts";
import { USERS_WORDS } from "../../../src-shared/walls/users.ts";
import { isTexts } from "../../state/settings.ts";
import { SEVERITY } from "../../ui/severity.ts";

/** A way to narrow the table: a name, and the values that a row has of it. */
export interface Facet {
  id: string;
  title: string;
  valuesOf: (row: PodRow) => readonly string[];
  /** Of values that have an order of their own; else the most frequent stands first. */
  order?: readonly string[];
}

const NONE = "none";

export const FACETS: readonly Facet[] = [
  { id: "node", title: "Node", valuesOf: (row) => (row.node ? [row.node.label] : []) },
  { id: "runtime", title: "Runtime", valuesOf: (row) => [row.runtime] },
  { id: "namespace", title: "Namespace", valuesOf: (row) => [row.namespace || NONE] },
  { id: "qos", title: "QoS", valuesOf: (row) => [row.qos || NONE] },
  {
    id: "shares",
    title: "Shared",
    valuesOf: (row) => NAMESPACE_TYPES.filter((type) => row.strip[type] === "shared"),
  },
  {
    id: "host",
    title: "Uses host's",
    valuesOf: (row) => NAMESPACE_TYPES.filter((type) => row.strip[type] === "host"),
  },
  { id: "users", title: "Users", valuesOf: (row) => [USERS_WORDS[row.users]] },
  {
    id: "findings",
    title: "Findings",
    valuesOf: (row) => [row.worst === undefined ? NONE : SEVERITY[row.worst].word],
    order: ["critical", "warning", "info"].map((severity) => SEVERITY[severity as Severity].word),
  },
];

/** Chosen values by facet: a row must have one of the values of each facet that has any. */
export type Chosen = Record<string, string[]>;

export interface Filter {
  text: string;
  sandbox: string;
  chosen: Chosen;
}

export const NO_FILTER: Filter = { text: "", sandbox: "all", chosen: {} };

export const isChosen = (value: unknown): value is Chosen =>
  typeof value === "object" && value !== null && Object.values(value).every(isTexts);

/** The same filter as each like it is written: no facet without a choice, no blanks around words, one order. */
export const plainFilter = ({ text, sandbox, chosen }: Filter): Filter => ({
  text: wordsOf(text).join(" "),
  sandbox,
  chosen: Object.fromEntries(
    FACETS.flatMap(({ id }) => (chosen[id]?.length ? [[id, chosen[id].toSorted()] as const] : [])),
  ),
});

/** Words in any order, each somewhere in the node's name, the pod's name, namespace, runtime, key, uid or address. */
function hasText(row: PodRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { pod } = row;
  const text = `${row.node?.label ?? ""} ${row.name} ${row.namespace} ${row.runtime} ${row.qos} ${row.key} ${pod.uid ?? ""} ${pod.ips.join(" ")}`;
  const low = text.toLowerCase();
  return words.every((word) => low.includes(word));
}

const inFacets = (row: PodRow, chosen: Chosen, except?: string): boolean =>
  FACETS.every((facet) => {
    const wanted = chosen[facet.id];
    if (facet.id === except || wanted === undefined || wanted.length === 0) return true;
    return facet.valuesOf(row).some((value) => wanted.includes(value));
  });

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

export function filterRows(rows: readonly PodRow[], { text, sandbox, chosen }: Filter): PodRow[] {
  const words = wordsOf(text);
  return rows.filter(
    (row) => (sandbox === "all" || row.sandbox === sandbox) && inFacets(row, chosen) && hasText(row, words),
  );
}

/** The values one can choose of a facet, with how many rows each would leave, most first. */
export function facetValues(
  rows: readonly PodRow[],
  facet: Facet,
  { text, sandbox, chosen }: Filter,
): { value: string; count: number }[] {
  const words = wordsOf(text);
  const counts = new Map<string, number>();
  for (const row of rows)
    if ((sandbox === "all" || row.sandbox === sandbox) && inFacets(row, chosen, facet.id) && hasText(row, words))
      for (const value of facet.valuesOf(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const value of chosen[facet.id] ?? []) if (!counts.has(value)) counts.set(value, 0);
  const rank = (value: string) => facet.order?.indexOf(value) ?? 0;
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => rank(a.value) - rank(b.value) || b.count - a.count || (a.value < b.value ? -1 : 1));
}
