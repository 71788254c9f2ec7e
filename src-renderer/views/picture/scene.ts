import { useEffect, useMemo, useRef, useState } from "react";
import type { Finding, Snapshot } from "../../../src-shared/model.ts";
import { layoutNode, type NodeLayout } from "../../drawing/node/layout.ts";
import type { Measure } from "../../drawing/node/measure.ts";
import { type Scene, tilesOfMatter } from "../../drawing/node/paint.ts";
import { type Grouping, nodeTiles, type Tile } from "../../drawing/node/tiles.ts";
import { reportsOf } from "../../state/derived.ts";
import { GONE_MS } from "../../state/nodes.ts";

/** Where pods stood when a person last looked, by node and grouping: coming back finds them in their places. */
const layouts = new Map<string, NodeLayout>();
export const tidy = (nodeId: string, grouping: Grouping): boolean => layouts.delete(`${nodeId} ${grouping}`);

interface Ghost {
  tile: Tile;
  at: number;
}

export interface NodeScene extends Scene {
  /** Opacity of what has just gone. */
  faded: ReadonlyMap<string, number>;
  /** Tiles by namespace inode, for lighting up who else is in one. */
  byInode: ReadonlyMap<number, string[]>;
}

const GONE_ALPHA = 0.38;

/** Tiles and places for a snapshot; what went stays faded in its place for a moment. `tidied` changes to lay out afresh. */
export function useScene(
  nodeId: string,
  snapshot: Snapshot,
  findings: readonly Finding[],
  grouping: Grouping,
  measure: Measure,
  tidied: number,
): NodeScene {
  const ghosts = useRef(new Map<string, Ghost>());
  const before = useRef(new Map<string, Tile>());
  const [round, setRound] = useState(0);

  const tiles = useMemo(
    () => nodeTiles({ snapshot, reports: reportsOf(snapshot), findings, grouping }),
    [snapshot, findings, grouping],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` and `tidied` only say that it must be done again
  const placed = useMemo(() => {
    const now = performance.now();
    const all = new Map(tiles.map((tile) => [tile.key, tile]));
    for (const [key, tile] of before.current)
      if (!all.has(key) && !ghosts.current.has(key)) ghosts.current.set(key, { tile, at: now });
    for (const [key, { at }] of ghosts.current) if (all.has(key) || now - at > GONE_MS) ghosts.current.delete(key);
    before.current = new Map(all);
    const faded = new Map<string, number>();
    for (const [key, { tile }] of ghosts.current) {
      all.set(key, tile);
      faded.set(key, GONE_ALPHA);
    }
    const name = `${nodeId} ${grouping}`;
    const layout = layoutNode([...all.values()], layouts.get(name));
    layouts.set(name, layout);
    return { layout, tiles: all, faded, ofMatter: tilesOfMatter(all.values()) };
  }, [tiles, nodeId, grouping, round, tidied]);

  useEffect(() => {
    if (placed.faded.size === 0) return;
    const timer = setTimeout(() => setRound((n) => n + 1), GONE_MS + 50);
    return () => clearTimeout(timer);
  }, [placed]);

  const byInode = useMemo(() => {
    const found = new Map<number, string[]>();
    for (const tile of tiles)
      for (const inode of tile.inodes) {
        const list = found.get(inode);
        if (list) list.push(tile.key);
        else found.set(inode, [tile.key]);
      }
    return found;
  }, [tiles]);

  const nodeBytes = snapshot.node.memoryBytes;
  return useMemo(() => ({ ...placed, measure, nodeBytes, byInode }), [placed, measure, nodeBytes, byInode]);
}

/** A tile and all that shares a namespace with it; null when it shares with nobody, so that nothing dims. */
export function litBy(scene: NodeScene, key: string | null): ReadonlySet<string> | null {
  const tile = key === null ? undefined : scene.tiles.get(key);
  if (!tile) return null;
  const lit = new Set<string>([tile.key]);
  for (const inode of tile.inodes) for (const other of scene.byInode.get(inode) ?? []) lit.add(other);
  return lit.size > 1 ? lit : null;
}
