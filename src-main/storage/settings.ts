/** Small things that outlive a run: theme, columns, recent nodes. One JSON file, written whole and renamed into place. */
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { HostEntry } from "../../src-shared/api.ts";
import { writeNew } from "./own-files.ts";

const RECENT = "recentTargets";
/** Targets whose program a person let start. */
const CONFIRMED = "confirmedTargets";
/** Ours alone: a window can read these and not write them. */
const RESERVED = new Set([RECENT, CONFIRMED]);
const MAX_CONFIRMED = 2500;
const MAX_RECENT = 20;
/** A window may keep this much and no more (bytes of JSON). */
const MAX_BYTES = 512 * 1024;

export interface RecentTarget {
  target: string;
  kind: HostEntry["kind"];
}

export interface Settings {
  all(): Record<string, unknown>;
  get(name: string): unknown;
  /** Merges; a null value removes. Throws when the file cannot be written or would grow too large. */
  set(values: Record<string, unknown>): null;
  remember(target: string, kind: HostEntry["kind"]): void;
  forget(target: string): null;
  recent(): RecentTarget[];
  confirm(targets: readonly string[]): void;
  confirmed(target: string): boolean;
}

export function openSettings(stateDir: string): Settings {
  const path = join(stateDir, "settings.json");
  let values = read(path);

  function write(next: Record<string, unknown>): void {
    const text = JSON.stringify(next, null, 2);
    if (text.length > MAX_BYTES)
      throw new Error(`Settings would take more than ${MAX_BYTES} bytes; nothing was changed.`);
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    renameSync(writeNew(path, text), path);
    values = next;
  }

  const recent = (): RecentTarget[] => {
    const list = values[RECENT];
    if (!Array.isArray(list)) return [];
    return list.filter(
      (entry): entry is RecentTarget => typeof entry?.target === "string" && typeof entry?.kind === "string",
    );
  };

  const confirmed = (): unknown[] => {
    const list = values[CONFIRMED];
    return Array.isArray(list) ? list : [];
  };

  return {
    all: () => ({ ...values }),
    get: (name) => values[name],
    set(changes) {
      const next = { ...values };
      for (const [name, value] of Object.entries(changes)) {
        if (RESERVED.has(name)) continue;
        if (value === null) delete next[name];
        else next[name] = value;
      }
      write(next);
      return null;
    },
    remember(target, kind) {
      const list = [{ target, kind }, ...recent().filter((entry) => entry.target !== target)].slice(0, MAX_RECENT);
      try {
        write({ ...values, [RECENT]: list });
      } catch {
        // A state folder that cannot be written must not keep a node from being opened.
        values = { ...values, [RECENT]: list };
      }
    },
    forget(target) {
      write({ ...values, [RECENT]: recent().filter((entry) => entry.target !== target) });
      return null;
    },
    recent,
    confirm: (targets) => {
      const all = [...new Set([...confirmed(), ...targets])];
      if (all.length > confirmed().length) write({ ...values, [CONFIRMED]: all.slice(-MAX_CONFIRMED) });
    },
    confirmed: (target) => confirmed().includes(target),
  };
}

/** What is there; a file that is missing or broken counts as empty, and a broken one is kept beside for a person. */
function read(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // falls through: broken
  }
  try {
    renameSync(path, `${path}.broken`);
  } catch {
    // nothing more can be done; the next write replaces it
  }
  return {};
}
