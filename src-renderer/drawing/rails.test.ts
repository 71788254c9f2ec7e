import { describe, expect, it } from "vitest";
import { NAMESPACE_TYPES, type Snapshot } from "../../src-shared/model.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { layoutRails, type RailsLayout } from "./rails.ts";
import { litBy } from "./rails-lit.ts";
import { type RailsModel, type RailsRow, railsModel } from "./rails-model.ts";

const node = syntheticSnapshot({ pods: 120 });

/** The memberships that the snapshot itself tells of one pod's containers and sandbox. */
function memberships(snapshot: Snapshot, podKey: string): Set<string> {
  const pod = snapshot.pods.find(({ key }) => key === podKey)!;
  const edges = new Set<string>();
  const process = new Map(snapshot.processes.map((one) => [one.pid, one]));
  const add = (row: string, pids: number[]) => {
    for (const pid of pids)
      for (const type of NAMESPACE_TYPES) {
        const inode = process.get(pid)?.state === "Z" ? undefined : process.get(pid)?.namespaces[type];
        if (inode !== undefined) edges.add(`${row} ${type}:${inode}`);
      }
  };
  for (const container of snapshot.containers) {
    if (container.podKey !== podKey) continue;
    const sandbox = container.kind === "sandbox" || (container.pid !== null && container.pid === pod.sandbox.pid);
    if (sandbox && pod.sandbox.state !== "process") continue;
    add(sandbox ? `sandbox:${podKey}` : `container:${container.id}`, container.pids);
  }
  return edges;
}

const drawn = (layout: RailsLayout): Set<string> =>
  new Set(layout.beads.filter(({ style }) => style !== "unread").map(({ row, space }) => `${row} ${space}`));

const row = (key: string, kind: RailsRow["kind"], members: RailsRow["members"]): RailsRow => ({
  key,
  kind,
  name: key,
  note: "",
  members,
  unread: [],
});

function crossing(layout: RailsLayout): string[] {
  const bad: string[] = [];
  for (const a of layout.rails)
    for (const b of layout.rails)
      if (a.space < b.space && a.x === b.x && a.top <= b.bottom && b.top <= a.bottom) bad.push(`${a.space} ${b.space}`);
  for (const rail of layout.rails)
    for (const bead of layout.beads)
      if (bead.space !== rail.space && bead.x === rail.x && bead.y >= rail.top && bead.y <= rail.bottom)
        bad.push(`${rail.space} through ${bead.space}`);
  return bad;
}

describe("the rail diagram", () => {
  it("draws every membership as a bead and no other", () => {
    for (const pod of node.pods) {
      const layout = layoutRails(railsModel(node, pod.key)!);
      expect(drawn(layout), pod.key).toEqual(memberships(node, pod.key));
    }
  });

  it("joins all beads of one namespace by one rail, and never lets rails meet", () => {
    for (const pod of node.pods) {
      const layout = layoutRails(railsModel(node, pod.key)!);
      expect(crossing(layout), pod.key).toEqual([]);
      for (const bead of layout.beads) {
        const together = layout.beads.filter(({ space }) => space === bead.space);
        if (together.length < 2) continue;
        const rail = layout.rails.find(({ space }) => space === bead.space);
        expect(rail, bead.space).toBeDefined();
        expect(together.every(({ x, y }) => x === rail!.x && y >= rail!.top && y <= rail!.bottom)).toBe(true);
      }
    }
  });

  it("is the same picture for the same pod, whatever else is on the node", () => {
    const smaller = syntheticSnapshot({ pods: 40 });
    for (const pod of smaller.pods)
      expect(layoutRails(railsModel(smaller, pod.key)!)).toEqual(layoutRails(railsModel(smaller, pod.key)!));
  });

  it("puts a second rail of a type beside the first, twelve rows deep", () => {
    const rows: RailsRow[] = [row("pause", "pause", { net: [1], pid: [100] })];
    for (let i = 0; i < 12; i++) {
      const pid = i === 0 || i === 11 ? 500 : i === 3 || i === 4 ? 600 : 101 + i;
      rows.push(row(`c${i}`, "app", { net: [1], pid: [pid], user: [9] }));
    }
    const model: RailsModel = {
      podKey: "p",
      podName: "p",
      node: "n",
      rows,
      spaces: [
        { id: "net:1", type: "net", inode: 1, style: "shared" },
        { id: "pid:100", type: "pid", inode: 100, style: "private" },
        ...[1, 2, 5, 6, 7, 8, 9, 10].map((i) => ({
          id: `pid:${101 + i}`,
          type: "pid" as const,
          inode: 101 + i,
          style: "private" as const,
        })),
        { id: "pid:500", type: "pid", inode: 500, style: "shared" },
        { id: "pid:600", type: "pid", inode: 600, style: "shared" },
        { id: "user:9", type: "user", inode: 9, style: "host" },
      ],
      holders: [{ key: "pin:/run/netns/a", kind: "pin", holds: "net:1", name: "/run/netns/a" }],
      others: [{ key: "pod:q", name: "q", note: "another pod", namespaces: ["net:1"] }],
    };
    const layout = layoutRails(model);
    expect(crossing(layout)).toEqual([]);
    const pid = layout.beads.filter(({ type }) => type === "pid");
    expect(new Set(pid.map(({ x }) => x)).size).toBe(2);
    expect(layout.columns.find(({ type }) => type === "pid")?.words).toBe("2 shared");
    const net = layout.rails.find(({ space }) => space === "net:1")!;
    expect(net.top).toBeLessThan(layout.rowAt.pause!);
    expect(net.bottom).toBe(layout.squares[0]!.y);
    expect(layout.height).toBeLessThan(620);
    expect(layout.beams[0]!.runs).toHaveLength(1);
  });

  it("lights a rail with its holders and members, a row with its beads, the ground with all that is the host's", () => {
    const pod = node.pods.find(({ sandbox, host }) => sandbox.state === "process" && !host.includes("net"))!;
    const layout = layoutRails(railsModel(node, pod.key)!);
    const net = layout.rails.find(({ type }) => type === "net")!;
    const lit = litBy(layout, `ns:${net.space}`)!;
    for (const bead of layout.beads) expect(lit.has(bead.row)).toBe(drawn(layout).has(`${bead.row} ${net.space}`));
    expect(litBy(layout, `sandbox:${pod.key}`)!.has(`bead:sandbox:${pod.key}:${net.space}`)).toBe(true);
    expect(litBy(layout, "host")).toBeDefined();
    expect(litBy(layout, "ns:net:1")).toBeUndefined();
    expect(litBy(layout, undefined)).toBeUndefined();
  });
});
