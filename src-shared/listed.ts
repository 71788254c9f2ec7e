/** What the kernel's own count of its namespaces proves of a snapshot. */
import { count } from "./format.ts";
import type { ListedNamespaces } from "./model.ts";

/** One sentence without its point; undefined where the kernel did not tell: nothing is concluded from its silence. */
export function listedWords(listed: ListedNamespaces | undefined): string | undefined {
  if (listed === undefined) return undefined;
  const { namespaces, unnamed, unheld } = listed;
  const all = `the kernel lists ${count(namespaces, "namespace")} in use`;
  if (unnamed > 0) return `${all}, and ${count(unnamed, "of them is", "of them are")} missing here`;
  return `${all}, and all of them are here${unheld > 0 ? `; who holds ${unheld} of them was not seen` : ""}`;
}
