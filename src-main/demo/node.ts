/**
 * The model behind the demo node: a kernel, the runtimes' records and a scene. What Podglass may do to a node can be
 * done to it (read, pin, unpin, end a process, start a stand-in) and a few things that go wrong; nothing else.
 */
import { count } from "../../src-shared/format.ts";
import type { Reading } from "../../src-shared/reading.ts";
import { CgroupTree } from "./cgroups.ts";
import { disturb } from "./disturb.ts";
import { Kernel } from "./kernel.ts";
import { readModel } from "./reading.ts";
import { type MadeContainer, type MadePod, RuntimeError, Runtimes } from "./runtimes.ts";
import { GiB, MiB, type Mishap, type PodSpec, type Scene } from "./scene.ts";
import { startSystem } from "./system.ts";

const UPTIME_MS = 3 * 3600_000 + 12 * 60_000;

export class DemoNode {
  readonly scene: Scene;
  readonly kernel: Kernel;
  readonly runtimes: Runtimes;
  /** Records and configuration on disk, by absolute path. */
  readonly files = new Map<string, string>();
  readonly clock: () => number;
  private passedMs: number;
  private ticks = 0;

  /** `clock` gives milliseconds since the epoch; a test hands in its own. */
  constructor(scene: Scene, clock: () => number = Date.now) {
    this.scene = scene;
    this.clock = clock;
    this.passedMs = clock();
    const bootMs = clock() - UPTIME_MS;
    // While the node is put together its clock stands where each thing was started.
    let startedMs: number | undefined = bootMs + 2_000;
    const now = () => startedMs ?? clock();
    this.kernel = new Kernel({
      clock: now,
      bootMs,
      memoryBytes: scene.node.memoryBytes,
      cgroups: new CgroupTree(),
    });
    const daemons = startSystem(this.kernel, scene, this.files);
    this.runtimes = new Runtimes({
      kernel: this.kernel,
      scene,
      files: this.files,
      daemons,
      now: () => new Date(now()).toISOString(),
    });
    this.kubepods();
    for (const [i, pod] of scene.pods.entries()) {
      startedMs = bootMs + 95_000 + i * Math.min(48_000, (UPTIME_MS - 200_000) / scene.pods.length);
      this.runtimes.make(pod);
    }
    startedMs = undefined;
    this.kernel.pass(UPTIME_MS / 20);
    for (const mishap of scene.before ?? []) this.happen(mishap);
  }

  /** Groups that the kubelet makes above all pods; the node keeps a little for itself. */
  private kubepods(): void {
    const { node, pods } = this.scene;
    if (!pods.some((pod) => pod.runtime !== "docker")) return;
    const systemd = node.driver === "systemd";
    const top = systemd ? "/kubepods.slice" : "/kubepods";
    this.kernel.cgroups.make(top, { memoryMax: node.memoryBytes - GiB / 2, cpuShares: node.cpus * 1024 });
    const tier = (name: string) => (systemd ? `${top}/kubepods-${name}.slice` : `${top}/${name}`);
    const requested = (pod: PodSpec) => pod.containers.reduce((sum, c) => sum + (c.cpuRequestMilli ?? 0), 0);
    const burstable = pods.filter((pod) => pod.qos === "Burstable").reduce((sum, pod) => sum + requested(pod), 0);
    this.kernel.cgroups.make(tier("burstable"), { cpuShares: Math.max(2, Math.floor((burstable * 1024) / 1000)) });
    this.kernel.cgroups.make(tier("besteffort"), { cpuShares: 2 });
  }

  /** Lets the time pass since the last call: CPU is used, memory moves a little. */
  live(): void {
    const now = this.clock();
    const ms = Math.max(0, Math.min(60_000, now - this.passedMs));
    this.passedMs = now;
    if (ms === 0) return;
    this.ticks += 1;
    this.kernel.pass(ms);
    for (const task of [...this.kernel.tasks.values()]) {
      if (task.growsBytes > 0) this.kernel.grow(task.pid, Math.round((task.growsBytes * ms) / 1000));
      if (task.cores === 0 || task.state === "Z") continue;
      // A breath of at most 32 pages around where it is, the same for every run.
      const step = (((task.pid * 7 + this.ticks * 13) % 17) - 8) * 4 * 4096;
      const headroom = this.kernel.cgroups
        .ancestors(task.cgroup)
        .every(
          (g) => g.limits.memoryMax === undefined || this.kernel.charged(g.path) + step < g.limits.memoryMax * 0.97,
        );
      if (task.rssBytes + step > MiB && (step < 0 || headroom)) task.rssBytes += step;
    }
  }

  reading(options: { deep?: boolean } = {}): Reading {
    return readModel(this, options.deep ?? false);
  }

  /** Throws RuntimeError where there is none of that name. */
  pod(name: string): MadePod {
    const pod = this.runtimes.pods.find((made) => made.spec.name === name);
    if (!pod) throw new RuntimeError(`the demo node has no pod ${name}`);
    return pod;
  }

  container(podName: string, name: string): MadeContainer {
    const container = this.pod(podName).containers.find((made) => made.spec?.name === name);
    if (!container) throw new RuntimeError(`pod ${podName} of the demo node has no container ${name}`);
    return container;
  }

  /** A pod's group, a container's, or the path itself. */
  groupOf(place: string): string {
    if (place.startsWith("/")) return place;
    const cut = place.indexOf("/");
    return cut === -1 ? this.pod(place).group : this.container(place.slice(0, cut), place.slice(cut + 1)).group;
  }

  pidOf(podName: string, name: string): number {
    const { pid } = this.container(podName, name);
    if (pid === undefined) throw new RuntimeError(`container ${name} of pod ${podName} has ended`);
    return pid;
  }

  /** Does one of the things that go wrong. Returns a sentence on what happened; throws RuntimeError or KernelError. */
  happen(mishap: Mishap): string {
    const { kernel } = this;
    switch (mishap.do) {
      case "kill-pause": {
        const { pid } = this.pod(mishap.pod).sandbox;
        if (pid === undefined) throw new RuntimeError(`pod ${mishap.pod} has no pause process`);
        kernel.kill(pid);
        return `pause of ${mishap.pod} (pid ${pid}) was killed`;
      }
      case "kill-container": {
        const pid = this.pidOf(mishap.pod, mishap.container);
        kernel.kill(pid);
        return `${mishap.container} of ${mishap.pod} (pid ${pid}) was killed`;
      }
      case "restart-container": {
        const pod = this.pod(mishap.pod);
        const old = this.container(mishap.pod, mishap.container);
        if (old.pid !== undefined) kernel.kill(old.pid);
        if (!old.spec) throw new RuntimeError("a sandbox is not restarted by its runtime");
        const made = this.runtimes.startContainer(pod, old.spec, old.attempt + 1);
        return `${mishap.container} of ${mishap.pod} runs again as pid ${made.pid}`;
      }
      case "grow": {
        const pid = this.pidOf(mishap.pod, mishap.container);
        const killed = kernel.grow(pid, mishap.bytes);
        return killed.length > 0
          ? `the OOM killer ended ${killed.map((one) => `pid ${one}`).join(", ")}`
          : `${mishap.container} of ${mishap.pod} uses ${Math.round(mishap.bytes / MiB)} MiB more`;
      }
      case "zombies": {
        const pid = this.pidOf(mishap.pod, mishap.container);
        kernel.setReaps(pid, false);
        for (let i = 0; i < mishap.count; i++) kernel.kill(kernel.fork(pid, { comm: "worker", rssBytes: MiB }).pid);
        return `${count(mishap.count, "child", "children")} of ${mishap.container} ended and nobody waited for them`;
      }
      case "orphan-pin":
        kernel.bind(mishap.path, kernel.unshare(mishap.type).inode);
        return `${mishap.path} is mounted and belongs to no pod`;
      default:
        return disturb(this, mishap);
    }
  }
}
