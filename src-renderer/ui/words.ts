import type { NodeState } from "../../src-shared/api.ts";
import { inert } from "../../src-shared/format.ts";
import type { Snapshot } from "../../src-shared/model.ts";

/** An age in words, short: "1 s", "42 s", "5 min", "3 h", "2 d". */
export function age(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 90) return `${s} s`;
  if (s < 90 * 60) return `${Math.round(s / 60)} min`;
  if (s < 36 * 3600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86_400)} d`;
}

export { count as plural } from "../../src-shared/format.ts";

/** "1st", "22nd" */
export const ordinal = (n: number): string => {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${["th", "st", "nd", "rd"][n % 10] ?? "th"}`;
};

/** A node's state as sign, word and age, in that order of importance. */
export function nodeWords(
  state: NodeState,
  now: number,
): { sign: "live" | "busy" | "still" | "stale" | "refused"; words: string } {
  const old = state.seenAtMs === undefined ? undefined : age(now - state.seenAtMs);
  switch (state.phase) {
    case "connecting":
      return { sign: "busy", words: "connecting" };
    case "reading":
      return { sign: "busy", words: "reading" };
    case "live":
      return { sign: "live", words: state.resting ? `at rest, ${old ?? "not read"}` : `live, ${age(state.everyMs)}` };
    case "still":
      return {
        sign: "still",
        words: state.recording
          ? "replay"
          : state.kind === "file"
            ? "a file"
            : old === undefined
              ? "read once"
              : `${old} old`,
      };
    case "stale":
      return { sign: "stale", words: old === undefined ? "lost" : `${old} old` };
    case "refused":
      return { sign: "refused", words: "refused" };
  }
}

/** Where and when a picture is from: "node-a, 2026-11-28 12:05 UTC". */
export const placeAndTime = ({ node, takenAt }: Pick<Snapshot, "node" | "takenAt">): string =>
  `${inert(node.hostname, 60)}, ${inert(takenAt.slice(0, 16).replace("T", " "), 20)} UTC`;
