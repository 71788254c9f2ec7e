/**
 * Two nodes under a real kubelet, held against what the kubelet and the CRI said of them: every field of a table that is
 * printed. What the CRI made, or ended, after our reading is left out by its own times.
 */
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { Pod, Snapshot } from "../../src-shared/model.ts";
import { parseProbeText } from "../probe/parse.ts";
import { kubeletTruth, namespacesOf, podLimit, quantity, slicePath } from "./kubelet-truth.ts";
import { recordedTexts } from "./recorded.ts";

const TABLE: { node: string; field: string; agree: number; of: number }[] = [];
afterAll(() => {
  const lines = TABLE.map(({ node, field, agree, of }) => `${node.padEnd(20)} ${field.padEnd(28)} ${agree}/${of}`);
  console.log(lines.join("\n"));
});

const read = async (name: "kubelet-cri-o" | "kubelet-containerd" | "kubelet-containerd-resized"): Promise<Snapshot> =>
  assemble(await parseProbeText(Readable.from([Buffer.from(recordedTexts(name)["probe.txt"]!)])));

describe.each(["kubelet-cri-o", "kubelet-containerd"] as const)("%s", async (node) => {
  const crio = node === "kubelet-cri-o";
  const truth = kubeletTruth(node);
  const snapshot = await read(node);
  const reports = new Map(cgroupReports(snapshot).map((report) => [report.path, report]));
  const byId = new Map(snapshot.containers.map((one) => [one.id, one]));
  const earlier = (time: string | undefined) => time !== undefined && time <= snapshot.takenAt;

  /** The sandbox of a pod at the time of the reading: the last that was made before it. */
  const sandboxOf = (uid: string) =>
    truth.sandboxes
      .filter((one) => one.uid === uid && earlier(one.createdAt))
      .sort((a, b) => (a.attempt ?? 0) - (b.attempt ?? 0))
      .at(-1);
  const runningIn = (sandbox: string) =>
    truth.containers.filter(
      (one) =>
        one.sandbox === sandbox && earlier(one.createdAt) && (one.state === "running" || !earlier(one.finishedAt)),
    );
  /** Pods with something that ran: of the others the runtime keeps no namespace either. */
  const pods = truth.pods.filter((pod) => {
    const sandbox = sandboxOf(pod.uid);
    return sandbox && (sandbox.ready || runningIn(sandbox.id).length > 0);
  });
  const ours = (uid: string): Pod | undefined => snapshot.pods.find((one) => one.uid === uid);

  const check = <T>(
    field: string,
    rows: readonly T[],
    label: (row: T) => string,
    compare: (row: T) => { said: unknown; shown: unknown },
  ) =>
    it(field, () => {
      const wrong = rows.flatMap((row) => {
        const { said, shown } = compare(row);
        return JSON.stringify(said) === JSON.stringify(shown)
          ? []
          : [`${label(row)}: said ${JSON.stringify(said)}, shown ${JSON.stringify(shown)}`];
      });
      TABLE.push({ node, field, agree: rows.length - wrong.length, of: rows.length });
      expect(rows.length).toBeGreaterThan(0);
      expect(wrong).toEqual([]);
    });
  const ofPods = (field: string, compare: (pod: (typeof pods)[number], shown: Pod | undefined) => [unknown, unknown]) =>
    check(
      field,
      pods,
      (pod) => `${pod.namespace}/${pod.name}`,
      (pod) => {
        const [said, shown] = compare(pod, ours(pod.uid));
        return { said, shown };
      },
    );

  it("shows these pods and no other", () => {
    expect(snapshot.pods.map((pod) => pod.uid).sort()).toEqual(pods.map((pod) => pod.uid).sort());
    expect(pods.length).toBeGreaterThan(13);
  });
  ofPods("name", (pod, shown) => [pod.name, shown?.name]);
  ofPods("namespace", (pod, shown) => [pod.namespace, shown?.namespace]);
  ofPods("uid", (pod, shown) => [pod.uid, shown?.uid]);
  ofPods("QoS class", (pod, shown) => [pod.qos, shown?.qos]);
  ofPods("cgroup", (pod, shown) => [slicePath(pod), shown?.cgroupPath]);
  ofPods("sandbox id", (pod, shown) => [sandboxOf(pod.uid)?.id, shown?.sandbox.id]);
  ofPods("sandbox state and pid", (pod, shown) => {
    const { pid, ready } = sandboxOf(pod.uid)!;
    // The one whose pause was killed a minute after the reading: the CRI no longer knows its pid.
    if (!ready) return ["process", shown?.sandbox.state];
    return [
      pid === undefined ? ["dropped", null] : ["process", pid],
      [shown?.sandbox.state, shown?.sandbox.pid ?? null],
    ];
  });
  ofPods("addresses", (pod, shown) => [
    // The kubelet gives a pod on the node's network the node's address; for us it has none of its own (contract).
    pod.hostNetwork ? [] : sandboxOf(pod.uid)!.ready ? pod.ips : ["10.77.0.26"],
    shown?.ips,
  ]);
  ofPods("shared namespaces", (pod, shown) => [
    namespacesOf(pod, crio).shared.sort(),
    Object.keys(shown?.namespaces ?? {}).sort(),
  ]);
  ofPods("the node's own namespaces", (pod, shown) => [namespacesOf(pod, crio).host, shown?.host]);
  ofPods("live containers", (pod, shown) => [
    runningIn(sandboxOf(pod.uid)!.id)
      .map(({ id, name }) => [id, name])
      .sort(),
    (shown?.containers ?? []).flatMap((id) => (byId.get(id)?.pid ? [[id, byId.get(id)!.name]] : [])).sort(),
  ]);
  const running = pods.flatMap((pod) =>
    runningIn(sandboxOf(pod.uid)!.id)
      .filter((one) => one.pid !== undefined)
      .map((one) => ({ pod, one, spec: pod.containers.find(({ name }) => name === one.name)! })),
  );
  const label = ({ pod, one }: (typeof running)[number]) => `${pod.name}/${one.name}`;
  check("pids of containers", running, label, ({ one }) => ({ said: one.pid, shown: byId.get(one.id)?.pid }));
  for (const [field, what] of [
    ["memoryMaxBytes", "memory"],
    ["cpuMaxCores", "cpu"],
  ] as const)
    check(`effective ${what}, and by whom`, running, label, ({ pod, one, spec }) => {
      // A container without a limit of its own gets the pod's (KEP-2837), which then holds at the nearest place.
      const asked = spec.limits?.[what] ?? pod.resources?.limits?.[what];
      const own = asked ? quantity(asked) : undefined;
      const path = byId.get(one.id)?.cgroupPath ?? "";
      const slice = slicePath(pod);
      const levels = [
        { value: own, setBy: path },
        { value: podLimit(pod, what), setBy: slice },
        { value: what === "memory" ? truth.kubepodsMemoryBytes : undefined, setBy: "/kubepods.slice" },
      ].flatMap(({ value, setBy }) => (value === undefined ? [] : [{ value, setBy }]));
      const said = levels.reduce<(typeof levels)[number] | undefined>(
        (a, b) => (a && a.value <= b.value ? a : b),
        undefined,
      );
      return { said, shown: reports.get(path)?.effective[field] };
    });
});

describe("kubelet-containerd-resized", () => {
  it("shows what holds after an in-place resize, not what was asked for at the start", async () => {
    const snapshot = await read("kubelet-containerd-resized");
    const pod = snapshot.pods.find((one) => one.name === "api-guar")!;
    const reports = new Map(cgroupReports(snapshot, pod.key).map((report) => [report.path, report]));
    const a = snapshot.containers.find((one) => pod.containers.includes(one.id) && one.name === "a")!;
    expect(pod.qos).toBe("Guaranteed");
    expect(reports.get(a.cgroupPath)?.effective).toMatchObject({
      memoryMaxBytes: { value: 96 << 20, setBy: a.cgroupPath },
      cpuMaxCores: { value: 0.4, setBy: a.cgroupPath },
    });
    expect(reports.get(pod.cgroupPath!)?.limits).toMatchObject({ memoryMaxBytes: 128 << 20, cpuMaxCores: 0.5 });
  });
  it("knows an ephemeral container that joined its target's processes, and no split in that", async () => {
    const snapshot = await read("kubelet-containerd-resized");
    const pod = snapshot.pods.find((one) => one.name === "api-burst")!;
    const debug = snapshot.containers.find((one) => one.podKey === pod.key && one.name === "debugger")!;
    expect(debug.modes?.pid).toBe("TARGET");
    expect(pod.disagree).toBeUndefined();
  });
});

describe("static pods whose manifests were read", () => {
  // The manifests themselves were not recorded: their outlines are made of what the kubelet said of its pods.
  const outlined = async (change: (name: string) => string = (name) => name) => {
    const reading = await parseProbeText(Readable.from([Buffer.from(recordedTexts("kubelet-cri-o")["probe.txt"]!)]));
    for (const { name, namespace, containers } of kubeletTruth("kubelet-cri-o").pods) {
      const list = (init: boolean) =>
        containers
          .filter(({ kind }) => (kind !== "app") === init)
          .map((one) => `  -\n    name: ${one.name}\n${one.kind === "sidecar" ? "    restartPolicy: Always\n" : ""}`);
      reading.files[`/etc/kubernetes/manifests/${name}.yaml`] =
        `# podglass: outline of a static pod\nmetadata:\n  name: ${change(name.replace(/-lab-sid$/, ""))}\n  namespace: ${namespace}\nspec:\n  initContainers:\n${list(true).join("")}  containers:\n${list(false).join("")}`;
    }
    return assemble(reading);
  };
  const kinds = (snapshot: Snapshot) =>
    snapshot.pods.flatMap((pod) =>
      snapshot.containers
        .filter(({ podKey, kind }) => podKey === pod.key && kind !== "sandbox")
        .map((one) => [pod.uid, one.name, one.kind].join(" ")),
    );

  it("tell init from app and sidecar, as the kubelet does", async () => {
    const truth = new Set(
      kubeletTruth("kubelet-cri-o").pods.flatMap(({ uid, containers }) =>
        containers.map(({ name, kind }) => [uid, name, kind].join(" ")),
      ),
    );
    const found = kinds(await outlined());
    expect(found.filter((one) => !truth.has(one))).toEqual([]);
    expect(found.filter((one) => / (init|sidecar)$/.test(one)).length).toBeGreaterThan(3);
  });

  it("tell nothing of pods that are called otherwise, and are told apart by their containers", async () => {
    // The containers of "native" are no other manifest's, whatever that is called.
    const told = (snapshot: Snapshot) => kinds(snapshot).filter((one) => / (init|sidecar)$/.test(one));
    expect(told(await outlined((name) => (name === "guar" ? "native" : name))).length).toBeGreaterThan(3);
    expect(told(await outlined((name) => `x${name}`))).toEqual([]);
  });
});

describe("how containers ended", () => {
  it("containerd writes down nowhere, and a gap says so with the way to know; CRI-O does", async () => {
    const gone = async (node: "kubelet-cri-o" | "kubelet-containerd") =>
      (await read(node)).gaps.filter(({ what }) => what.startsWith("containers that have ended"));
    expect(await gone("kubelet-cri-o")).toEqual([]);
    expect(await gone("kubelet-containerd")).toMatchObject([
      { why: expect.stringMatching(/exit codes, OOM kills/), mend: expect.stringMatching(/^crictl ps -a/) },
    ]);
  });
});

describe("what is found on them", () => {
  it("lays kills at the pod whose containers are made anew, not at the limit of all pods", async () => {
    for (const node of ["kubelet-cri-o", "kubelet-containerd"] as const) {
      const snapshot = await read(node);
      const kills = findings(snapshot).filter((one) => one.rule === "near-memory-limit");
      const places = kills.map((one) => one.where);
      expect(places.some((where) => /pod default\/(api-)?oom/.test(where))).toBe(true);
      expect(kills.map((one) => one.at?.cgroupPath)).not.toContain("/kubepods.slice");
      for (const one of kills) expect(one.title).toMatch(/killed below here, in a group that is gone$/);
    }
  });

  it("finds no class wrong, after a resize and with pod-level resources neither", async () => {
    for (const node of ["kubelet-cri-o", "kubelet-containerd", "kubelet-containerd-resized"] as const) {
      const found = findings(await read(node));
      expect(found.filter((one) => /qos|oom-score|limit-above/.test(one.rule))).toEqual([]);
      for (const one of found) if (one.severity !== "info") expect(one).toMatchObject({ rule: "zombies" });
    }
  });

  it("finds nothing in what their pods reach and may do: system pods need the node", async () => {
    for (const node of ["kubelet-cri-o", "kubelet-containerd", "kubelet-containerd-resized"] as const) {
      const snapshot = await read(node);
      // These were read before Podglass asked what a process may do; what system pods often have is given to them here.
      const all = { capEff: "000001ffffffffff", capBnd: "000001ffffffffff", seccomp: 0, noNewPrivs: false } as const;
      const system = new Set(snapshot.pods.flatMap(({ namespace, key }) => (namespace === "kube-system" ? [key] : [])));
      const members = snapshot.containers.filter(({ podKey }) => system.has(podKey ?? ""));
      const pids = new Set(members.flatMap((one) => one.pids));
      const reading = {
        ...snapshot,
        processes: snapshot.processes.map((one) => (pids.has(one.pid) ? { ...one, security: all } : one)),
      };
      expect(snapshot.pods.some(({ host }) => host.includes("net"))).toBe(true);
      if (node !== "kubelet-cri-o") expect(pids.size).toBeGreaterThan(2);
      const reach = /wire|-ip$|listener|privileged|runtime-socket|node-path/;
      expect(findings(reading).filter(({ rule }) => reach.test(rule))).toEqual([]);
    }
  });
});
