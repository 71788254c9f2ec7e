import { listed } from "../../src-shared/format.ts";
import { NAMESPACE_TYPES } from "../../src-shared/model.ts";
import type { Finding } from "../../src-shared/reports.ts";

/**
 * One row for what one thing says several times: a rule that found the same of a place's net, ipc and uts is read once,
 * with the namespaces named and the evidence of all.
 */
export function grouped(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.severity, finding.rule, finding.title, finding.where, finding.why]);
    const list = groups.get(key);
    if (list) list.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((list) => (list.length === 1 ? list[0]! : merged(list)));
}

function merged(list: readonly Finding[]): Finding {
  const [first] = list as [Finding, ...Finding[]];
  const found = new Set(list.flatMap(({ at }) => at?.namespace?.type ?? []));
  const types = NAMESPACE_TYPES.filter((type) => found.has(type));
  const title = types.length === 0 ? `${first.title} (${list.length} times)` : `${first.title}: ${listed(types)}`;
  return { ...first, title, evidence: [...new Set(list.flatMap(({ evidence }) => evidence))] };
}
