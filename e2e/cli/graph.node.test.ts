/**
 * From a live node to the picture, without a screenshot: every bead that the window would draw is a membership that
 * /proc tells of the container's own process, every membership is a bead, and every rail runs over all its members.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layoutRails } from "../../src-renderer/drawing/rails.ts";
import { railsModel } from "../../src-renderer/drawing/rails-model.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type ContainerdNode, cannotContainerd, makeContainerd } from "../nodes/containerd.ts";
import { cannotPodman, makePodman, type PodmanNode } from "../nodes/podman.ts";
import { podglassJson } from "./run.ts";

/** "type:inode" of each link of a process, straight from the kernel. */
function links(pid: number): string[] {
  return readdirSync(`/proc/${pid}/ns`)
    .filter((name) => !name.endsWith("_for_children"))
    .map((name) => readlinkSync(`/proc/${pid}/ns/${name}`).replace(/[[\]]/g, ""))
    .sort();
}

const cannot = cannotPodman() ?? cannotContainerd();

describe.runIf(cannot === undefined)("the sharing graph of live pods", () => {
  let podman: PodmanNode;
  let containerd: ContainerdNode;
  /** Pod key to its containers: id to the pid that the runtime itself names. */
  const truth = new Map<string, Map<string, { pid: number; name: string; sandbox: boolean }>>();

  beforeAll(async () => {
    podman = await makePodman();
    containerd = await makeContainerd();
    for (const [name, ...options] of [
      ["graph-pause", "--network", "none"],
      ["graph-shared", "--network", "none", "--share", "pid,net,ipc,uts"],
      ["graph-none", "--infra=false"],
    ] as const) {
      const id = await podman.pod(name, ...options);
      const pod = new Map<string, { pid: number; name: string; sandbox: boolean }>();
      for (const container of [`${name}-a`, `${name}-b`]) {
        const made = await podman.container(name, container);
        const facts = await podman.inspect<{ State: { Pid: number } }>(made);
        pod.set(made, { pid: facts.State.Pid, name: container, sandbox: false });
      }
      truth.set(`podman/${id}`, pod);
    }
    const web = await containerd.pod({ name: "graph-web", containers: [{ name: "app" }, { name: "sidecar" }] });
    const pod = new Map<string, { pid: number; name: string; sandbox: boolean }>();
    for (const [name, id] of Object.entries(web.containers))
      pod.set(id, { pid: (await containerd.pidOf(id, "container")) ?? 0, name, sandbox: false });
    pod.set(web.id, { pid: (await containerd.pidOf(web.id, "sandbox")) ?? 0, name: "pause", sandbox: true });
    truth.set(`containerd/${web.id}`, pod);
  });
  afterAll(async () => {
    await containerd?.close();
    await podman?.close();
  });

  it("has every membership as a bead, no other, under the container's name, and rails over all their members", async () => {
    const snapshot = await podglassJson<Snapshot>(["snapshot", "local"]);
    for (const [key, containers] of truth) {
      const model = railsModel(snapshot, key);
      expect(model, key).toBeDefined();
      if (model === undefined) continue;
      const layout = layoutRails(model);
      for (const [id, { pid, name, sandbox }] of containers) {
        const row = sandbox ? `sandbox:${key}` : `container:${id}`;
        const beads = layout.beads.filter((bead) => bead.row === row).map(({ space }) => space);
        expect([...new Set(beads)].sort(), `${key} ${name}`).toEqual(links(pid));
        expect(model.rows.find((one) => one.key === row)?.name).toBe(name);
      }
      for (const rail of layout.rails) {
        const members = layout.beads.filter(({ space }) => space === rail.space);
        expect(members.every(({ x, y }) => x === rail.x && y >= rail.top && y <= rail.bottom)).toBe(true);
      }
    }
  });
});
