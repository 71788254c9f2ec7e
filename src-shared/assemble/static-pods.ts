/**
 * What a static pod's manifest tells: which of its containers is init or sidecar, which no runtime writes down. The probe
 * sends an outline of it and nothing else (src-main/probe/perl/secrets.pl, outline).
 */
import type { Container, Pod } from "../model.ts";
import type { Files } from "../runtimes/record.ts";

const OUTLINE = "# podglass: outline of a static pod\n";
/** Far more than a pod has. */
const MOST_LINES = 5000;

interface StaticPod {
  name: string;
  namespace: string;
  /** By name: an init container that is restarted always is a sidecar (KEP-753). */
  kinds: Map<string, "app" | "init" | "sidecar">;
}

function staticPods(files: Files): StaticPod[] {
  const found: StaticPod[] = [];
  for (const path in files) {
    const text = files[path]!;
    if (!text.startsWith(OUTLINE)) continue;
    const pod = parse(text);
    if (pod.name !== "") found.push(pod);
  }
  return found;
}

function parse(text: string): StaticPod {
  const pod: StaticPod = { name: "", namespace: "default", kinds: new Map() };
  let init = false;
  let item: { name?: string; always?: boolean } = {};
  for (const line of text.split("\n", MOST_LINES)) {
    const [, blank = "", key, value = ""] = /^( *)(-|[A-Za-z]+:)(?: (.*))?$/.exec(line) ?? [];
    if (key === "-") item = {};
    else if (blank.length === 2) {
      init = key === "initContainers:";
      if (key === "name:") pod.name = value;
      else if (key === "namespace:") pod.namespace = value;
    } else if (blank.length === 4) {
      if (key === "name:") item.name = value;
      else if (key === "restartPolicy:") item.always = value === "Always";
      if (item.name !== undefined) pod.kinds.set(item.name, init ? (item.always ? "sidecar" : "init") : "app");
    }
  }
  return pod;
}

/** The one manifest that a pod can have come from; undefined where none fits, or several do. */
function manifestOf(
  pod: Pod,
  names: readonly string[],
  manifests: readonly StaticPod[],
  hostname: string,
): StaticPod | undefined {
  // The kubelet puts its node's name behind (pkg/kubelet/config/common.go, generatePodName).
  const fitting = manifests.filter(
    ({ name, namespace, kinds }) =>
      pod.namespace === namespace && pod.name.startsWith(`${name}-`) && names.every((one) => kinds.has(one)),
  );
  const sure = fitting.filter(({ name }) => pod.name === `${name}-${hostname.toLowerCase()}`);
  const left = sure.length > 0 ? sure : fitting;
  return left.length === 1 ? left[0] : undefined;
}

/** Sets the kinds of the containers of static pods, where a manifest tells them. */
export function setKinds(
  pods: readonly Pod[],
  byId: (id: string) => Container | undefined,
  { files, hostname }: { files: Files; hostname: string },
): void {
  const ofFiles = pods.filter(({ staticPod }) => staticPod);
  const manifests = ofFiles.length > 0 ? staticPods(files) : [];
  if (manifests.length === 0) return;
  for (const pod of ofFiles) {
    const containers = pod.containers.flatMap((id) => byId(id) ?? []);
    const manifest = manifestOf(
      pod,
      containers.map(({ name }) => name),
      manifests,
      hostname,
    );
    for (const container of manifest ? containers : []) container.kind = manifest!.kinds.get(container.name)!;
  }
}
