/**
 * Whether a value from a file is a Snapshot that the rest of Podglass can take without stumbling. Fields that are not
 * known pass: a newer Podglass may have written them.
 */
import type { z } from "zod";
import { LISTS } from "../diff/delta.ts";
import type { Snapshot } from "../model.ts";
import { type Shape, zodOf } from "../schema/shape.ts";
import { snapshotShape } from "../schema/snapshot.ts";

class SnapshotCheckError extends Error {
  override name = "SnapshotCheckError";
}

const { fields } = snapshotShape;
const isList = (name: string): boolean => (LISTS as readonly string[]).includes(name);
/** Made when the first one is checked: all that a recording may hold is a lot, and most of what starts opens none. */
let made: { rest: z.ZodType; items: (readonly [string, z.ZodType])[] } | undefined;
const schemas = () => {
  made ??= {
    // Everything that is not one of the long lists.
    rest: zodOf({
      is: "object",
      fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !isList(name))),
    }),
    items: LISTS.map((name) => [name, zodOf((fields[name] as Extract<Shape, { is: "list" }>).of)] as const),
  };
  return made;
};

/** Items that were found to be right: going through a recording, most of a moment is the moment before. */
const right = new WeakSet<object>();

/** Nothing of ours is nested any deeper; what a newer Podglass may have written goes through code that calls itself. */
const DEEPEST = 64;
/** By loops that make nothing: it meets every value of a moment that is gone to. */
function isDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left === 0) return true;
  if (Array.isArray(value)) {
    for (const inner of value) if (typeof inner === "object" && isDeep(inner, left - 1)) return true;
    return false;
  }
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner === "object" && isDeep(inner, left - 1)) return true;
  }
  return false;
}

/** Throws SnapshotCheckError with the first thing that is not as it should be, and where it stands. */
export function checkSnapshot(value: unknown): Snapshot {
  const { rest, items } = schemas();
  for (const [name, inner] of Object.entries(value ?? {})) if (!isList(name)) notDeep(name, inner);
  pass("", rest, value);
  for (const [name, schema] of items) {
    const list = (value as Record<string, unknown>)[name];
    if (!Array.isArray(list)) throw new SnapshotCheckError(`${name} is not a list`);
    for (const [at, item] of list.entries()) {
      if (right.has(item as object)) continue;
      notDeep(`${name}[${at}]`, item);
      pass(`${name}[${at}]`, schema, item);
      right.add(item as object);
    }
  }
  return value as Snapshot;
}

function notDeep(where: string, value: unknown): void {
  if (isDeep(value)) throw new SnapshotCheckError(`${where.slice(0, 80)} is nested deeper than ${DEEPEST} times`);
}

function pass(where: string, schema: z.ZodType, value: unknown): void {
  const { error } = schema.safeParse(value);
  if (!error) return;
  const [issue] = error.issues;
  const path = [where, ...(issue?.path ?? [])].filter((part) => part !== "").join(".");
  throw new SnapshotCheckError(`${path || "it"} is not as it should be: ${(issue?.message ?? "").slice(0, 200)}`);
}
