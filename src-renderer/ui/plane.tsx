import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useImperativeHandle, useRef } from "react";
import { inert } from "../../src-shared/format.ts";
import { type Box, type Camera, centred, type Eye, openEye, type Size } from "../drawing/camera.ts";
import type { Paintable } from "../drawing/canvas-export.ts";
import { onPixelRatioChange } from "../drawing/pixels.ts";
import { onThemeChange, type Theme, themeOf } from "../drawing/theme.ts";
import "./plane.css";

/** Where the eye stood when a person last moved it, over a plane of that size, by place. */
const cameras = new Map<string, { camera: Camera; size: Size }>();
const REST_MS = 140;
/** A pointer that only crosses a thing dims nothing. */
const DWELL_MS = 90;
const MOST = 14;

export type Direction = "left" | "right" | "up" | "down";

/** What is drawn on a plane: things with a key and a box each. Another object is a reason to paint. */
export interface Drawing {
  /** All of it, in world units. */
  extent: Size;
  /** True where another frame has to finish it. `moving`: a frame must be quick. */
  paint(
    surface: { ctx: CanvasRenderingContext2D; size: Size; dpr: number },
    camera: Camera,
    theme: Theme,
    now: { focused: boolean; moving: boolean },
  ): boolean;
  /** What one sees before one has moved, and with "all there is". */
  first(size: Size): Camera;
  overview(size: Size): Camera;
  boxOf(key: string): Box | undefined;
  /** At a point in world units. */
  keyAt(x: number, y: number): string | null;
  /** What an arrow leads to; from nothing, the first. */
  next(from: string | null, direction: Direction): string | null;
  /** Pixels a world unit at which one thing is read. */
  near: number;
}

export interface PlaneHandle {
  flyTo: (key: string) => void;
  whole: () => void;
  zoomBy: (factor: number) => void;
  fly: (camera: (size: Size) => Camera) => void;
  /** As it is seen now, to be painted elsewhere too. */
  paintable: () => Paintable | undefined;
}

export interface PlaneProps {
  /** Names the memory of the camera. */
  place: string;
  label: string;
  drawing: Drawing;
  selected: string | null;
  onHover: (key: string | null) => void;
  onSelect: (key: string) => void;
  onOpen: (key: string) => void;
  /** Told how much wider than high the plane is, in tenths. */
  onShape?: (aspect: number) => void;
  /** Opens with a click, not with a second one. */
  clickOpens?: true;
  /** What the pointer is over, in words. */
  under?: string;
  /** The id of the option that is selected, which `children` has: the picture in words. */
  active?: string;
  children?: ReactNode;
  ref: React.Ref<PlaneHandle>;
}

/** A picture on a canvas: wheel and drag move it, arrows walk from thing to thing, Enter opens. */
export function Plane(props: PlaneProps) {
  const { place, label, drawing, selected, onHover, onSelect, onOpen, onShape, ref } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const eye = useRef<Eye>(undefined);
  const size = useRef<Size>({ width: 0, height: 0 });
  /** Where to go as soon as the plane has a size. */
  const target = useRef<string>(undefined);
  const told = useRef(onShape);
  told.current = onShape;
  const theme = useRef<Theme>(undefined);
  const state = useRef({ drawing, focused: false, moving: false, frame: 0, rest: 0, dwell: 0 });
  Object.assign(state.current, { drawing });

  const soon = useRef(() => {});
  const paint = useRef(() => {});
  paint.current = () => {
    const now = state.current;
    now.frame = 0;
    const surface = canvas.current;
    const ctx = surface?.getContext("2d", { alpha: false });
    if (!surface || !ctx || !eye.current || size.current.width === 0) return;
    theme.current ??= themeOf(surface.parentElement!);
    const on = { ctx, size: size.current, dpr: devicePixelRatio };
    if (now.drawing.paint(on, eye.current.camera(), theme.current, now)) soon.current();
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
      told.current?.(Math.round((width / height) * 10) / 10);
      surface.width = Math.round(width * devicePixelRatio);
      surface.height = Math.round(height * devicePixelRatio);
      opened.limits(Math.min(0.5, held.drawing.overview(size.current).k * 0.6), MOST);
      opened.set(resting(held.drawing, size.current, cameras.get(place), target.current));
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: another drawing is the reason to paint
  useEffect(() => soon.current(), [drawing]);
  const { width: wide, height: high } = drawing.extent;
  // Laid out afresh for this shape, or grown: until a person moves it, it still fits.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plane's size in world units is the reason
  useEffect(() => {
    if (!cameras.has(place) && size.current.width > 0) eye.current?.set(state.current.drawing.first(size.current));
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
    eye.current?.fly(drawing.overview(size.current), size.current);
  };
  useImperativeHandle(ref, () => ({
    flyTo: (key) => {
      if (size.current.width === 0) target.current = key;
      else {
        const camera = near(drawing, size.current, key);
        if (camera) fly(camera);
      }
    },
    whole,
    zoomBy: zoomTo,
    fly: (camera) => fly(camera(size.current)),
    paintable: () => {
      const camera = eye.current?.camera();
      const element = canvas.current?.parentElement;
      if (!camera || !element) return undefined;
      const quiet = { focused: false, moving: false };
      return {
        element,
        size: size.current,
        paint: (ctx, dpr, theme) => state.current.drawing.paint({ ctx, size: size.current, dpr }, camera, theme, quiet),
        done: () => soon.current(),
      };
    },
  }));

  const keyAt = (event: { clientX: number; clientY: number }): string | null => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const camera = eye.current!.camera();
    return state.current.drawing.keyAt(
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
    const box = drawing.boxOf(key);
    const camera = eye.current?.camera();
    if (!box || !camera) return;
    const { width, height } = size.current;
    const x = camera.x + box.x * camera.k;
    const y = camera.y + box.y * camera.k;
    const w = box.width * camera.k;
    const h = box.height * camera.k;
    const dx = x < 8 ? 8 - x : x + w > width - 8 ? width - 8 - x - w : 0;
    const dy = y < 8 ? 8 - y : y + h > height - 8 ? height - 8 - y - h : 0;
    if (dx !== 0 || dy !== 0) fly({ ...camera, x: camera.x + dx, y: camera.y + dy });
  };

  const keyDown = (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    if (direction && !event.altKey && !event.metaKey && !event.ctrlKey) {
      const next = drawing.next(selected, direction);
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
  const hit = (then: (key: string) => void) => (event: { clientX: number; clientY: number }) => {
    const key = keyAt(event);
    if (key !== null) then(key);
  };
  return (
    <div
      className="plane"
      role="listbox"
      aria-label={label}
      aria-activedescendant={props.active}
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
        onClick={hit(props.clickOpens ? onOpen : onSelect)}
        onDoubleClick={props.clickOpens ? undefined : hit(onOpen)}
      />
      {props.children}
      {props.under !== undefined && <p className="under">{inert(props.under, 160)}</p>}
    </div>
  );
}

const ARROWS: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** A thing in the middle, near enough to be read; undefined when there is none of that key. */
function near(drawing: Drawing, size: Size, key: string): Camera | undefined {
  const box = drawing.boxOf(key);
  return box && centred(box, size, drawing.near);
}

/** After a change of size: at what was asked for; where a person was, with the same point in the middle; else fitted. */
function resting(
  drawing: Drawing,
  size: Size,
  left: { camera: Camera; size: Size } | undefined,
  target: string | undefined,
): Camera {
  const asked = target === undefined ? undefined : near(drawing, size, target);
  if (asked) return asked;
  if (!left) return drawing.first(size);
  const { camera, size: before } = left;
  return {
    k: camera.k,
    x: camera.x + (size.width - before.width) / 2,
    y: camera.y + (size.height - before.height) / 2,
  };
}

function zoomed(camera: Camera, { width, height }: Size, factor: number): Camera {
  const k = Math.min(MOST, camera.k * factor);
  const x = (width / 2 - camera.x) / camera.k;
  const y = (height / 2 - camera.y) / camera.k;
  return { k, x: width / 2 - x * k, y: height / 2 - y * k };
}
