/** Where one can go without typing: the demo, this machine, ~/.ssh/config, what was open before. */
import { hostname } from "node:os";
import type { HostEntry } from "../../src-shared/api.ts";
import { configuredHosts } from "../ssh/hosts.ts";
import type { Settings } from "../storage/settings.ts";

export function hostEntries(settings: Settings): HostEntry[] {
  const entries: HostEntry[] = [
    {
      target: "demo",
      label: "Demo node",
      kind: "demo",
      source: "built in",
      detail: "A small node inside the app; nothing real is touched.",
    },
  ];
  if (process.platform === "linux") {
    entries.push({
      target: "local",
      label: hostname(),
      kind: "local",
      source: "this machine",
      detail: "Read directly, without SSH.",
    });
  }
  const configured = configuredHosts();
  const seen = new Set(entries.map((entry) => entry.target));
  for (const { target, kind } of settings.recent()) {
    if (seen.has(target)) continue;
    seen.add(target);
    const detail = configured.find((entry) => entry.target === target)?.detail;
    entries.push({ target, label: labelOf(target, kind), kind, source: "recent", detail });
  }
  for (const entry of configured) if (!seen.has(entry.target)) entries.push(entry);
  return entries;
}

const labelOf = (target: string, kind: HostEntry["kind"]): string =>
  kind === "file" ? (target.split(/[\\/]/).pop() ?? target) : target;
