/** Pods that Podglass itself made to try things on: /run/podglass/lab/<name>/manifest.json says all of them (docs/lab.md). */
import { type LabManifest, parseLabManifest } from "../manifests.ts";
import type { Claim, RuntimeRecord } from "./record.ts";
import type { Runtime, Sources } from "./runtime.ts";

/** A lab's manifest gives its containers ids, <pod>/<container>; this is the same for its pause. */
const pauseId = (pod: string): string => `${pod}/pause`;

export const lab: Runtime = {
  name: "lab",
  versions: [],
  kubelets: false,
  groups: { prefixes: [] },
  records: (sources) => manifests(sources).flatMap(({ path, manifest }) => recordsOf(path, manifest)),
  claims: (sources) => manifests(sources).map(({ path, manifest }) => claimOf(path, manifest)),
  kept: () => ({ how: "always" }),
  keptWords: { always: "a lab pod made with pause" },
  madeWithout: "a lab pod made without pause",
  afterPause: {
    network: () => ({ survives: "yes", detail: "nobody watches a lab pod's pause" }),
    effects: ["No runtime watches this pod."],
  },
};

function manifests({ files, sorted, bootId }: Sources): { path: string; manifest: LabManifest }[] {
  return sorted.manifests.flatMap((path) => {
    const manifest = path.startsWith("/run/podglass/lab/") ? parseLabManifest(files[path]!) : undefined;
    // One from before the last boot names processes of another life.
    return manifest && (bootId === "" || manifest.bootId === bootId) ? { path, manifest } : [];
  });
}

function recordsOf(path: string, manifest: LabManifest): RuntimeRecord[] {
  const { name, containers, pause, namespaces } = manifest;
  const base = { runtime: "lab", path, namespaces, pod: { podId: name } } as const;
  const records: RuntimeRecord[] = containers.map(({ id, pid, startTicks, cgroupPath }) => ({
    ...base,
    id,
    kind: "app",
    name: id.slice(id.lastIndexOf("/") + 1),
    pid,
    startTicks,
    cgroupPath,
  }));
  if (pause) records.push({ ...base, ...pause, id: pauseId(name), kind: "sandbox", name: "pause" });
  return records;
}

function claimOf(path: string, { name, cgroupPath, namespaces, sandbox }: LabManifest): Claim {
  return {
    podId: name,
    path,
    namespaces,
    pod: { name, cgroupPath },
    ...(sandbox === "pause" ? { sandboxId: pauseId(name) } : { pauseless: true }),
  };
}
