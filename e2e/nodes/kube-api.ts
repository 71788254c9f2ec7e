/**
 * A small API server of Kubernetes, as much of one as kubectl asks to look into a node: discovery, nodes, and pods with
 * create, get, list, watch, delete, attach and exec (WebSocket and SPDY). The nodes are one set of real namespaces with a
 * pid 1 of its own, and a pod's commands are real processes beside it, by busybox as in its image; so `nsenter -t 1` leads
 * into a node. What a kubelet does is done here: stdinOnce, the deadline, an image that cannot be pulled.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { acceptSpdy, type Streams } from "./spdy.ts";

/** What goes wrong, on purpose. */
export type KubeTrouble = "image" | "not-ready" | "pod-security" | "rbac" | "nodes-forbidden" | "unauthorized";

// biome-ignore lint/suspicious/noExplicitAny: an object of the API as it came
type Manifest = any;
interface Pod {
  object: Manifest;
  child?: ChildProcess;
  execs: Set<ChildProcess>;
}

export interface KubeApi {
  kubeconfig: string;
  trouble?: KubeTrouble;
  /** Pods start when a watch is asked for and has not begun: that they run is its first event. */
  startsBetween?: boolean;
  /** What is asked to be made is made when this is done, whoever still waits for it. */
  creates?: Promise<void>;
  /** "POST pods", "DELETE pods/podglass-…", "exec websocket", in their order. */
  readonly calls: string[];
  readonly pods: ReadonlyMap<string, Pod>;
  /** A pod that somebody left: it has ended. */
  leave(name: string): void;
  /** Cuts every connection and lets nobody in until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

const NAMESPACE = "default";
const BASE = `/api/v1/namespaces/${NAMESPACE}/pods`;
const RESOURCES = {
  kind: "APIResourceList",
  groupVersion: "v1",
  resources: [
    {
      name: "nodes",
      singularName: "node",
      namespaced: false,
      kind: "Node",
      verbs: ["get", "list"],
      shortNames: ["no"],
    },
    ...["pods", "pods/attach", "pods/exec"].map((name) => ({
      ...{
        name,
        singularName: name === "pods" ? "pod" : "",
        namespaced: true,
        shortNames: name === "pods" ? ["po"] : [],
      },
      kind: name === "pods" ? "Pod" : name === "pods/exec" ? "PodExecOptions" : "PodAttachOptions",
      verbs: name === "pods" ? ["create", "delete", "get", "list", "watch"] : ["create", "get"],
    })),
  ],
};
const DISCOVERY: Record<string, object> = {
  "/api": { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": RESOURCES,
  "/version": { major: "1", minor: "32", gitVersion: "v1.32.0" },
};

const status = (code: number, reason: string, message: string): object => ({
  ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" },
  ...{ code, reason, message },
});

/** @param nodes names of the cluster's nodes. */
export async function startKubeApi(nodes: readonly string[] = ["node-a", "node-b"]): Promise<KubeApi> {
  const dir = mkdtempSync(join(tmpdir(), "podglass-kube-"));
  const pods = new Map<string, Pod>();
  const calls: string[] = [];
  const init = await startNode();
  /** What runs in a pod with hostPID: in the node's processes, with a /proc of them. */
  const inPod = (words: readonly string[]): [string, string[]] => [
    "nsenter",
    ["-t", String(init.pid), "-m", "-p", "busybox", ...words],
  ];
  const watchers = new Set<(type: string, pod: Pod) => void>();
  const sockets = new Set<Socket>();
  let version = 1;
  let isCut = false;

  const tell = (type: string, pod: Pod): void => {
    version += 1;
    pod.object.metadata.resourceVersion = String(version);
    for (const watch of watchers) watch(type, pod);
  };
  const set = (pod: Pod, phase: string, state: object, more: object = {}): void => {
    if (!pods.has(pod.object.metadata.name)) return;
    pod.object.status = { phase, containerStatuses: [{ name: "podglass", ready: false, state }], ...more };
    tell("MODIFIED", pod);
  };
  const stop = (pod: Pod): void => {
    for (const child of [pod.child, ...pod.execs]) child?.kill("SIGKILL");
  };

  function start(pod: Pod): void {
    const { containers, activeDeadlineSeconds } = pod.object.spec;
    const { command, image } = containers[0];
    if (api.trouble === "image") {
      const message = `Back-off pulling image "${image}"`;
      set(pod, "Pending", { waiting: { reason: "ImagePullBackOff", message } });
      return;
    }
    const child = spawn(...inPod(command), { stdio: ["pipe", "ignore", "ignore"] });
    pod.child = child;
    const timer = setTimeout(() => {
      stop(pod);
      set(pod, "Failed", { terminated: { exitCode: 137 } }, { reason: "DeadlineExceeded" });
    }, activeDeadlineSeconds * 1000);
    child.once("exit", (code) => {
      clearTimeout(timer);
      // A container's end ends all that was started in it: its group is killed.
      for (const one of pod.execs) one.kill("SIGKILL");
      set(pod, code === 0 ? "Succeeded" : "Failed", { terminated: { exitCode: code ?? 137, reason: "Completed" } });
    });
    set(pod, "Running", { running: { startedAt: new Date().toISOString() } });
  }

  function create(object: Manifest): Pod | object {
    const { name } = object.metadata;
    if (api.trouble === "rbac")
      return status(
        403,
        "Forbidden",
        `pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace "${NAMESPACE}"`,
      );
    if (api.trouble === "pod-security")
      return status(
        403,
        "Forbidden",
        `pods "${name}" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true, hostPID=true), privileged (container "podglass" must not set securityContext.privileged=true)`,
      );
    if (pods.has(name)) return status(409, "AlreadyExists", `pods "${name}" already exists`);
    Object.assign(object.metadata, { namespace: NAMESPACE, uid: name, creationTimestamp: new Date().toISOString() });
    const pod: Pod = { object, execs: new Set() };
    pods.set(name, pod);
    object.status = { phase: "Pending" };
    tell("ADDED", pod);
    if (!api.startsBetween) setTimeout(() => start(pod), 100);
    return pod;
  }

  function remove(name: string): object {
    const pod = pods.get(name);
    if (pod === undefined) return status(404, "NotFound", `pods "${name}" not found`);
    stop(pod);
    pods.delete(name);
    tell("DELETED", pod);
    return pod.object;
  }

  const nodeOf = (name: string): object => ({
    ...{ kind: "Node", apiVersion: "v1", metadata: { name, labels: { "kubernetes.io/os": "linux" } } },
    status: {
      conditions: [
        api.trouble === "not-ready"
          ? {
              type: "Ready",
              status: "Unknown",
              reason: "NodeStatusUnknown",
              message: "Kubelet stopped posting node status.",
            }
          : { type: "Ready", status: "True", reason: "KubeletReady" },
      ],
    },
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://x");
    const send = (object: Manifest): void => {
      response.writeHead(object.kind === "Status" ? object.code : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(object));
    };
    const list = (kind: string, items: object[]): void =>
      send({ kind, apiVersion: "v1", metadata: { resourceVersion: String(version) }, items });
    if (api.trouble === "unauthorized") return send(status(401, "Unauthorized", "Unauthorized"));
    const known = DISCOVERY[url.pathname];
    if (known !== undefined) return send(known);
    calls.push(
      `${request.method} ${url.pathname.slice(url.pathname.lastIndexOf("/v1/") + 4).replace(/^namespaces\/[^/]*\//, "")}`,
    );
    if (url.pathname.startsWith("/api/v1/nodes")) {
      if (api.trouble === "nodes-forbidden")
        return send(
          status(
            403,
            "Forbidden",
            `nodes "node-a" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope`,
          ),
        );
      const name = url.pathname.slice("/api/v1/nodes/".length);
      if (name === "") return list("NodeList", nodes.map(nodeOf));
      return send(nodes.includes(name) ? nodeOf(name) : status(404, "NotFound", `nodes "${name}" not found`));
    }
    if (!url.pathname.startsWith(BASE))
      return send(status(404, "NotFound", "the server could not find the requested resource"));
    const name = url.pathname.slice(BASE.length + 1);
    if (request.method === "DELETE") return send(remove(name));
    if (request.method === "POST") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      await api.creates;
      const made = create(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      return send("object" in made ? made.object : made);
    }
    if (name !== "") return send(pods.get(name)?.object ?? status(404, "NotFound", `pods "${name}" not found`));
    const wanted = /^metadata\.name=(.*)$/.exec(url.searchParams.get("fieldSelector") ?? "")?.[1];
    const label = url.searchParams.get("labelSelector")?.split("=");
    const matches = ({ object }: Pod): boolean =>
      (wanted === undefined || object.metadata.name === wanted) &&
      (label === undefined || object.metadata.labels?.[label[0] ?? ""] === label[1]);
    const items = () => [...pods.values()].filter(matches).map(({ object }) => object);
    if (url.searchParams.get("watch") === null) return list("PodList", items());
    if (api.startsBetween) for (const pod of pods.values()) if (pod.child === undefined) start(pod);
    response.writeHead(200, { "content-type": "application/json" });
    const watch = (type: string, pod: Pod): void => {
      if (matches(pod)) response.write(`${JSON.stringify({ type, object: pod.object })}\n`);
    };
    // What has changed between a list and the watch that follows it is told too.
    const seen = Number(url.searchParams.get("resourceVersion") ?? 0);
    for (const pod of pods.values()) if (Number(pod.object.metadata.resourceVersion) > seen) watch("MODIFIED", pod);
    response.flushHeaders();
    watchers.add(watch);
    response.once("close", () => watchers.delete(watch));
  }

  /** attach and exec, whatever carries their streams. */
  function run(url: URL, streams: Streams): void {
    const [name = "", what] = url.pathname.slice(BASE.length + 1).split("/");
    const pod = pods.get(name);
    if (pod?.child === undefined) {
      streams.end(status(404, "NotFound", `pods "${name}" not found`));
      return;
    }
    if (what === "attach") {
      const { child } = pod;
      streams.stdin.on("data", (chunk) => child.stdin?.write(chunk));
      // stdinOnce: the first client's end is the end of stdin.
      const over = (): void => void child.stdin?.end();
      streams.stdin.on("end", over);
      streams.gone(over);
      child.once("exit", () => streams.end({ metadata: {}, status: "Success" }));
      return;
    }
    const child = spawn(...inPod(url.searchParams.getAll("command")), { stdio: ["pipe", "pipe", "pipe"] });
    pod.execs.add(child);
    streams.stdin.pipe(child.stdin);
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (chunk) => streams.stdout.write(chunk));
    child.stderr.on("data", (chunk) => streams.stderr.write(chunk));
    // A runtime closes what a client has left; the command must notice by itself.
    streams.gone(() => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.once("close", (code) => {
      pod.execs.delete(child);
      if (code === 0) return streams.end({ metadata: {}, status: "Success" });
      const causes = [{ reason: "ExitCode", message: String(code ?? 137) }];
      streams.end({
        ...{ metadata: {}, status: "Failure", reason: "NonZeroExitCode" },
        ...{ message: `command terminated with non-zero exit code: ${code}`, details: { causes } },
      });
    });
  }

  const server = createServer((request, response) => void answer(request, response));
  const websockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has("v5.channel.k8s.io") ? "v5.channel.k8s.io" : false),
  });
  server.on("upgrade", (request, socket: Socket, head) => {
    const url = new URL(request.url ?? "/", "http://x");
    const what = url.pathname.split("/").at(-1);
    const spdy = /spdy/i.test(request.headers.upgrade ?? "");
    calls.push(`${what} ${spdy ? "spdy" : "websocket"}`);
    if (spdy) return acceptSpdy(request, socket, head, (streams) => run(url, streams));
    websockets.handleUpgrade(request, socket, head, (peer) => run(url, overWebSocket(peer)));
  });
  server.on("connection", (socket) => {
    if (isCut) return void socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const kubeconfig = join(dir, "config");
  const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const contexts = ["here", "there", "elsewhere", "arn:aws:eks:eu-west-1:1:cluster/here"];
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: {} }],
      contexts: contexts.map((name) => ({ name, context: { cluster: "c", user: "u" } })),
    }),
    { mode: 0o600 },
  );
  const api: KubeApi = {
    kubeconfig,
    calls,
    pods,
    leave(name) {
      const labels = { "app.kubernetes.io/managed-by": "podglass" };
      const object = {
        kind: "Pod",
        apiVersion: "v1",
        metadata: { name, labels, namespace: NAMESPACE },
        status: { phase: "Succeeded" },
      };
      pods.set(name, { object, execs: new Set() });
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    async close() {
      for (const pod of pods.values()) stop(pod);
      api.cut();
      await new Promise((resolve) => server.close(resolve));
      init.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return api;
}

/** A pid 1 with namespaces of its own, which end with it. */
async function startNode(): Promise<{ pid: number; stop(): void }> {
  const words = ["--fork", "--pid", "--mount", "--uts", "--ipc", "--net", "--mount-proc", "--kill-child"];
  const outer = spawn("unshare", [...words, "sh", "-c", "echo; exec sleep 1000000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(outer.stdout, "data");
  const children = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, "utf8").trim();
  return { pid: Number(children), stop: () => outer.kill("SIGKILL") };
}

/** v5.channel.k8s.io: the first byte is the channel; 255 closes one (KEP-4006). */
function overWebSocket(peer: WebSocket): Streams {
  const sink = (channel: number) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (peer.readyState !== peer.OPEN) return done();
        peer.send(Buffer.concat([Buffer.from([channel]), chunk]), () => done());
      },
    });
  const stdin = new PassThrough();
  peer.on("message", (data: Buffer) => {
    if (data[0] === 0) stdin.write(data.subarray(1));
    if (data[0] === 255 && data[1] === 0) stdin.end();
  });
  const error = sink(3);
  return {
    stdin,
    stdout: sink(1),
    stderr: sink(2),
    end: (object) => error.write(JSON.stringify(object), () => peer.close(1000)),
    gone: (listener) => peer.once("close", listener),
  };
}
