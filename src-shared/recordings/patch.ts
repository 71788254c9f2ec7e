/**
 * What changed inside one JSON object, field by field, and line by line in texts of several lines: a recording of an
 * hour keeps three numbers of a cpu.stat, not the whole group.
 */
export interface Patch {
  /** Fields that are new or other. */
  s?: Record<string, unknown>;
  /** Fields that are gone. */
  d?: string[];
  /** Fields that are objects and changed inside. */
  o?: Record<string, Patch>;
  /** Texts of as many lines as before: number of the line to its new text. */
  l?: Record<string, Record<string, string>>;
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** undefined where nothing changed. Both must be plain JSON. */
export function patchBetween(before: object, after: object): Patch | undefined {
  const set: Record<string, unknown> = {};
  const inner: Record<string, Patch> = {};
  const lines: Record<string, Record<string, string>> = {};
  const old = before as Fields;
  const now = after as Fields;
  for (const key in now) {
    const a = old[key];
    const b = now[key];
    if (b === undefined || a === b) continue;
    if (isFields(a) && isFields(b)) {
      const inside = patchBetween(a, b);
      if (inside) inner[key] = inside;
      continue;
    }
    const changed = typeof a === "string" && typeof b === "string" ? lineChanges(a, b) : undefined;
    if (changed) lines[key] = changed;
    else if (typeof a !== "object" || JSON.stringify(a) !== JSON.stringify(b)) set[key] = b;
  }
  const gone = Object.keys(old).filter((key) => old[key] !== undefined && now[key] === undefined);
  const patch: Patch = {
    ...(Object.keys(set).length > 0 ? { s: set } : {}),
    ...(gone.length > 0 ? { d: gone } : {}),
    ...(Object.keys(inner).length > 0 ? { o: inner } : {}),
    ...(Object.keys(lines).length > 0 ? { l: lines } : {}),
  };
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function lineChanges(a: string, b: string): Record<string, string> | undefined {
  if (!b.includes("\n")) return undefined;
  const old = a.split("\n");
  const now = b.split("\n");
  if (old.length !== now.length) return undefined;
  const changes: Record<string, string> = {};
  for (const [i, line] of now.entries()) if (line !== old[i]) changes[i] = line;
  return changes;
}

/** A patch that does not fit what it is applied to: the file is broken or hostile. */
export class PatchError extends Error {
  override name = "PatchError";
}

const own = (key: string): string => {
  if (key === "__proto__") throw new PatchError("a field is named __proto__");
  return key;
};

/** A new object; `before` is not touched. Throws PatchError. */
export function applyPatch<T extends object>(before: T, patch: Patch): T {
  const after: Fields = { ...(before as Fields) };
  for (const key of patch.d ?? []) delete after[key];
  for (const [key, value] of Object.entries(patch.s ?? {})) after[own(key)] = value;
  for (const [key, inside] of Object.entries(patch.o ?? {})) {
    const value = after[own(key)];
    if (!isFields(value) || !isFields(inside)) throw new PatchError(`field ${key} is not an object`);
    after[key] = applyPatch(value, inside);
  }
  for (const [key, changes] of Object.entries(patch.l ?? {})) {
    const value = after[own(key)];
    if (typeof value !== "string" || !isFields(changes)) throw new PatchError(`field ${key} is not a text`);
    const lines = value.split("\n");
    for (const [at, line] of Object.entries(changes)) {
      const index = Number(at);
      if (!(index >= 0 && index < lines.length) || typeof line !== "string")
        throw new PatchError(`field ${key} has no line ${at}`);
      lines[index] = line;
    }
    after[key] = lines.join("\n");
  }
  return after as T;
}
