/** Where the eye stands over a plane: pan, zoom, fit and flights. Pure, but for the binding to a canvas by d3-zoom. */
import { interpolateZoom, select, type ZoomTransform, zoom, zoomIdentity } from "d3";

export interface Camera {
  /** Pixels of the canvas at world origin, and pixels per world unit. */
  x: number;
  y: number;
  k: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box extends Size {
  x: number;
  y: number;
}

/** The camera that shows a box whole, centred across and at the top, never larger than `most`. */
export function fitted(box: Box, view: Size, margin: number, most: number): Camera {
  const k = Math.min(
    most,
    (view.width - margin * 2) / Math.max(1, box.width),
    (view.height - margin * 2) / Math.max(1, box.height),
  );
  const scale = Math.max(k, 0.001);
  return {
    k: scale,
    x: Math.max(margin, Math.min((view.width - box.width * scale) / 2, margin * 1.25)) - box.x * scale,
    y: margin - box.y * scale,
  };
}

/** The camera that puts a box in the middle at zoom k. */
export const centred = (box: Box, view: Size, k: number): Camera => ({
  k,
  x: view.width / 2 - (box.x + box.width / 2) * k,
  y: view.height / 2 - (box.y + box.height / 2) * k,
});

/** The part of the plane that is seen, in world units. */
export const seen = (camera: Camera, view: Size) => ({
  x0: -camera.x / camera.k,
  y0: -camera.y / camera.k,
  x1: (view.width - camera.x) / camera.k,
  y1: (view.height - camera.y) / camera.k,
});

/** A smooth path from one camera to another (van Wijk and Nuij); t from 0 to 1. */
function flight(from: Camera, to: Camera, view: Size): (t: number) => Camera {
  const state = (camera: Camera): [number, number, number] => [
    (view.width / 2 - camera.x) / camera.k,
    (view.height / 2 - camera.y) / camera.k,
    view.width / camera.k,
  ];
  const path = interpolateZoom(state(from), state(to));
  return (t) => {
    if (t >= 1) return to;
    const [cx, cy, width] = path(t);
    const k = view.width / width;
    return { k, x: view.width / 2 - cx * k, y: view.height / 2 - cy * k };
  };
}

const FLIGHT_MS = 320;
const ease = (t: number) => 1 - (1 - t) ** 3;
export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const isPlace = ({ x, y, k }: Camera): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(k) && k > 0;

export interface Eye {
  camera(): Camera;
  /** Goes there at once. A camera that is no place (NaN, from a view without a size) is refused: one could not leave it. */
  set(camera: Camera): void;
  /** Flies there in 320 ms; at once for who wants no motion. */
  fly(camera: Camera, view: Size): void;
  limits(least: number, most: number): void;
  release(): void;
}

/** Binds wheel, drag, pinch and double click on a canvas to a camera. `moved` also says whether a person did it. */
export function openEye(canvas: HTMLCanvasElement, moved: (camera: Camera, byHand: boolean) => void): Eye {
  let at: Camera = { x: 0, y: 0, k: 1 };
  let frame = 0;
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .clickDistance(4)
    .on("zoom", (event: { transform: ZoomTransform; sourceEvent: Event | null }) => {
      at = { x: event.transform.x, y: event.transform.y, k: event.transform.k };
      if (event.sourceEvent) cancelAnimationFrame(frame);
      moved(at, event.sourceEvent !== null);
    });
  const target = select(canvas);
  target.call(behaviour).on("dblclick.zoom", null);
  const set = (camera: Camera): void => {
    if (isPlace(camera)) target.call(behaviour.transform, zoomIdentity.translate(camera.x, camera.y).scale(camera.k));
  };
  return {
    camera: () => at,
    set: (camera) => {
      cancelAnimationFrame(frame);
      set(camera);
    },
    fly: (camera, view) => {
      cancelAnimationFrame(frame);
      if (reducedMotion() || view.width === 0) {
        set(camera);
        return;
      }
      const path = flight(at, camera, view);
      const start = performance.now();
      const step = (now: number) => {
        const t = Math.min(1, Math.max(0, (now - start) / FLIGHT_MS));
        set(path(ease(t)));
        if (t < 1) frame = requestAnimationFrame(step);
      };
      frame = requestAnimationFrame(step);
    },
    limits: (least, most) => {
      behaviour.scaleExtent([least, most]);
    },
    release: () => {
      cancelAnimationFrame(frame);
      target.on(".zoom", null);
    },
  };
}
