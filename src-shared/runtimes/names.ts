/** The runtimes that Podglass knows, each as its own people write it; what is known of each is in the file of its name. */
export const RUNTIME_LABELS = {
  "cri-o": "CRI-O",
  containerd: "containerd",
  podman: "podman",
  docker: "Docker",
  lxc: "LXC",
  lab: "the lab",
} as const;

export type RuntimeName = keyof typeof RUNTIME_LABELS;
export const RUNTIME_NAMES = Object.keys(RUNTIME_LABELS) as RuntimeName[];
const isRuntimeName = (name: string): name is RuntimeName => Object.hasOwn(RUNTIME_LABELS, name);

/** The runtime that a pod's key begins with; an older or newer Podglass may have known another. */
export function runtimeOfKey(key: string): RuntimeName | undefined {
  const name = key.slice(0, Math.max(0, key.indexOf("/")));
  return isRuntimeName(name) ? name : undefined;
}
