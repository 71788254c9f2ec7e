/**
 * Careful reading of JSON that a node's runtime wrote. Pod authors choose annotations, names and environment, so
 * every value is checked for its shape and cut to a size before it goes any further.
 */
export type JsonObject = Record<string, unknown>;

const MAX_TEXT = 4096;
const MAX_KEYS = 512;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object in a text, or undefined where it is no JSON object. */
export function parseObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function parseArray(text: string | undefined): unknown[] | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const object = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value.slice(0, MAX_TEXT) : undefined;
export const integer = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
/** A pid that can exist; 0 and -1 are how runtimes say "none". */
export const pid = (value: unknown): number | undefined => {
  const found = typeof value === "string" ? Number.parseInt(value, 10) : integer(value);
  return found !== undefined && found > 0 ? found : undefined;
};

/** The string values of an object. */
export function texts(value: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  let left = MAX_KEYS;
  for (const [key, entry] of Object.entries(object(value))) {
    if (typeof entry !== "string") continue;
    if (left-- === 0) break;
    result[key.slice(0, MAX_TEXT)] = entry.slice(0, MAX_TEXT);
  }
  return result;
}
