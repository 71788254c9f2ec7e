/**
 * Our own manifests: what Podglass pinned, dropped and restored (/run/podglass/pins/<hash>/manifest.json), and the pods
 * of its lab (/run/podglass/lab/<name>/manifest.json). One from before the last boot names processes of another life.
 */
import { type LabManifest, type PinsManifest, parseLabManifest, parsePinsManifest } from "../../manifests.ts";
import type { Files } from "./record.ts";

export type FoundPins = PinsManifest & { path: string };
export type FoundLab = LabManifest & { path: string };

/** @param paths those of the files that are manifests of ours. @param bootId of the reading; "" where it could not be read */
export function podglassManifests(
  files: Files,
  paths: readonly string[],
  bootId: string,
): { pins: FoundPins[]; labs: FoundLab[] } {
  const pins: FoundPins[] = [];
  const labs: FoundLab[] = [];
  const ofThisBoot = (manifest: { bootId: string }) => bootId === "" || manifest.bootId === bootId;
  for (const path of paths) {
    const pinned = path.startsWith("/run/podglass/pins/") ? parsePinsManifest(files[path]!) : undefined;
    const lab = path.startsWith("/run/podglass/lab/") ? parseLabManifest(files[path]!) : undefined;
    if (pinned && ofThisBoot(pinned)) pins.push({ ...pinned, path });
    if (lab && ofThisBoot(lab)) labs.push({ ...lab, path });
  }
  return { pins, labs };
}
