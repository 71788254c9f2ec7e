import { useEffect, useMemo, useRef, useState } from "react";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { reducedMotion } from "../../drawing/camera.ts";
import { layoutNode, type NodeLayout } from "../../drawing/node/layout.ts";
import { type Scene, tilesOfMatter } from "../../drawing/node/look.ts";
import type { Measure } from "../../drawing/node/measure.ts";
import type { Tile } from "../../drawing/node/tile.ts";
import { type Grouping, podTiles, tilesIn, tilesInSteps } from "../../drawing/node/tiles.ts";
import { reportsByPath } from "../../state/derived.ts";
import { GONE_MS } from "../../state/nodes.ts";
import { cgroupsReady, isSmall, useSliced } from "../../state/prepared.ts";

/** Where pods stood when a person last looked, by node and grouping: coming back finds them in their places. */
const layouts = new Map<string, { layout: NodeLayout; aspect: number }>();
/** A canvas whose ratio changed by more than this (as a logarithm) has another shape. */
const RESHAPE = 0.18;
export const tidy = (nodeId: string, grouping: Grouping): boolean => layouts.delete(`${nodeId} ${grouping}`);

interface Ghost {
  tile: Tile;
  at: number;
}

export interface NodeScene extends Scene {
  /** Opacity of what has just gone. */
  faded: ReadonlyMap<string, number>;
  /** What it was made of: of a large node perhaps the one before the newest. */
  snapshot: Snapshot;
  /** All of it is there; false for a first look at a large node, which has pods alone and no bars yet. */
  whole: boolean;
}

const GONE_ALPHA = 0.38;
/** What is new comes in softly, in steps: each is a picture of all tiles. */
const COME_MS = 180;
const STEP_MS = 45;
/** So many would take a frame each time. */
const MANY = 2000;

interface Sources {
  snapshot: Snapshot;
  findings: readonly Finding[];
  grouping: Grouping;
}

function* inSteps(sources: Sources): Generator<undefined, Tile[]> {
  if (!isSmall(sources.snapshot)) yield* cgroupsReady(sources.snapshot);
  return yield* tilesInSteps({ ...sources, reports: reportsByPath(sources.snapshot) });
}

/** A large node's are made in slices; until the first are there its pods stand in their places, without bars. */
function useTiles(sources: Sources): { tiles: Tile[]; snapshot: Snapshot; whole: boolean } {
  const sliced = useSliced(sources, isSmall(sources.snapshot), inSteps);
  const ready = sliced?.of.grouping === sources.grouping ? sliced : null;
  const waiting = ready ? null : sources;
  const whole = useMemo(() => ready && { tiles: ready.value, snapshot: ready.of.snapshot, whole: true }, [ready]);
  const first = useMemo(
    () => waiting && { tiles: podTiles(waiting), snapshot: waiting.snapshot, whole: false },
    [waiting],
  );
  return (whole ?? first)!;
}

/** Tiles and places for a snapshot; what went stays faded in its place for a moment. `tidied` changes to lay out afresh. */
export function useScene(
  nodeId: string,
  snapshot: Snapshot,
  findings: readonly Finding[],
  grouping: Grouping,
  measure: Measure,
  tidied: number,
  hovered: string | undefined,
  /** How much wider than high the canvas is; undefined until it is known. */
  aspect: number | undefined,
): NodeScene {
  const ghosts = useRef(new Map<string, Ghost>());
  const before = useRef(new Map<string, Tile>());
  const come = useRef(new Map<string, number>());
  const known = useRef(false);
  const under = useRef(hovered);
  under.current = hovered;
  const [round, setRound] = useState(0);

  const sources = useMemo(() => ({ snapshot, findings, grouping }), [snapshot, findings, grouping]);
  const { tiles, snapshot: drawn, whole } = useTiles(sources);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` and `tidied` only say that it must be done again
  const placed = useMemo(() => {
    const now = performance.now();
    const all = new Map(tiles.map((tile) => [tile.key, tile]));
    for (const [key, tile] of before.current)
      if (!all.has(key) && !ghosts.current.has(key)) ghosts.current.set(key, { tile, at: now });
    // Its place closes when the pointer is elsewhere.
    for (const [key, { at }] of ghosts.current)
      if (all.has(key) || (now - at > GONE_MS && key !== under.current)) ghosts.current.delete(key);
    if (known.current && whole && all.size < MANY && !reducedMotion())
      for (const key of all.keys()) if (!before.current.has(key)) come.current.set(key, now);
    known.current = whole;
    for (const [key, at] of come.current) if (!all.has(key) || now - at > COME_MS) come.current.delete(key);
    before.current = new Map(all);
    const faded = new Map<string, number>();
    for (const [key, at] of come.current) faded.set(key, Math.min(1, 0.2 + (now - at) / COME_MS));
    for (const [key, { tile }] of ghosts.current) {
      all.set(key, tile);
      faded.set(key, GONE_ALPHA);
    }
    const name = `${nodeId} ${grouping}`;
    const kept = layouts.get(name);
    // Packed for another shape of canvas it is packed afresh; a little wider or higher moves nothing.
    const fits = kept && (aspect === undefined || Math.abs(Math.log(kept.aspect / aspect)) < RESHAPE);
    const layout = layoutNode([...all.values()], fits ? kept.layout : undefined, aspect);
    // A first look has only some of what is there: the whole is laid out afresh, with its pods in the same places.
    if (whole && aspect !== undefined) layouts.set(name, { layout, aspect: fits ? kept.aspect : aspect });
    return { layout, tiles: all, faded, ofMatter: tilesOfMatter(all.values()) };
  }, [tiles, whole, nodeId, grouping, round, tidied, aspect]);

  useEffect(() => {
    if (placed.faded.size === 0) return;
    const soon = [...placed.faded.values()].some((alpha) => alpha !== GONE_ALPHA);
    const timer = setTimeout(() => setRound((n) => n + 1), soon ? STEP_MS : GONE_MS + 50);
    return () => clearTimeout(timer);
  }, [placed]);

  const nodeBytes = snapshot.node.memoryBytes;
  return useMemo(
    () => ({ ...placed, measure, nodeBytes, snapshot: drawn, whole, plain: !whole }),
    [placed, measure, nodeBytes, drawn, whole],
  );
}

/** A tile and all that shares a namespace with it; null when it shares with nobody, so that nothing dims. */
export function litBy(scene: NodeScene, key: string | null): ReadonlySet<string> | null {
  const tile = key === null ? undefined : scene.tiles.get(key);
  if (!tile) return null;
  const lit = tilesIn(scene.snapshot, scene.tiles, tile.inodes).add(tile.key);
  return lit.size > 1 ? lit : null;
}
