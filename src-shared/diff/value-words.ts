/** A value of two pods side by side, as a person reads it: the same in the terminal and in the window. */
import { bytes, cores, inert } from "../format.ts";
import type { CriMode, CriModes } from "../model.ts";
import type { PodDiff } from "../reports.ts";

const HOLDERS: Record<string, string> = {
  sandbox: "pause",
  container: "its containers",
  process: "other processes",
  pin: "pins",
  fd: "open files",
};

/** What the CRI calls POD, CONTAINER, NODE and TARGET (runtime/v1 api.proto, NamespaceMode), as a person says it. */
const MODES: Record<CriMode, string> = {
  POD: "shared in the pod",
  CONTAINER: "one for each container",
  NODE: "the node's",
  TARGET: "another container's",
};
const modeWords = (modes: CriModes): string =>
  Object.entries(modes)
    .map(([what, mode]) => `${what}: ${MODES[mode as CriMode] ?? inert(String(mode), 40)}`)
    .join(", ");

/** A value in words; "–" where this side has none. */
export function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") {
    if (field.endsWith("Bytes")) return bytes(value);
    if (field.endsWith("Cores")) return cores(value);
    return String(value);
  }
  if (typeof value === "string") return inert(value, 400);
  if (Array.isArray(value)) {
    if (value.length === 0) return "none";
    const words = value.map((one) => (field.endsWith("heldBy") ? (HOLDERS[String(one)] ?? one) : one));
    return inert(words.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(", "), 600);
  }
  if (field === "modes") return modeWords(value as CriModes);
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length === 0) return "nothing";
  return inert(
    entries.map(([name, one]) => `${name} ${typeof one === "object" ? JSON.stringify(one) : String(one)}`).join(", "),
    600,
  );
}

/** The same as people read it: a few bytes more that round to the same words are no difference to show. */
export const saysSame = ({ field, left, right, same }: PodDiff["rows"][number]): boolean =>
  same || valueWords(field, left) === valueWords(field, right);
