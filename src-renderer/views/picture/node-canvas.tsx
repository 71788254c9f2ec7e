import { type KeyboardEvent, type PointerEvent, useEffect, useImperativeHandle, useMemo, useRef } from "react";
import { inert } from "../../../src-shared/format.ts";
import { type Camera, centred, type Eye, fitted, openEye, type Size } from "../../drawing/camera.ts";
import { HEADING, PITCH_X, PITCH_Y, placeX, placeY } from "../../drawing/node/layout.ts";
import { paintNode } from "../../drawing/node/paint.ts";
import { firstTile, neighbour, tileAt } from "../../drawing/node/pick.ts";
import { Sprites } from "../../drawing/node/sprites.ts";
import { onPixelRatioChange } from "../../drawing/pixels.ts";
import { onThemeChange, type Theme, themeOf } from "../../drawing/theme.ts";
import { litBy, type NodeScene } from "./scene.ts";
import { TileOptions } from "./tile-options.tsx";

/** Where the eye stood when a person last moved it, over a plane of that size, by node. */
const cameras = new Map<string, { camera: Camera; size: Size }>();
const REST_MS = 140;
/** A pointer that only crosses a tile dims nothing. */
const DWELL_MS = 90;
const NEAR = 5.2;

export interface NodeCanvasHandle {
  flyTo: (key: string) => void;
  whole: () => void;
  /** To what belongs to no pod. */
  outside: () => void;
  zoomBy: (factor: number) => void;
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
export function NodeCanvas(props: NodeCanvasProps) {
  const { place, label, scene, selected, hovered, onHover, onSelect, onOpen, onShape, ref } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const eye = useRef<Eye>(undefined);
  const size = useRef<Size>({ width: 0, height: 0 });
  /** Where to go as soon as the plane has a size. */
  const target = useRef<string>(undefined);
  const told = useRef(onShape);
  told.current = onShape;
  const theme = useRef<Theme>(undefined);
  const sprites = useRef(new Sprites());
  // The same set while nothing changed: what is painted from it is kept.
  const lit = useMemo(() => litBy(scene, hovered), [scene, hovered]);
  const state = useRef({ scene, selected, lit, focused: false, moving: false, frame: 0, rest: 0, dwell: 0 });
  Object.assign(state.current, { scene, selected, lit });

  const soon = useRef(() => {});
  const paint = useRef(() => {});
  paint.current = () => {
    const now = state.current;
    now.frame = 0;
    const surface = canvas.current;
    const ctx = surface?.getContext("2d", { alpha: false });
    if (!surface || !ctx || !eye.current || size.current.width === 0) return;
    theme.current ??= themeOf(surface.parentElement!);
    const dpr = devicePixelRatio;
    paintNode(
      { ctx, size: size.current, dpr },
      now.scene,
      eye.current.camera(),
      theme.current,
      {
        selected: now.selected,
        lit: now.lit,
        found: NOTHING,
        focused: now.focused,
        faded: now.scene.faded,
        moving: now.moving,
      },
      sprites.current,
    );
    if (sprites.current.unfinished) soon.current();
  };
  soon.current = () => {
    if (state.current.frame === 0) state.current.frame = requestAnimationFrame(() => paint.current());
  };

  useEffect(() => {
    const surface = canvas.current!;
    const held = state.current;
    const opened = openEye(surface, (camera, byHand) => {
      if (byHand) cameras.set(place, { camera, size: size.current });
      held.moving = true;
      clearTimeout(held.rest);
      held.rest = window.setTimeout(() => {
        held.moving = false;
        soon.current();
      }, REST_MS);
      soon.current();
    });
    eye.current = opened;
    const fit = () => {
      const { clientWidth: width, clientHeight: height } = surface.parentElement!;
      if (width === 0 || height === 0) return;
      size.current = { width, height };
      told.current(Math.round((width / height) * 10) / 10);
      surface.width = Math.round(width * devicePixelRatio);
      surface.height = Math.round(height * devicePixelRatio);
      opened.limits(Math.min(0.5, overview(held.scene, size.current).k * 0.6), 14);
      opened.set(resting(held.scene, size.current, cameras.get(place), target.current));
      if (target.current !== undefined) cameras.set(place, { camera: opened.camera(), size: size.current });
      target.current = undefined;
      // At once: a cleared canvas must not be seen.
      paint.current();
    };
    const resized = new ResizeObserver(fit);
    resized.observe(surface.parentElement!);
    const unzoomed = onPixelRatioChange(fit);
    const unwatch = onThemeChange(() => {
      theme.current = undefined;
      soon.current();
    });
    return () => {
      opened.release();
      resized.disconnect();
      unzoomed();
      unwatch();
      cancelAnimationFrame(held.frame);
      clearTimeout(held.rest);
      clearTimeout(held.dwell);
      held.frame = 0;
    };
  }, [place]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these is a reason to paint
  useEffect(() => soon.current(), [scene, selected, lit]);
  const { width: wide, height: high } = scene.layout;
  // Laid out afresh for this shape, or grown: until a person moves it, it still fits.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plane's size in world units is the reason
  useEffect(() => {
    if (!cameras.has(place) && size.current.width > 0) eye.current?.set(first(state.current.scene, size.current));
  }, [wide, high, place]);

  /** From here on the camera is a person's: it outlives a resize. */
  const fly = (camera: Camera) => {
    cameras.set(place, { camera, size: size.current });
    eye.current?.fly(camera, size.current);
  };
  const zoomTo = (factor: number) => {
    const camera = eye.current?.camera();
    if (camera) fly(zoomed(camera, size.current, factor));
  };
  /** All there is, and from here on the picture fits its place by itself again. */
  const whole = () => {
    cameras.delete(place);
    eye.current?.fly(overview(scene, size.current), size.current);
  };
  useImperativeHandle(ref, () => ({
    flyTo: (key) => {
      if (size.current.width === 0) target.current = key;
      else {
        const camera = near(scene, size.current, key);
        if (camera) fly(camera);
      }
    },
    whole,
    outside: () => fly(outsideOf(scene, size.current)),
    zoomBy: zoomTo,
  }));

  const keyAt = (event: { clientX: number; clientY: number }): string | null => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const camera = eye.current!.camera();
    return tileAt(
      state.current.scene.layout,
      (event.clientX - left - camera.x) / camera.k,
      (event.clientY - top - camera.y) / camera.k,
    );
  };

  const move = (event: PointerEvent) => {
    clearTimeout(state.current.dwell);
    if (event.buttons !== 0) return;
    const key = keyAt(event);
    state.current.dwell = window.setTimeout(() => onHover(key), DWELL_MS);
  };

  const reveal = (key: string) => {
    const at = scene.layout.at.get(key);
    const camera = eye.current?.camera();
    if (!at || !camera) return;
    const { width, height } = size.current;
    const x = camera.x + placeX(at.block, at.place) * camera.k;
    const y = camera.y + placeY(at.block, at.place) * camera.k;
    const w = PITCH_X * camera.k;
    const h = PITCH_Y * camera.k;
    const dx = x < 8 ? 8 - x : x + w > width - 8 ? width - 8 - x - w : 0;
    const dy = y < 8 ? 8 - y : y + h > height - 8 ? height - 8 - y - h : 0;
    if (dx !== 0 || dy !== 0) fly({ ...camera, x: camera.x + dx, y: camera.y + dy });
  };

  const keyDown = (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    if (direction && !event.altKey && !event.metaKey && !event.ctrlKey) {
      const next = selected === null ? firstTile(scene.layout) : neighbour(scene.layout, selected, direction);
      if (next !== null && next !== selected) {
        onSelect(next);
        reveal(next);
      }
      event.preventDefault();
    } else if (event.key === "Enter" && selected !== null) onOpen(selected);
    else if (event.key === "+" || event.key === "=") zoomTo(1.5);
    else if (event.key === "-") zoomTo(1 / 1.5);
    else if (event.key === "0") whole();
    else return;
    event.stopPropagation();
  };

  const focus = (focused: boolean) => {
    state.current.focused = focused;
    soon.current();
  };

  const under = hovered === null ? undefined : scene.tiles.get(hovered);
  return (
    <div
      className="node-canvas"
      ref={box}
      role="listbox"
      aria-label={label}
      aria-activedescendant={selected === null ? undefined : "tile-active"}
      tabIndex={0}
      onKeyDown={keyDown}
      onFocus={() => focus(true)}
      onBlur={() => focus(false)}
    >
      <canvas
        ref={canvas}
        onPointerMove={move}
        onPointerLeave={() => {
          clearTimeout(state.current.dwell);
          onHover(null);
        }}
        onClick={(event) => {
          const key = keyAt(event);
          if (key !== null) onSelect(key);
        }}
        onDoubleClick={(event) => {
          const key = keyAt(event);
          if (key !== null) onOpen(key);
        }}
      />
      <TileOptions scene={scene} selected={selected} />
      {under && <p className="under">{inert(under.name, 80)}</p>}
    </div>
  );
}

const NOTHING: ReadonlySet<string> = new Set();
const ARROWS: Record<string, "left" | "right" | "up" | "down"> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
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

/** A tile in the middle, near enough to be read; undefined when there is none of that key. */
function near({ layout }: NodeScene, size: Size, key: string): Camera | undefined {
  const at = layout.at.get(key);
  if (!at) return undefined;
  const tile = { x: placeX(at.block, at.place), y: placeY(at.block, at.place), width: PITCH_X, height: PITCH_Y };
  return centred(tile, size, NEAR);
}

/** After a change of size: at what was asked for; where a person was, with the same point in the middle; else fitted. */
function resting(
  scene: NodeScene,
  size: Size,
  left: { camera: Camera; size: Size } | undefined,
  target: string | undefined,
): Camera {
  const asked = target === undefined ? undefined : near(scene, size, target);
  if (asked) return asked;
  if (!left) return first(scene, size);
  const { camera, size: before } = left;
  return {
    k: camera.k,
    x: camera.x + (size.width - before.width) / 2,
    y: camera.y + (size.height - before.height) / 2,
  };
}

function zoomed(camera: Camera, { width, height }: Size, factor: number): Camera {
  const k = Math.min(14, camera.k * factor);
  const x = (width / 2 - camera.x) / camera.k;
  const y = (height / 2 - camera.y) / camera.k;
  return { k, x: width / 2 - x * k, y: height / 2 - y * k };
}
