/**
 * Where dropping pause is configuration, not surgery: what each runtime of a node can do by itself, what it is set to,
 * and the drop-in file or command that would change it, for an operator to apply. Podglass never applies it.
 */
import type { RuntimeName, Snapshot } from "../model.ts";

export interface Advice {
  runtime: RuntimeName;
  /** What holds now, and where that is said. */
  now: string;
  means: string;
  /** A drop-in file, whole. */
  file?: { path: string; content: string };
  commands: string[];
  /** What it does not change. */
  but: string;
}

/** One for each runtime that runs on the node or has pods there. */
export function configurationAdvice(snapshot: Snapshot): Advice[] {
  const names = new Set<string>(snapshot.node.runtimes.map(({ name }) => name));
  for (const { runtime } of snapshot.pods) names.add(runtime);
  return (["cri-o", "containerd", "podman", "docker"] as const)
    .filter((name) => names.has(name))
    .map((name) => ADVICE[name](snapshot));
}

const setting = (snapshot: Snapshot, runtime: RuntimeName, key: string) =>
  snapshot.node.configuration?.find((entry) => entry.runtime === runtime && entry.key === key);

const said = (found: ReturnType<typeof setting>, otherwise: string): string =>
  found ? `${found.key} = ${found.value} in ${found.path}` : otherwise;

const ADVICE: Record<RuntimeName, (snapshot: Snapshot) => Advice> = {
  // crio.conf(5); server/sandbox_run_linux.go, internal/lib/sandbox/sandbox_linux.go (NeedsInfra).
  "cri-o": (snapshot) => {
    const found = setting(snapshot, "cri-o", "drop_infra_ctr");
    const on = found?.value !== "false";
    const folder = setting(snapshot, "cri-o", "namespaces_dir");
    const where = `${folder?.value ?? "/var/run"}/{netns,ipcns,utsns}/<uuid>${folder ? "" : ", CRI-O's default namespaces_dir"}`;
    return {
      runtime: "cri-o",
      now: said(found, "drop_infra_ctr is not set, so true"),
      means: on
        ? `CRI-O makes pods without pause: net, ipc and uts are pinned by pinns (${where}). It keeps pause only where a pod shares its PID namespace, and for Kata.`
        : `CRI-O pins net, ipc and uts of every pod (${where}) and keeps a pause beside the pins, which holds nothing that a pin does not hold.`,
      ...(on
        ? {}
        : {
            file: {
              path: "/etc/crio/crio.conf.d/90-drop-infra.conf",
              content: "[crio.runtime]\ndrop_infra_ctr = true\n",
            },
          }),
      commands: on ? [] : ["systemctl restart crio"],
      but: "Pods that exist stay as they are: it counts for pods made afterwards. Pod network metrics of cAdvisor vanish with pause (kubernetes#126682).",
    };
  },
  // containerd docs/sandbox-api.md; containerd#14106, #14135.
  containerd: (snapshot) => ({
    runtime: "containerd",
    now: said(setting(snapshot, "containerd", "sandboxer"), 'sandboxer is not set, so "podsandbox"'),
    means:
      'With runc, containerd starts a pause for every pod: "podsandbox" is that. "shim" leaves the sandbox to the shim (Kata today); pods without pause on runc are being worked on.',
    commands: [],
    but: "There is no setting that drops pause for runc pods yet: it holds ipc and uts, and only net has a pin of containerd's.",
  }),
  // podman-pod-create(1).
  podman: () => ({
    runtime: "podman",
    now: "decided for each pod when it is made",
    means:
      "--infra=true starts a pause that holds what --share names (ipc, net, uts by default). --infra=false starts none, and then the containers share no namespace at all.",
    commands: [
      "podman pod create --infra=false NAME   # nothing is shared",
      "podman pod create --share net NAME   # a pause that holds net alone",
      "unshare --net=/run/pins/net --ipc=/run/pins/ipc --uts=/run/pins/uts true; podman run --pod NAME --network ns:/run/pins/net --ipc ns:/run/pins/ipc --uts ns:/run/pins/uts IMAGE   # shared by pins, no pause",
    ],
    but: "A pod that exists cannot be changed: make it anew.",
  }),
  docker: () => ({
    runtime: "docker",
    now: "Docker knows no pods",
    means:
      "A container joins another's namespaces (--network container:, --ipc container:, --pid container:): the first one is the sandbox, whatever it runs.",
    commands: [],
    but: "Without the first container nothing is left to join: Docker has no setting that pins.",
  }),
};
