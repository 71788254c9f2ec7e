import { describe, expect, it } from "vitest";
import { NAMESPACE_TYPES, type Snapshot } from "../../../src-shared/model.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { CELL } from "./tile.ts";
import { nodeTiles } from "./tiles.ts";

const sources = (snapshot: Snapshot) => ({
  snapshot,
  reports: new Map(),
  findings: [],
  grouping: "namespace" as const,
});

describe("nodeTiles", () => {
  const snapshot = syntheticSnapshot({ pods: 80 });
  const tiles = nodeTiles(sources(snapshot));
  const byKey = new Map(tiles.map((tile) => [tile.key, tile]));

  it("shows every pod once and every live container in it", () => {
    for (const pod of snapshot.pods) {
      const live = snapshot.containers.filter((c) => c.podKey === pod.key && c.pid !== null);
      expect(
        byKey
          .get(`pod:${pod.key}`)
          ?.rows.map((row) => row.pid)
          .sort(),
      ).toEqual(live.map((c) => c.pid).sort());
    }
  });

  it("draws every membership as it is: each cell true, no cell missing", () => {
    const initial = new Set(snapshot.namespaces.filter((n) => n.initial).map((n) => n.inode));
    const processes = new Map(snapshot.processes.map((p) => [p.pid, p]));
    for (const pod of snapshot.pods) {
      const tile = byKey.get(`pod:${pod.key}`)!;
      for (const row of tile.rows)
        NAMESPACE_TYPES.forEach((type, column) => {
          const inode = processes.get(row.pid!)!.namespaces[type]!;
          const others = tile.rows.filter((other) => processes.get(other.pid!)!.namespaces[type] === inode).length;
          const shared = others > 1 || pod.namespaces[type] === inode;
          const truth = initial.has(inode) ? CELL.host : shared ? CELL.shared : CELL.private;
          expect(row.cells[column]).toBe(truth);
        });
    }
  });

  it("marks pins and what pause holds", () => {
    const dropped = snapshot.pods.find((pod) => pod.sandbox.state === "dropped")!;
    expect(byKey.get(`pod:${dropped.key}`)!.pinned).toBe(0b111);
    const paused = snapshot.pods.find((pod) => pod.sandbox.state === "process" && !pod.host.includes("net"))!;
    expect(byKey.get(`pod:${paused.key}`)!.held & 0b111).toBe(0b111);
  });

  it("shows lone containers and namespaces that no pod touches", () => {
    const own = structuredClone(snapshot);
    const loose = own.containers.find((container) => container.kind === "app")!;
    const lone = { ...loose, id: "f".repeat(64), podKey: undefined, name: "alone" };
    own.containers.push(lone);
    own.namespaces.push({
      ...own.namespaces[0]!,
      inode: 99,
      initial: false,
      pids: [],
      pins: [{ path: "/run/netns/left", mountNamespace: 1 }],
    });
    const drawn = nodeTiles(sources(own));
    expect(drawn.find((tile) => tile.key === `container:${lone.id}`)?.group).toBe("containers in no pod");
    expect(drawn.find((tile) => tile.kind === "pin")?.name).toBe("left");
  });
});
