/**
 * What pods reach and what they may do, on live runtimes: podman (bridge, macvlan, none, slirp4netns,
 * pasta, users of its own), podman of an ordinary user where groups are of the second edition (of the first it gives its
 * containers none, and a process says no more of whose it is), Docker, Docker with userns-remap, containerd with CNI, and lab pods. What
 * a reading by perl and one by awk say is held against ip, ss, lsns, getpcaps, capsh and /proc (src-main/testing/reaches.ts).
 * Needs root, and what `missing` names; without slirp4netns or pasta their pods are left out.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { localShell } from "../../src-main/actions/testing/local.ts";
import { labDown, labUp } from "../../src-main/lab/lab.ts";
import { readNode } from "../../src-main/probe/index.ts";
import { type Link, ownerDifferences, powerDifferences, wireDifferences } from "../../src-main/testing/reaches.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { lookup } from "../../src-shared/lookup.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { ownNetwork } from "../../src-shared/questions/own-networks.ts";
import { wirePlan } from "../../src-shared/questions/wire-plan.ts";
import { type Users, usersOf } from "../../src-shared/walls/users.ts";
import { makeContainerd } from "../nodes/containerd.ts";
import { joining, makeDocker } from "../nodes/docker.ts";
import { makePodman, type PodmanNode } from "../nodes/podman.ts";
import { missing, run as program, until } from "../nodes/room.ts";
import { makeRootless, onPath } from "../nodes/rootless.ts";

type Kind = ReturnType<typeof wirePlan>["groups"][number]["kind"];
/** What a pod of that name must be said to hang on, and whose users it has. */
type Expected = Map<string, { on: Kind; users: Users }>;
/** What was made, last first. */
type Undo = (() => Promise<unknown>)[];

const RULES = ["dangling-wire", "duplicate-ip", "host-listener", "privileged-container"];

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const cannot = missing({ capsh: "libcap2-bin", getpcaps: "libcap2-bin", lsns: "util-linux", ss: "iproute2" });
  if (cannot) return { passed: 0, failures: [cannot] };
  const failures: string[] = [];
  let passed = 0;
  const check = (what: string, differences: readonly string[]) => {
    if (differences.length === 0) passed += 1;
    else failures.push(`${what}: ${differences.slice(0, 8).join("\n    ")}`);
  };
  const expected: Expected = new Map();
  const undo: Undo = [];
  try {
    for (const make of [podmanPods, rootlessPods, dockerPods, remappedPods, containerdPods, labPods]) {
      // What cannot be made is a failure, and the others are held against the tools all the same.
      await make(expected, undo).catch((error: Error) => failures.push(`${make.name}: ${error.message}`));
    }
    const connection = localConnection();
    for (const reader of ["perl", "awk"] as const) {
      const before = await indexes();
      const snapshot = assemble(await readNode(connection, { deep: true, reader }));
      const after = await indexes();
      const lasting = new Set([...before].filter((index) => after.has(index)));
      compareAll(snapshot, expected, lasting, (what, differences) => check(`by ${reader}, ${what}`, differences));
    }
    connection.close();
  } finally {
    for (const work of undo.reverse()) await work().catch((error: Error) => failures.push(error.message));
  }
  return { passed, failures };
}

/** Of the node's own interfaces. */
const indexes = async (): Promise<Set<number>> =>
  new Set((JSON.parse(await program("ip", ["-j", "link"])) as Link[]).map(({ ifindex }) => ifindex));

function compareAll(
  snapshot: Snapshot,
  expected: Expected,
  lasting: ReadonlySet<number>,
  check: (what: string, differences: string[]) => void,
): void {
  const find = lookup(snapshot);
  const plan = wirePlan(snapshot);
  for (const [name, { on, users }] of expected) {
    const pod = snapshot.pods.find((one) => one.name === name);
    if (!pod) {
      check(name, ["it is not there"]);
      continue;
    }
    const containers = find.containersOf(pod.key);
    const pids = containers.flatMap((container) => container.pids);
    const network = ownNetwork(snapshot, pod);
    check(`wires of ${name}`, network === undefined ? [] : wireDifferences(snapshot, [network]));
    check(`powers of ${name}`, pids.length === 0 ? ["it has no process"] : powerDifferences(snapshot, pids));
    const spaces = pids.flatMap((pid) => Object.values(find.process(pid)?.namespaces ?? {}));
    check(`owners of ${name}`, ownerDifferences(snapshot, spaces));
    const groups = plan.groups.filter(({ plugs }) => plugs.some((plug) => plug.pod === pod)).map(({ kind }) => kind);
    check(`what ${name} hangs on`, groups.includes(on) ? [] : [`${groups} in the place of ${on}`]);
    const whose = usersOf(snapshot, pod);
    check(`users of ${name}`, whose === users ? [] : [`${whose} in the place of ${users}`]);
  }
  const own = snapshot.namespaces.find(({ type, initial }) => type === "net" && initial)!.inode;
  // Sockets and interfaces of others come and go there meanwhile.
  const wires = wireDifferences(snapshot, [own]).filter(
    (one) => !one.startsWith("listeners") && lasting.has(Number(/ says \[(\d+),/.exec(one)?.[1] ?? Number.NaN)),
  );
  check("the node's own wires", wires);
  check("what this program may do", powerDifferences(snapshot, [process.pid]));
  const keys = new Set(snapshot.pods.filter(({ name }) => expected.has(name)).map(({ key }) => key));
  const told = findings(snapshot).filter(({ rule, at }) => RULES.includes(rule) && keys.has(at?.podKey ?? ""));
  check(
    "findings of healthy pods",
    told.map(({ rule, where }) => `${rule} at ${where}`),
  );
}

async function podmanPods(expected: Expected, undo: Undo): Promise<void> {
  const node = await makePodman();
  const { id } = node.room;
  const parent = `${id}p`;
  // Done last first: after the pods are gone.
  undo.push(() => program("ip", ["link", "del", parent]));
  undo.push(() => node.close());
  await program("ip", ["link", "add", parent, "type", "bridge"]);
  await program("ip", ["link", "set", parent, "up"]);
  // Internal: without rules of a firewall.
  await node.podman("network", "create", "--internal", "--subnet", "10.171.3.0/24", `${id}-bridge`);
  await node.podman(
    "network",
    "create",
    "-d",
    "macvlan",
    "-o",
    `parent=${parent}`,
    "--subnet",
    "10.171.4.0/24",
    `${id}-macvlan`,
  );
  const nets: [string, string, Kind, string[]?, Users?][] = [
    ["bridge", `${id}-bridge`, "bridge"],
    ["macvlan", `${id}-macvlan`, "parent"],
    ["none", "none", "none"],
    ["host", "host", "node"],
    ["mapped", "none", "none", ["--uidmap", "0:300000:65536", "--gidmap", "0:400000:65536"], "own"],
  ];
  if (onPath("slirp4netns")) nets.push(["slirp", "slirp4netns", "program"]);
  for (const [name, network, on, options = [], users = "node"] of nets) {
    const pod = `${id}-${name}`;
    // Two listeners of which one is on the loopback; in the node's network nothing that is not the test's own.
    const listens = name === "host" ? [] : ["/bin/sh", "-c", "httpd -p 127.0.0.1:8081; exec httpd -f -p 8080"];
    const more = name === "none" ? ["--security-opt", "no-new-privileges", "--cap-add", "NET_ADMIN"] : [];
    await node.pod(pod, "--network", network, ...options);
    await node.container(pod, `${pod}-c`, more, listens);
    expected.set(pod, { on, users });
  }
  if (onPath("pasta")) await behindPasta(node, expected, undo);
}

/** podman 4.3 cannot ask for it: a container joins, by its path, the network of a program that pasta began. */
async function behindPasta(node: PodmanNode, expected: Expected, undo: Undo): Promise<void> {
  const pod = `${node.room.id}-pasta`;
  const closed = ["-t", "none", "-u", "none", "-T", "none", "-U", "none"];
  const words = ["--foreground", "--config-net", "--runas", "0", ...closed, "--", "sh", "-c", "echo $$; exec cat"];
  const pasta = spawn("pasta", words, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((done) => pasta.once("exit", done));
  // What it began ends with its stdin, and it with that.
  undo.splice(-1, 0, () => {
    pasta.stdin.end();
    return ended;
  });
  let pid = "";
  pasta.stdout.on("data", (text: Buffer) => {
    pid += text.toString();
  });
  await until("pasta's program", () => /^\d+\n$/.test(pid));
  // Told in the PID namespace that pasta made.
  const first = (await program("pgrep", ["-P", String(pasta.pid)])).trim();
  await node.pod(pod, "--infra=false");
  await node.container(pod, `${pod}-c`, ["--network", `ns:/proc/${first}/ns/net`], ["/bin/httpd", "-f", "-p", "8080"]);
  expected.set(pod, { on: "program", users: "node" });
}

async function rootlessPods(expected: Expected, undo: Undo): Promise<void> {
  if (!existsSync("/sys/fs/cgroup/cgroup.controllers")) return;
  const node = await makeRootless();
  undo.push(() => node.close());
  const nets: [string, Kind][] = [
    ["none", "none"],
    ...(onPath("slirp4netns") ? [["slirp4netns", "program"] as [string, Kind]] : []),
  ];
  for (const [network, on] of nets) {
    const pod = `${node.room.id}-${network}`;
    await node.podman("pod", "create", "--name", pod, "--network", network);
    await node.container(pod, `${pod}-c`, ["/bin/listen", "8080"]);
    expected.set(pod, { on, users: "own" });
  }
}

async function dockerPods(expected: Expected, undo: Undo): Promise<void> {
  const node = await makeDocker();
  undo.push(() => node.close());
  const pause = await node.pause(`${node.room.id}-pause`);
  await node.container(`${node.room.id}-app`, [...joining(pause), "--cap-drop", "ALL"], ["/bin/listen", "8080"]);
  expected.set(`${node.room.id}-pause`, { on: "bridge", users: "node" });
}

async function remappedPods(expected: Expected, undo: Undo): Promise<void> {
  const node = await makeDocker({ remapped: true });
  undo.push(() => node.close());
  const first = await node.container(`${node.room.id}-first`, [], ["/bin/listen", "8080"]);
  await node.container(`${node.room.id}-app`, joining(first, ["network"]));
  expected.set(`${node.room.id}-first`, { on: "bridge", users: "own" });
}

async function containerdPods(expected: Expected, undo: Undo): Promise<void> {
  const node = await makeContainerd();
  undo.push(() => node.close());
  const { id } = node.room;
  await node.pod({
    name: `${id}-web`,
    containers: [{ name: "app", command: ["/bin/listen", "8080"] }, { name: "sidecar" }],
  });
  await node.pod({ name: `${id}-hostnet`, namespaces: { network: "NODE" }, containers: [{ name: "agent" }] });
  expected.set(`${id}-web`, { on: "bridge", users: "node" });
  expected.set(`${id}-hostnet`, { on: "node", users: "node" });
}

async function labPods(expected: Expected, undo: Undo): Promise<void> {
  const here = localShell();
  for (const sandbox of ["pause", "pinned"] as const) {
    const name = `reaches-${process.pid}-${sandbox}`;
    undo.push(() => labDown(here, name));
    await labUp(here, { name, sandbox, containers: 2 });
    expected.set(name, { on: "routed", users: "node" });
  }
}
