/** Two pods, a container beside a pod, or one pod at two moments: field by field, in one order, the same rows for both. */

import type { Snapshot } from "../model.ts";
import type { PodDiff } from "../reports.ts";
import { type Fields, type Subject, subjectOf } from "./subject.ts";

/**
 * @param leftKey a pod's key or a container's id; the same for rightKey
 * @throws Error where a snapshot has neither
 */
export function diffPods(left: Snapshot, leftKey: string, right: Snapshot, rightKey: string): PodDiff {
  const one = subjectOf(left, leftKey);
  const other = subjectOf(right, rightKey);
  const rows = compare("", one.fields, other.fields);
  for (const [name, mine, theirs] of pairs(one, other)) rows.push(...compare(`${name}: `, mine, theirs));
  return { left: one.label, right: other.label, rows };
}

function compare(prefix: string, left: Fields, right: Fields): PodDiff["rows"] {
  const rows: PodDiff["rows"] = [];
  for (const field of new Set([...left.keys(), ...right.keys()])) {
    // A field that neither side has says nothing.
    const mine = left.get(field);
    const theirs = right.get(field);
    if (mine === undefined && theirs === undefined) continue;
    rows.push({ field: prefix + field, left: mine ?? null, right: theirs ?? null, same: equal(mine, theirs) });
  }
  return rows;
}

const NOTHING: Fields = new Map();

/** Containers of one name belong together; the rest go side by side in their order. */
function pairs(left: Subject, right: Subject): [string, Fields, Fields][] {
  const result: [string, Fields, Fields][] = [];
  const leftOnly: [string, Fields][] = [];
  const rightOnly = new Map(right.containers);
  for (const [name, fields] of left.containers) {
    const same = rightOnly.get(name);
    if (same) result.push([`container ${name}`, fields, same]);
    else leftOnly.push([name, fields]);
    rightOnly.delete(name);
  }
  const rest = [...rightOnly];
  for (let index = 0; index < Math.max(leftOnly.length, rest.length); index++) {
    const mine = leftOnly[index];
    const theirs = rest[index];
    const name = mine && theirs ? `${mine[0]} | ${theirs[0]}` : (mine?.[0] ?? theirs![0]);
    result.push([`container ${name}`, mine?.[1] ?? NOTHING, theirs?.[1] ?? NOTHING]);
  }
  return result;
}

function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length || Array.isArray(left) !== Array.isArray(right)) return false;
  return keys.every((key) => equal((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]));
}
