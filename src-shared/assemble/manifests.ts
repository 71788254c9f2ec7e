/**
 * Our own manifests: what Podglass pinned, dropped and restored (/run/podglass/pins/<hash>/manifest.json). One from before
 * the last boot names processes of another life.
 */
import { type PinsManifest, parsePinsManifest } from "../manifests.ts";
import type { Files } from "../runtimes/record.ts";

export type FoundPins = PinsManifest & { path: string };

/** @param paths those of the files that are manifests of ours. @param bootId of the reading; "" where it could not be read */
export function pinManifests(files: Files, paths: readonly string[], bootId: string): FoundPins[] {
  return paths.flatMap((path) => {
    const found = path.startsWith("/run/podglass/pins/") ? parsePinsManifest(files[path]!) : undefined;
    return found && (bootId === "" || found.bootId === bootId) ? { ...found, path } : [];
  });
}
