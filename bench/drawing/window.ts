/**
 * The app's own window on a synthetic node, fed deltas as fast as it draws them. The window is the real one; only the way
 * to the node is made up, since an hour takes an hour there. The address says how large the node is and what is shown.
 */

import type { Api, ApiEvent, NodeState } from "../../src-shared/api.ts";
import { applyDelta } from "../../src-shared/diff/delta.ts";
import { DELTA_SCHEMA, type Delta, type Snapshot } from "../../src-shared/model.ts";
import type { RequestName } from "../../src-shared/requests.ts";
import { type Random, seeded } from "../../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";

const asked = new URLSearchParams(location.search);
const listeners = new Set<(event: ApiEvent) => void>();
const whole = crowd(syntheticSnapshot({ pods: Number(asked.get("pods")) }), Number(asked.get("processes") ?? 0));
const spare = whole.pods.slice(0, 20);
let snapshot: Snapshot = whole;
let seq = 1;

const state: NodeState = {
  nodeId: "bench",
  target: "bench",
  label: "bench",
  kind: "ssh",
  phase: "live",
  seenAtMs: 0,
  everyMs: 1000,
  readOnly: true,
  actions: false,
};

const answers: Partial<Record<RequestName, () => unknown>> = {
  "settings.get": () => ({}),
  "node.states": () => [state],
  "node.snapshot": () => ({ seq, snapshot }),
};
const api = {
  request: async (name: RequestName) => answers[name]?.() ?? null,
  subscribe: (listener: (event: ApiEvent) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  shell: { kind: "browser", platform: "linux", version: "bench" },
} as unknown as Api;
Object.assign(window, { podglass: api });
history.replaceState({ view: asked.get("view") ?? "findings", nodeId: "bench", params: {} }, "");

/** More processes in the containers there are, until there are so many. */
function crowd(node: Snapshot, processes: number): Snapshot {
  const byPid = new Map(node.processes.map((process) => [process.pid, process]));
  const groups = new Map(node.cgroups.map((group) => [group.path, group]));
  const spaces = new Map(node.namespaces.map((space) => [`${space.type}:${space.inode}`, space]));
  let pid = 1_000_000;
  for (let i = 0; node.processes.length < processes; i = (i + 1) % node.containers.length) {
    const container = node.containers[i];
    const leader = byPid.get(container?.pid ?? 0);
    if (!leader || !container) break;
    pid += 1;
    node.processes.push({ ...leader, pid, ppid: leader.pid, startTicks: pid * 10, rssBytes: 4_000_000 });
    container.pids.push(pid);
    groups.get(container.cgroupPath)?.pids.push(pid);
    for (const [type, inode] of Object.entries(leader.namespaces)) spaces.get(`${type}:${inode}`)?.pids.push(pid);
  }
  return node;
}

/** A second on the node: a quarter of all processes and groups move, now and then a pod goes or comes back. */
function tick(random: Random, second: number): Delta {
  const takenAt = new Date(Date.parse(whole.takenAt) + second * 1000).toISOString();
  const processes = snapshot.processes
    .filter(() => random.next() < 0.25)
    .map((process) => ({ ...process, rssBytes: Math.round(process.rssBytes * (0.9 + random.next() * 0.2)) }));
  const cgroups = snapshot.cgroups
    .filter(() => random.next() < 0.25)
    .map((cgroup) => ({ ...cgroup, files: { ...cgroup.files, "pids.current": String(1 + random.below(40)) } }));
  const changes: Delta["changes"] = { processes: { put: processes, gone: [] }, cgroups: { put: cgroups, gone: [] } };
  const pod = spare[Math.floor(second / 30) % spare.length];
  if (pod && second % 30 === 10) changes.pods = { put: [], gone: [pod.key] };
  if (pod && second % 30 === 25) changes.pods = { put: [pod], gone: [] };
  seq += 1;
  return { schema: DELTA_SCHEMA, seq, takenAt, changes };
}

const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));
const random = seeded(7);
let second = 0;

/** Lives through some seconds; gives how long the window took for each, sorted, in ms. */
async function live(seconds: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < seconds; i += 1) {
    second += 1;
    const delta = tick(random, second);
    snapshot = applyDelta(snapshot, delta);
    // What the bench itself does is not the window's.
    await rest(0);
    const start = performance.now();
    for (const listener of listeners) listener({ type: "delta", nodeId: "bench", delta });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}
const tasks: PerformanceEntry[] = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });

/** The longest task since it was asked last, ms; 0 where none took 50 ms. */
function longest(): number {
  return Math.max(0, ...tasks.splice(0).map((task) => task.duration));
}

/** Opens a page and waits until the window has nothing more to do; gives its longest task. */
async function visit(view: string): Promise<number> {
  await rest(300);
  longest();
  const { go } = await import("../../src-renderer/state/route.ts");
  go(view, { nodeId: "bench" });
  await rest(2500);
  return longest();
}

/** Goes through a table by some px a frame, to its end and back; gives the time of each frame. */
async function scroll(selector: string, steps: number, px: number): Promise<number[]> {
  const table = document.querySelector(selector);
  if (!table) throw new Error(`there is no ${selector} here`);
  const times: number[] = [];
  const most = table.scrollHeight - table.clientHeight;
  let by = px;
  let last = await new Promise<number>(requestAnimationFrame);
  for (let step = 0; step < steps; step += 1) {
    if (table.scrollTop + by > most || table.scrollTop + by < 0) by = -by;
    table.scrollTop += by;
    const now = await new Promise<number>(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times.sort((a, b) => a - b);
}

/** Rows of the table that each of some refreshes drew again, beside those that there are. */
async function drawnAgain(seconds: number): Promise<{ drawn: number[]; shown: number }> {
  const body = document.querySelector(".pt-body");
  if (!body) throw new Error("no table is open");
  const drawn: number[] = [];
  for (let i = 0; i < seconds; i += 1) {
    const rows = new Set<Element>();
    const watch = new MutationObserver((records) => {
      for (const { target } of records) {
        const row = (target instanceof Element ? target : target.parentElement)?.closest("[aria-selected]");
        if (row) rows.add(row);
      }
    });
    watch.observe(body, { subtree: true, childList: true, characterData: true, attributes: true });
    await live(1);
    await new Promise(requestAnimationFrame);
    watch.disconnect();
    drawn.push(rows.size);
  }
  return { drawn: drawn.sort((a, b) => a - b), shown: body.querySelectorAll("[aria-selected]").length };
}

/** The window starts when it is told to, so that what came before is not counted. */
const begin = () => {
  longest();
  return import("../../src-renderer/main.tsx");
};
Object.assign(window, { liveOn: live, begin, visit, scroll, drawnAgain, longest });
