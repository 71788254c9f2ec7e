/**
 * Running containers of this machine that look like nodes: kind's, k3d's and minikube's by their labels, others by a
 * kubelet or systemd inside. `docker ps` and `podman ps` are asked, and each program alone says what `docker:NAME` is.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { HostEntry } from "../../src-shared/api.ts";
import { inert } from "../../src-shared/format.ts";
import { compareText } from "../../src-shared/order.ts";
import { CONTAINER_NAME, LISTS, type Lists } from "./programs.ts";

const run = promisify(execFile);
/** A daemon that does not answer is no reason to wait (ms). */
const LIMIT_MS = 5_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** Of so many it is asked what runs inside; labels are told of all. */
const MOST_ASKED = 24;
const MOST_SHOWN = 100;
/** A window that asks again and again starts no more programs (ms). */
const KEPT_MS = 3_000;

interface Running {
  name: string;
  labels: ReadonlyMap<string, string>;
}

/** What the labels of a program that makes nodes say; null for one of its containers that is none, undefined for others'. */
export function byLabels(labels: ReadonlyMap<string, string>): string | null | undefined {
  const role = (name: string): string => inert(labels.get(name) ?? "", 30);
  if (labels.has("io.x-k8s.kind.cluster")) {
    const kind = role("io.x-k8s.kind.role");
    return kind === "external-load-balancer" ? null : ["kind", kind].filter(Boolean).join(", ");
  }
  if (labels.has("k3d.cluster")) {
    const k3d = role("k3d.role");
    return k3d === "server" || k3d === "agent" ? `k3d, ${k3d}` : null;
  }
  return labels.get("created_by.minikube.sigs.k8s.io") === "true" ? "minikube" : undefined;
}

/** What runs inside, by the names of its processes (comm, cut at 15 characters by the kernel). */
export function byProcesses(names: ReadonlySet<string>): string | undefined {
  const kubelet = ["kubelet", "k3s-server", "k3s-agent", "k0s", "rke2"].find((name) => names.has(name));
  if (kubelet !== undefined) return kubelet === "kubelet" ? "a kubelet inside" : `${kubelet} inside`;
  return names.has("systemd") ? "systemd inside" : undefined;
}

/** docker's `{{json .}}` a line, podman's one array. A line that is neither is passed over. */
export function runningOf(said: string): Running[] {
  const found: Running[] = [];
  for (const line of said.startsWith("[") ? [said] : said.split("\n"))
    try {
      for (const one of [JSON.parse(line) as unknown].flat()) {
        const { Names, Labels } = (one ?? {}) as { Names?: unknown; Labels?: unknown };
        const name = Array.isArray(Names) ? Names[0] : typeof Names === "string" ? Names.split(",")[0] : undefined;
        if (typeof name === "string" && CONTAINER_NAME.test(name)) found.push({ name, labels: labelsOf(Labels) });
      }
    } catch {
      // No JSON: a warning beside the list.
    }
  return found;
}

/** podman gives an object, docker one text with commas: a value with a comma is cut there. */
function labelsOf(labels: unknown): ReadonlyMap<string, string> {
  const pairs =
    typeof labels === "string"
      ? labels.split(",").map((pair) => [pair.replace(/=.*/s, ""), pair.replace(/^[^=]*=?/, "")] as const)
      : Object.entries(labels ?? {}).map(([name, value]) => [name, String(value)] as const);
  return new Map(pairs);
}

/** Started with constants and a name that the program itself gave. Undefined where it is not there or does not answer. */
const said = (program: string, ...args: string[]): Promise<string | undefined> =>
  run(program, args, { cwd: "/", timeout: LIMIT_MS, killSignal: "SIGKILL", maxBuffer: MOST_BYTES }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );

async function nodesOf(program: string, { list, inside, here }: Lists): Promise<HostEntry[]> {
  const listed = (await here()) ? await said(program, ...list) : undefined;
  if (listed === undefined) return [];
  const found: HostEntry[] = [];
  const told = (name: string, detail: string) =>
    found.push({ target: `${program}:${name}`, label: name, kind: "program", source: program, detail });
  let asked = 0;
  for (const { name, labels } of runningOf(listed)) {
    const detail = byLabels(labels);
    if (typeof detail === "string") told(name, detail);
    if (detail !== undefined || asked >= MOST_ASKED) continue;
    asked += 1;
    const processes = (await said(program, ...inside(name))) ?? "";
    const within = byProcesses(new Set(processes.split("\n").map((line) => line.trim().replace(/^\d+\s+/, ""))));
    if (within !== undefined) told(name, within);
  }
  return found.sort((a, b) => compareText(a.label, b.label)).slice(0, MOST_SHOWN);
}

let kept: { atMs: number; nodes: Promise<HostEntry[]> } | undefined;

/** Never throws: what cannot be asked has no entry, which says nothing of what runs there. */
export function runningNodes(keptMs = KEPT_MS): Promise<HostEntry[]> {
  if (kept !== undefined && performance.now() - kept.atMs < keptMs) return kept.nodes;
  const nodes = Promise.all(LISTS.map(([program, lists]) => nodesOf(program, lists))).then((both) => both.flat());
  kept = { atMs: Number.POSITIVE_INFINITY, nodes };
  void nodes.then(() => {
    kept = { atMs: performance.now(), nodes };
  });
  return nodes;
}
