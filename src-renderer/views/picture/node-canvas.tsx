import { useImperativeHandle, useMemo, useRef } from "react";
import { type Camera, fitted, type Size } from "../../drawing/camera.ts";
import { HEADING, PITCH_X, PITCH_Y, placeX, placeY } from "../../drawing/node/layout.ts";
import { paintNode } from "../../drawing/node/paint.ts";
import { firstTile, neighbour, tileAt } from "../../drawing/node/pick.ts";
import { Sprites } from "../../drawing/node/sprites.ts";
import { type Drawing, Plane, type PlaneHandle } from "../../ui/plane.tsx";
import { litBy, type NodeScene } from "./scene.ts";
import { TileOptions } from "./tile-options.tsx";

const NEAR = 5.2;

export interface NodeCanvasHandle extends Pick<PlaneHandle, "flyTo" | "whole" | "zoomBy" | "paintable"> {
  /** To what belongs to no pod. */
  outside: () => void;
}

export interface NodeCanvasProps {
  /** Names the memory of the camera. */
  place: string;
  label: string;
  scene: NodeScene;
  selected: string | null;
  /** Lit from elsewhere, as by the icicle under the pointer. */
  hovered: string | null;
  onHover: (key: string | null) => void;
  onSelect: (key: string) => void;
  onOpen: (key: string) => void;
  /** Told how much wider than high the plane is, in tenths. */
  onShape: (aspect: number) => void;
  ref: React.Ref<NodeCanvasHandle>;
}

/** The whole node as one canvas: wheel and drag, arrows between tiles, Enter opens. */
export function NodeCanvas({ scene, selected, hovered, ref, ...props }: NodeCanvasProps) {
  const plane = useRef<PlaneHandle>(null);
  const sprites = useRef(new Sprites());
  // The same set while nothing changed: what is painted from it is kept.
  const lit = useMemo(() => litBy(scene, hovered), [scene, hovered]);
  const drawing = useMemo((): Drawing => {
    const { layout, faded } = scene;
    return {
      extent: layout,
      near: NEAR,
      first: (size) => first(scene, size),
      overview: (size) => overview(scene, size),
      boxOf: (key) => {
        const at = layout.at.get(key);
        return at && { x: placeX(at.block, at.place), y: placeY(at.block, at.place), width: PITCH_X, height: PITCH_Y };
      },
      keyAt: (x, y) => tileAt(layout, x, y),
      next: (from, direction) => (from === null ? firstTile(layout) : neighbour(layout, from, direction)),
      paint: (surface, camera, theme, { focused, moving }) => {
        const emphasis = { selected, lit, found: NOTHING, focused, faded, moving };
        paintNode(surface, scene, camera, theme, emphasis, sprites.current);
        return sprites.current.unfinished;
      },
    };
  }, [scene, selected, lit]);
  useImperativeHandle(ref, () => ({
    flyTo: (key) => plane.current?.flyTo(key),
    whole: () => plane.current?.whole(),
    zoomBy: (factor) => plane.current?.zoomBy(factor),
    paintable: () => plane.current?.paintable(),
    outside: () => plane.current?.fly((size) => outsideOf(scene, size)),
  }));
  return (
    <Plane
      {...props}
      ref={plane}
      drawing={drawing}
      selected={selected}
      active={selected === null ? undefined : "tile-active"}
      under={hovered === null ? undefined : scene.tiles.get(hovered)?.name}
    >
      <TileOptions scene={scene} selected={selected} />
    </Plane>
  );
}

const NOTHING: ReadonlySet<string> = new Set();
/** All there is, where the pods are hardly smaller for it; else the pods, which are what one came for. */
const first = (scene: NodeScene, size: Size): Camera => {
  const pods = fitted({ x: 0, y: 0, ...scene.layout.main }, size, 18, 5.6);
  const all = overview(scene, size);
  return all.k > pods.k * 0.85 ? all : pods;
};
const overview = ({ layout: { width, height } }: NodeScene, size: Size): Camera =>
  fitted({ x: 0, y: 0, width, height }, size, 18, 5.6);

/** The strip of what belongs to no pod. */
function outsideOf({ layout }: NodeScene, size: Size): Camera {
  const blocks = layout.blocks.filter(({ loose }) => loose);
  const x = Math.min(...blocks.map((block) => block.x));
  const y = Math.min(...blocks.map((block) => block.y));
  const right = Math.max(...blocks.map((block) => block.x + block.columns * PITCH_X));
  const bottom = Math.max(...blocks.map((block) => block.y + HEADING + block.rows * PITCH_Y));
  return fitted({ x, y, width: right - x, height: bottom - y }, size, 18, 5.6);
}
