import { create } from "zustand";
import { attempt, request } from "./client.ts";

interface SettingsState {
  values: Record<string, unknown>;
  loaded: boolean;
}

/** What the person arranged: theme, columns, panel sizes, filters. Kept by the Inspector between starts. */
export const useSettings = create<SettingsState>(() => ({ values: {}, loaded: false }));

let pending: Record<string, unknown> = {};
let waiting = false;

function flush(): void {
  const values = pending;
  pending = {};
  waiting = false;
  void attempt("settings.set", { values });
}

export async function loadSettings(): Promise<void> {
  const values = await request("settings.get", {});
  useSettings.setState({ values, loaded: true });
}

/** Takes effect at once, is written a moment later: dragging an edge is one write. */
export function setSetting(key: string, value: unknown): void {
  useSettings.setState(({ values }) => ({ values: { ...values, [key]: value } }));
  pending[key] = value;
  if (!waiting) setTimeout(flush, 400);
  waiting = true;
}

/** One setting. `valid` guards against what an older version or a hand wrote. */
export function useSetting<T>(
  key: string,
  fallback: T,
  valid: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const value = useSettings((state) => state.values[key]);
  return [valid(value) ? value : fallback, (next) => setSetting(key, next)];
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
export const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (value: unknown): value is T =>
    values.includes(value as T);
