/**
 * The app's own window on a busy synthetic node, fed the deltas of an hour as fast as it draws them: for measuring what
 * its memory does. The window is the real one; only the way to the node is made up, since an hour takes an hour there.
 */

import type { Api, ApiEvent, NodeState, RequestName } from "../../src-shared/api.ts";
import { applyDelta } from "../../src-shared/delta.ts";
import { DELTA_SCHEMA, type Delta, type Snapshot } from "../../src-shared/model.ts";
import { type Random, seeded } from "../../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";

const PODS = 200;
const listeners = new Set<(event: ApiEvent) => void>();
const whole = syntheticSnapshot({ pods: PODS });
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
history.replaceState({ view: "picture", nodeId: "bench", params: {} }, "");

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

const random = seeded(7);
let second = 0;

/** Lives through some seconds; gives how long the window took for each, sorted, in ms. */
async function live(seconds: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < seconds; i += 1) {
    second += 1;
    const delta = tick(random, second);
    snapshot = applyDelta(snapshot, delta);
    const start = performance.now();
    for (const listener of listeners) listener({ type: "delta", nodeId: "bench", delta });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}
Object.assign(window, { liveOn: live });

await import("../../src-renderer/main.tsx");
