/** What the drawing bench runs inside Chromium: the real layout and painter, a synthetic node, a camera that moves. */
import { type Camera, fitted } from "../../src-renderer/drawing/camera.ts";
import { layoutNode } from "../../src-renderer/drawing/node/layout.ts";
import { paintNode, type Scene, tilesOfMatter } from "../../src-renderer/drawing/node/paint.ts";
import { Sprites } from "../../src-renderer/drawing/node/sprites.ts";
import { nodeTiles } from "../../src-renderer/drawing/node/tiles.ts";
import { themeOf } from "../../src-renderer/drawing/theme.ts";
import "../../src-renderer/ui/tokens.css";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";

export interface DrawingFigures {
  items: number;
  tilesMs: number;
  layoutMs: number;
  firstPaintMs: number;
  /** Frame intervals in ms: median and 95th percentile. */
  frames: Record<string, { median: number; p95: number; paintMedian: number }>;
}

const canvas = document.querySelector("canvas") as HTMLCanvasElement;
const size = { width: innerWidth, height: innerHeight };
canvas.width = size.width * devicePixelRatio;
canvas.height = size.height * devicePixelRatio;
const ctx = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
const target = { ctx, size, dpr: devicePixelRatio };
const nothing = {
  selected: null,
  lit: null,
  found: new Set<string>(),
  focused: false,
  faded: new Map<string, number>(),
  moving: false,
};
const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
const quantile = (sorted: number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
const round = (value: number) => Math.round(value * 10) / 10;

async function moving(count: number, at: (step: number) => Camera, paint: (camera: Camera) => void) {
  const times: number[] = [];
  const paints: number[] = [];
  await frame();
  let last = await frame();
  for (let step = 0; step < count; step += 1) {
    const start = performance.now();
    paint(at(step));
    paints.push(performance.now() - start);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  times.sort((a, b) => a - b);
  paints.sort((a, b) => a - b);
  return {
    median: round(quantile(times, 0.5)),
    p95: round(quantile(times, 0.95)),
    paintMedian: round(quantile(paints, 0.5)),
  };
}

async function measure(items: number, steps: number): Promise<DrawingFigures> {
  const snapshot = syntheticSnapshot({ pods: items });
  const reports = cgroupReports(snapshot);
  const theme = themeOf(document.documentElement);
  const start = performance.now();
  const tiles = nodeTiles({ snapshot, reports, findings: [], grouping: "namespace" });
  const tiled = performance.now();
  const layout = layoutNode(tiles);
  const laid = performance.now();
  const scene: Scene = {
    layout,
    tiles: new Map(tiles.map((tile) => [tile.key, tile])),
    measure: "usage",
    ofMatter: tilesOfMatter(tiles),
    nodeBytes: snapshot.node.memoryBytes,
  };
  const sprites = new Sprites();
  const paint = (camera: Camera, moving = false) =>
    paintNode(target, scene, camera, theme, { ...nothing, moving }, sprites);
  const overview = fitted({ x: 0, y: 0, width: layout.width, height: layout.height }, size, 20, 4);
  paint(overview);
  await frame();
  const shown = performance.now();
  const near = (k: number): Camera => ({ k, x: -layout.width * 0.3 * k, y: -layout.height * 0.3 * k });
  const pan = (camera: Camera) => (step: number) => ({
    ...camera,
    x: camera.x + Math.sin(step / 9) * 140,
    y: camera.y + Math.cos(step / 7) * 90,
  });
  return {
    items,
    tilesMs: round(tiled - start),
    layoutMs: round(laid - tiled),
    firstPaintMs: round(shown - start),
    frames: {
      "pan, overview": await moving(steps, pan(overview), paint),
      "pan, tiles": await moving(steps, pan(near(0.6)), paint),
      "pan, names": await moving(steps, pan(near(2)), paint),
      "pan, figures": await moving(steps, pan(near(6)), paint),
      zoom: await moving(
        steps,
        (step) => {
          const k = overview.k * 1.05 ** (step % 60);
          return { k, x: size.width / 2 - (layout.width / 2) * k, y: size.height / 2 - (layout.height / 2) * k };
        },
        (camera) => paint(camera, true),
      ),
    },
  };
}

Object.assign(window, { measureDrawing: measure });
