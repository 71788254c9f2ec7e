/**
 * The few settings of the runtimes' configuration files that decide about pause. Only `key = value` lines are read, in
 * the order in which CRI-O reads its files (crio.conf(5)).
 */
import type { RuntimeConfiguration } from "../model.ts";
import { compareText } from "../order.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import type { Setting } from "../runtimes/runtime.ts";
import { runtimes } from "../runtimes/table.ts";

const LINE = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*(?:#.*)?$/;

/** The last word on each key: main file first, then drop-ins by name. */
export function runtimeConfiguration(
  files: Readonly<Record<string, string>>,
  paths: readonly string[],
): RuntimeConfiguration[] {
  const found = new Map<string, RuntimeConfiguration>();
  const inOrder = [...paths].sort((a, b) => Number(a.includes(".d/")) - Number(b.includes(".d/")) || compareText(a, b));
  for (const path of inOrder) {
    const wanted = runtimes.find(({ settings }) => settings?.file.test(path));
    if (!wanted) continue;
    for (const line of files[path]!.split("\n")) {
      const match = LINE.exec(line);
      if (!match || !wanted.settings!.keys.includes(match[1]!)) continue;
      const value = match[2]!.replace(/^"(.*)"$/, "$1").slice(0, 256);
      found.set(`${wanted.name} ${match[1]}`, { runtime: wanted.name, path, key: match[1]!, value });
    }
  }
  return [...found.values()];
}

export const settingOf =
  (configuration: readonly RuntimeConfiguration[], runtime: RuntimeName): Setting =>
  (key) =>
    configuration.find((entry) => entry.runtime === runtime && entry.key === key);
