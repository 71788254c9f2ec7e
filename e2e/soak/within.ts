/**
 * A containerd inside a container, with a pod inside: seen from the node as a pod within that container, with a gap that
 * names the way in, and seen by that way as its own node has it. Both are held against the inner containerd and the kernel.
 * Needs root, podman, containerd, runc and busybox; takes about 15 s.
 */
import { readFileSync } from "node:fs";
import { readNode } from "../../src-main/probe/index.ts";
import { inodeOf, seeThisMachine } from "../../src-main/testing/see.ts";
import { programConnection } from "../../src-main/transport/program.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { obstacles } from "../../src-shared/questions/obstacles.ts";
import { makePodman } from "../nodes/podman.ts";
import { until } from "../nodes/room.ts";

const SANDBOX = "a1".repeat(32);
const APP = "b2".repeat(32);
const UID = "11111111-2222-3333-4444-555555555555";
const GROUP = `/kubelet/kubepods/burstable/pod${UID}`;
const MARK = "made: ";
/** Run as pid 1 of the outer container, in a copy of this machine's files. */
const INSIDE = `
mkdir -p /run/inner && mount -t tmpfs tmpfs /run/inner && cd /run/inner
mkdir -p rootfs/bin rootfs/proc rootfs/sys rootfs/dev && cp "$(command -v busybox)" rootfs/bin/sleep
cat >config.toml <<END
version = 2
root = "/run/inner/root"
state = "/run/inner/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "/run/inner/sock"
END
containerd -c config.toml -l error >log 2>&1 &
client() { ctr -a /run/inner/sock -n k8s.io "$@"; }
tries=0; until client version >/dev/null 2>&1 || [ $tries -gt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
note=io.kubernetes.cri
make() { id=$1; shift; client run -d --rootfs --cgroup ${GROUP}/$id --annotation $note.sandbox-id=${SANDBOX} "$@" /run/inner/rootfs $id /bin/sleep 1000; }
make ${SANDBOX} --annotation $note.container-type=sandbox --annotation $note.sandbox-name=inner
pause=$(client task ls | awk -v id=${SANDBOX} '$1 == id { print $2 }')
make ${APP} --annotation $note.container-type=container --annotation $note.container-name=app \\
  --with-ns network:/proc/$pause/ns/net --with-ns ipc:/proc/$pause/ns/ipc --with-ns uts:/proc/$pause/ns/uts
echo "${MARK}$(client task ls | awk 'NR > 1 { print $1 "=" $2 }' | tr '\\n' ' ')"
cat log; exec sleep 1000`;

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  let passed = 0;
  const check = (ok: boolean, what: string) => {
    if (ok) passed += 1;
    else failures.push(what);
  };
  const node = await makePodman();
  try {
    const name = `${node.room.id}-outer`;
    const options = ["--privileged", "--network", "none", "--cgroupns", "private", "--cgroup-parent", node.room.cgroup];
    const outer = (
      await node.podman("run", "-d", "--name", name, ...options, "--rootfs", "/:O", "/bin/sh", "-c", INSIDE)
    ).trim();
    let said = "";
    await until(
      "the inner pod",
      async () => {
        said = await node.podman("logs", name);
        return said.includes(MARK);
      },
      60_000,
    );
    const inside = (id: string) => Number(new RegExp(`${id}=(\\d+)`).exec(said)?.[1]);
    const from = await seeThisMachine();
    const pod = from.pods.find(({ sandbox }) => sandbox.id === SANDBOX);
    if (!pod) return { passed, failures: [`the node shows no pod ${SANDBOX}: ${said}`] };
    check(pod.within === outer, `it is within ${pod.within}, not ${outer}`);
    check(pod.uid === UID, `its uid is ${pod.uid}`);
    check(
      obstacles(from, pod).some(({ code }) => code === "within"),
      "nothing keeps an action from it",
    );
    const gap = from.gaps.find(({ what }) => what === "pods of a node in a container");
    check(/podman:NAME/.test(gap?.mend ?? ""), `the gap's way in is ${gap?.mend}`);
    for (const [id, pid] of [
      [SANDBOX, pod.sandbox.pid],
      [APP, from.containers.find((one) => one.id === APP)?.pid],
    ] as const) {
      const ids = pid ? /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]?.split(/\s+/) : [];
      check(ids?.at(-2) === String(inside(id)), `pid ${pid} of ${id} is ${ids} inside, containerd says ${inside(id)}`);
    }
    for (const type of ["net", "ipc", "uts"] as const)
      check(pod.namespaces[type] === inodeOf(pod.sandbox.pid!, type), `its ${type} is not what the kernel says`);
    // By the way in that the gap names: the same node, as its own runtime wrote it down.
    const words = (command: string) => ["podman", "exec", "-i", name, "sh", "-c", command];
    const connection = await programConnection({
      label: `podman:${name}`,
      takes: "argument",
      words,
      env: { ...process.env, ...node.env },
      signal: new AbortController().signal,
    });
    try {
      const there = assemble(await readNode(connection, { deep: true }));
      const [own] = there.pods;
      check(own?.name === "inner" && there.pods.length === 1, `inside there are ${there.pods.map(({ name }) => name)}`);
      check(own?.within === undefined, "inside it is within something");
      check(own?.sandbox.pid === inside(SANDBOX), `inside its pause is ${own?.sandbox.pid}`);
      check(there.containers.find(({ id }) => id === APP)?.pid === inside(APP), "inside its container has another pid");
      check(own?.namespaces.net === pod.namespaces.net, "inside its network is another");
    } finally {
      connection.close();
    }
  } finally {
    await node.close();
  }
  return { passed, failures };
}
