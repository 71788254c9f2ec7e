/** A private dockerd with a containerd of its own: own socket, data, bridge and addresses; no firewall rules, no forwarding. */
import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { BUSYBOX, buildImages, PAUSE } from "./images.ts";
import { enterRoom, missing, openFilesLimit, type Room, run, until } from "./room.ts";

const CLIENT = ["/usr/bin/docker", "/usr/local/bin/docker"].find((path) => existsSync(path)) ?? "/usr/bin/docker";

export const cannotDocker = (): string | undefined =>
  missing({
    [CLIENT]: "docker.io",
    dockerd: "docker.io",
    containerd: "containerd",
    runc: "runc",
    ip: "iproute2",
    busybox: "busybox-static",
    tar: "tar",
  });

export interface DockerNode {
  room: Room;
  /** docker against this node's socket. */
  docker(...args: string[]): Promise<string>;
  /** Runs a container of the busybox image; its full id. */
  container(name: string, options?: readonly string[], command?: readonly string[]): Promise<string>;
  /** Runs a pause container whose ipc others may join; its full id. */
  pause(name: string, options?: readonly string[]): Promise<string>;
  inspect<T>(id: string): Promise<T>;
  close(): Promise<void>;
}

/** `--network container:X` and so on for the types named. */
export const joining = (id: string, types: readonly ("network" | "ipc" | "pid")[] = ["network", "ipc"]): string[] =>
  types.flatMap((type) => [`--${type}`, `container:${id}`]);

/** Whose subordinate ids containers get with userns-remap, and the first of them. */
const REMAPPED = { user: "nobody", group: "nogroup", first: 231_072 };

/**
 * Throws with the reason when it cannot be made; nothing is left then.
 * @param remapped containers get users of their own (userns-remap), and dockerd its configuration by a relative path
 */
export async function makeDocker({ remapped = false } = {}): Promise<DockerNode> {
  const cannot = cannotDocker();
  if (cannot) throw new Error(cannot);
  const room = await enterRoom("docker");
  const { dir } = room;
  const socket = `${dir}/docker.sock`;
  const bridge = `${room.id}b`;
  const docker = (...args: string[]) => run(CLIENT, ["-H", `unix://${socket}`, ...args], { timeoutMs: 120_000 });
  room.before(async () => {
    const ids = (await docker("ps", "-aq")).split("\n").filter(Boolean);
    if (ids.length > 0) await docker("rm", "-f", ...ids);
  });
  try {
    await startContainerd(room);
    const [high, low] = randomBytes(2) as unknown as [number, number];
    const subnet = `10.${112 + (high % 16)}.${low}`;
    await run("ip", ["link", "add", bridge, "type", "bridge"]);
    await run("ip", ["addr", "add", `${subnet}.1/24`, "dev", bridge]);
    await run("ip", ["link", "set", bridge, "up"]);
    const remap = remapped ? { "userns-remap": subordinateIds(room) } : {};
    writeFileSync(`${dir}/daemon.json`, JSON.stringify({ ...settings(dir, bridge, `${subnet}.0/24`), ...remap }));
    const limit = openFilesLimit();
    const from = ["-c", 'cd "$0" && exec "$@"', dir, "dockerd"];
    room.daemon("dockerd", "sh", [
      ...[
        ...from,
        "--config-file",
        remapped ? "daemon.json" : `${dir}/daemon.json`,
        "--containerd",
        `${dir}/containerd/sock`,
        "-H",
        `unix://${socket}`,
      ],
      ...["--pidfile", `${dir}/docker.pid`, "--oom-score-adjust", "0", "--default-ulimit", `nofile=${limit}:${limit}`],
    ]);
    await until(
      "dockerd to answer",
      () =>
        docker("version").then(
          () => true,
          () => false,
        ),
      40_000,
    );
    const images = await buildImages(`${dir}/images`);
    for (const tar of [images.pause, images.busybox]) await docker("load", "-q", "-i", tar);
  } catch (error) {
    await room.leave();
    throw error;
  }
  // A kernel with AppArmor but no parser on the node: dockerd 20.10 refuses to start anything confined.
  const confined =
    readText("/sys/module/apparmor/parameters/enabled") === "Y" && !existsSync("/usr/sbin/apparmor_parser");
  const security = confined ? ["--security-opt", "apparmor=unconfined"] : [];
  const start = async (name: string, options: readonly string[], image: string, command: readonly string[]) => {
    const parent = options.some((option) => option.startsWith("--cgroup-parent"))
      ? []
      : ["--cgroup-parent", room.cgroup];
    return (await docker("run", "-d", "--name", name, ...security, ...parent, ...options, image, ...command)).trim();
  };
  return {
    room,
    docker,
    container: (name, options = [], command = []) => start(name, options, BUSYBOX, command),
    pause: (name, options = []) => start(name, ["--ipc", "shareable", ...options], PAUSE, []),
    inspect: async (id) => JSON.parse(await docker("inspect", id))[0] as never,
    close: () => room.leave(),
  };
}

/** For as long as the room is there, and where the machine gives that user none already. */
function subordinateIds({ dir, before }: Room): string {
  const { user, group, first } = REMAPPED;
  const line = `${user}:${first}:65536\n`;
  // Its users must reach what is theirs.
  chmodSync(dir, 0o711);
  for (const path of ["/etc/subuid", "/etc/subgid"]) {
    if (
      readText(path)
        .split("\n")
        .some((one) => one.startsWith(`${user}:`))
    )
      continue;
    appendFileSync(path, line);
    before(async () => writeFileSync(path, readFileSync(path, "utf8").replace(line, "")));
  }
  return `${user}:${group}`;
}

async function startContainerd(room: Room): Promise<void> {
  const own = `${room.dir}/containerd`;
  mkdirSync(own);
  writeFileSync(
    `${own}/config.toml`,
    `version = 2
root = "${own}/root"
state = "${own}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${own}/sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "${own}/opt"
`,
  );
  room.daemon("containerd", "containerd", ["--config", `${own}/config.toml`]);
  await until("containerd to listen", () => existsSync(`${own}/sock`));
}

const settings = (dir: string, bridge: string, subnet: string): object => ({
  bridge,
  "fixed-cidr": subnet,
  iptables: false,
  "ip-forward": false,
  "ip-masq": false,
  "userland-proxy": false,
  "storage-driver": "overlay2",
  "data-root": `${dir}/data`,
  "exec-root": `${dir}/exec`,
  "exec-opts": ["native.cgroupdriver=cgroupfs"],
});

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
