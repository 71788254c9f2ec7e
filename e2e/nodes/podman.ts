/** A private podman: own storage, state, locks, cgroup and images. podman has no daemon, so there is nothing to start. */
import { mkdirSync, writeFileSync } from "node:fs";
import { BUSYBOX, buildImages } from "./images.ts";
import { enterRoom, mayRaiseLimits, missing, openFilesLimit, type Room, run } from "./room.ts";

export const cannotPodman = (): string | undefined =>
  missing({
    podman: "podman",
    runc: "runc",
    conmon: "conmon",
    "/usr/bin/catatonit": "catatonit",
    busybox: "busybox-static",
    tar: "tar",
  });

export interface PodmanNode {
  room: Room;
  /** What podman has to be started with to be this node's. */
  env: Record<string, string>;
  /** podman with this node's roots. */
  podman(...args: string[]): Promise<string>;
  /** Makes a pod; its id. @param options as `podman pod create` takes them */
  pod(name: string, ...options: string[]): Promise<string>;
  /** Runs a container in a pod; its id. */
  container(pod: string, name: string, options?: readonly string[], command?: readonly string[]): Promise<string>;
  inspect<T>(id: string, kind?: "container" | "pod"): Promise<T>;
  close(): Promise<void>;
}

/** Throws with the reason when it cannot be made; nothing is left then. */
export async function makePodman(): Promise<PodmanNode> {
  const cannot = cannotPodman();
  if (cannot) throw new Error(cannot);
  const room = await enterRoom("podman");
  const { dir, cgroup } = room;
  const env = {
    CONTAINERS_CONF: `${dir}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${dir}/storage.conf`,
    TMPDIR: `${dir}/tmp`,
  };
  mkdirSync(env.TMPDIR);
  writeFileSync(env.CONTAINERS_CONF, configuration(dir));
  writeFileSync(
    env.CONTAINERS_STORAGE_CONF,
    `[storage]\ndriver = "overlay"\ngraphroot = "${dir}/graph"\nrunroot = "${dir}/run"\n`,
  );
  // In a folder of its own: conmon leaves a file "oom" where it was started.
  const podman = (...args: string[]) => run("podman", args, { env, cwd: dir, timeoutMs: 120_000 });
  room.before(async () => {
    await podman("pod", "rm", "-f", "-t", "0", "-a");
    await podman("rm", "-f", "-t", "0", "-a");
    await podman("rmi", "-a", "-f");
  });
  try {
    const images = await buildImages(`${dir}/images`);
    await podman("load", "-q", "-i", images.busybox);
  } catch (error) {
    await room.leave();
    throw error;
  }
  const withoutInfra = new Set<string>();
  return {
    room,
    env,
    podman,
    async pod(name, ...options) {
      if (options.includes("--infra=false")) withoutInfra.add(name);
      // Without a network of its own: a bridge needs a firewall that a test should not touch.
      const network = options.some((option) => option.startsWith("--network") || option === "--infra=false")
        ? []
        : ["--network", "none"];
      return (await podman("pod", "create", "--name", name, "--cgroup-parent", cgroup, ...network, ...options)).trim();
    },
    async container(pod, name, options = [], command = []) {
      // Without an infra container podman gives its containers no group of the pod's (4.3; 5.8 does).
      const parent = withoutInfra.has(pod) ? ["--cgroup-parent", cgroup] : [];
      return (
        await podman("run", "-d", "--pod", pod, "--name", name, ...parent, ...options, BUSYBOX, ...command)
      ).trim();
    },
    async inspect(id, kind = "container") {
      const found: unknown = JSON.parse(await podman(...(kind === "pod" ? ["pod", "inspect"] : ["inspect"]), id));
      return (Array.isArray(found) ? found[0] : found) as never;
    },
    close: () => room.leave(),
  };
}

function configuration(dir: string): string {
  const limit = openFilesLimit();
  // podman's own default limits cannot be set without CAP_SYS_RESOURCE. File locks: the shared-memory ones are everybody's.
  const ulimits = mayRaiseLimits() ? "" : `default_ulimits = ["nofile=${limit}:${limit}", "nproc=8192:8192"]\n`;
  return `[containers]\n${ulimits}[engine]\ncgroup_manager = "cgroupfs"\nruntime = "runc"\nevents_logger = "file"\nlock_type = "file"
tmp_dir = "${dir}/libpod"\n[network]\nnetwork_config_dir = "${dir}/networks"\n`;
}
