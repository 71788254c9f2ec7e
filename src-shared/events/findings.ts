/** Findings that came or went. What a finding is about is its rule and its place, not its words. */
import { inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import type { Happening } from "./event.ts";

const idOf = ({ rule, at, where }: Finding): string =>
  JSON.stringify([
    rule,
    at?.podKey,
    at?.containerId,
    at?.cgroupPath,
    at?.namespace?.type,
    at?.namespace?.inode,
    at?.pid,
    at === undefined ? where : "",
  ]);

export function findingEvents(before: readonly Finding[], after: readonly Finding[]): Happening[] {
  const old = new Map(before.map((one) => [idOf(one), one]));
  const now = new Map(after.map((one) => [idOf(one), one]));
  const said = (kind: "finding-new" | "finding-gone", one: Finding): Happening => ({
    kind,
    ...(one.at?.podKey === undefined ? {} : { pod: one.at.podKey }),
    ...(one.at?.containerId === undefined ? {} : { container: one.at.containerId }),
    text:
      kind === "finding-new"
        ? `${inert(one.title, 200)} (${inert(one.where, 200)})`
        : `no longer: ${inert(one.title, 200)} (${inert(one.where, 200)})`,
    [kind === "finding-new" ? "after" : "before"]: { rule: one.rule, severity: one.severity, where: one.where },
  });
  return [
    ...[...now].flatMap(([id, one]) => (old.has(id) ? [] : [said("finding-new", one)])),
    ...[...old].flatMap(([id, one]) => (now.has(id) ? [] : [said("finding-gone", one)])),
  ];
}
