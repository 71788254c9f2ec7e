/** What the drawing bench runs inside Chromium: the real layout and painter, a synthetic node, a camera that moves. */
import { type Camera, fitted } from "../../src-renderer/drawing/camera.ts";
import { layoutNode } from "../../src-renderer/drawing/node/layout.ts";
import { type Scene, tilesOfMatter } from "../../src-renderer/drawing/node/look.ts";
import { paintNode } from "../../src-renderer/drawing/node/paint.ts";
import { Sprites } from "../../src-renderer/drawing/node/sprites.ts";
import type { Tile } from "../../src-renderer/drawing/node/tile.ts";
import { nodeTiles, podTiles, tilesInSteps } from "../../src-renderer/drawing/node/tiles.ts";
import { themeOf } from "../../src-renderer/drawing/theme.ts";
import { layoutWires } from "../../src-renderer/drawing/wires/layout.ts";
import { paintWires } from "../../src-renderer/drawing/wires/paint.ts";
import { cgroupsReady, isSmall } from "../../src-renderer/state/prepared.ts";
import "../../src-renderer/ui/tokens.css";
import { cgroupsOf } from "../../src-shared/cgroups/report.ts";
import type { WirePlan } from "../../src-shared/questions/wire-plan.ts";
import { runSliced } from "../../src-shared/sliced.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";

export interface DrawingFigures {
  pods: number;
  /** Pods, containers and namespaces: what the picture shows. */
  items: number;
  /** From the snapshot to pods in their places on the screen, without bars. */
  firstPaintMs: number;
  /** From the snapshot to the whole picture, bars and all. */
  wholeMs: number;
  layoutMs: number;
  /** The longest task meanwhile, 0 where none took 50 ms. */
  longestMs: number;
  /** Frame intervals in ms: median and 95th percentile. */
  frames: Record<string, { median: number; p95: number; paintMedian: number }>;
}

export type WireFigures = Pick<DrawingFigures, "pods" | "layoutMs" | "frames">;

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

/** A task of its own: what waits to be drawn comes first. */
const yieldToEventLoop = () => new Promise<void>((go) => setTimeout(go, 0));

/** The longest task since a moment, as the browser tells it: those of 50 ms and more, else 0. */
const tasks: PerformanceEntry[] = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
const longestSince = async (start: number): Promise<number> => {
  await frame();
  await yieldToEventLoop();
  return Math.max(0, ...tasks.filter((task) => task.startTime + task.duration > start).map((task) => task.duration));
};

/** Dragging and wheeling both say that the eye moves, as the screen does: state "moving" of ui/plane.tsx. */
async function moving(count: number, at: (step: number) => Camera, paint: (camera: Camera, moving: boolean) => void) {
  const times: number[] = [];
  const paints: number[] = [];
  await frame();
  let last = await frame();
  for (let step = 0; step < count; step += 1) {
    const start = performance.now();
    paint(at(step), true);
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

/** The steps that the picture's screen takes, in its order: state/prepared.ts and views/picture/scene.ts. */
async function measure(pods: number, steps: number): Promise<DrawingFigures> {
  const snapshot = syntheticSnapshot({ pods });
  const theme = themeOf(document.documentElement);
  const sprites = new Sprites();
  const sceneOf = (tiles: Tile[], plain = false): Scene => ({
    layout: layoutNode(tiles),
    plain,
    tiles: new Map(tiles.map((tile) => [tile.key, tile])),
    measure: "usage",
    ofMatter: tilesOfMatter(tiles),
    nodeBytes: snapshot.node.memoryBytes,
  });
  const painting = (scene: Scene) => (camera: Camera, moving: boolean) =>
    paintNode(target, scene, camera, theme, { ...nothing, moving }, sprites);
  const firstLook = ({ layout }: Scene) =>
    fitted({ x: 0, y: 0, width: layout.width, height: layout.height }, size, 20, 4);
  await frame();
  await yieldToEventLoop();

  const start = performance.now();
  const small = isSmall(snapshot);
  const of = { snapshot, findings: [], grouping: "namespace" as const };
  let scene = small ? sceneOf(nodeTiles({ ...of, reports: cgroupsOf(snapshot).byPath })) : sceneOf(podTiles(of), true);
  painting(scene)(firstLook(scene), false);
  await frame();
  await yieldToEventLoop();
  const firstPaintMs = performance.now() - start;
  if (!small) {
    await runSliced(cgroupsReady(snapshot), yieldToEventLoop);
    scene = sceneOf(await runSliced(tilesInSteps({ ...of, reports: cgroupsOf(snapshot).byPath }), yieldToEventLoop));
    do {
      painting(scene)(firstLook(scene), false);
      await frame();
    } while (sprites.unfinished);
    await yieldToEventLoop();
  }
  const wholeMs = performance.now() - start;
  const longestMs = await longestSince(start);
  const { layout, tiles } = scene;
  const laid = performance.now();
  layoutNode([...tiles.values()]);
  const layoutMs = performance.now() - laid;

  const paint = painting(scene);
  const overview = firstLook(scene);
  const near = (k: number): Camera => ({ k, x: -layout.width * 0.3 * k, y: -layout.height * 0.3 * k });
  const pan = (camera: Camera) => (step: number) => ({
    ...camera,
    x: camera.x + Math.sin(step / 9) * 140,
    y: camera.y + Math.cos(step / 7) * 90,
  });
  return {
    pods,
    items: snapshot.pods.length + snapshot.containers.length + snapshot.namespaces.length,
    firstPaintMs: round(firstPaintMs),
    wholeMs: round(wholeMs),
    layoutMs: round(layoutMs),
    longestMs: round(longestMs),
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
        paint,
      ),
    },
  };
}

/** Wires of that many pods on three bridges, of which one in fifty is loose: laid out, and moved with and without one lit. */
async function measureWires(pods: number, steps: number): Promise<WireFigures> {
  const theme = themeOf(document.documentElement);
  const groups = [0, 1, 2].map((bridge): WirePlan["groups"][number] => ({
    key: String(bridge),
    kind: "bridge",
    name: `cni${bridge}`,
    says: `10.${bridge}.0.1/16`,
    uplink: "ens3",
    plugs: syntheticSnapshot({ pods: Math.ceil(pods / 3), seed: bridge + 1 }).pods.map((pod, i) => ({
      key: `${bridge} ${pod.key}`,
      pod,
      inside: { index: 2, name: "eth0", kind: "veth", up: true },
      address: `10.${bridge}.${i >> 8}.${i & 255}/16`,
      ...(i % 50 === 49 ? { loose: "on no bridge" } : {}),
    })),
  }));
  const plan: WirePlan = { uplinks: [{ key: "ens3", name: "ens3", says: "192.0.2.10/24" }], groups };
  const start = performance.now();
  const layout = layoutWires(plan, size.width / size.height);
  const layoutMs = round(performance.now() - start);
  const lit = new Set([groups[1]!.plugs[0]!.key]);
  const whole = fitted({ x: 0, y: 0, width: layout.width, height: layout.height }, size, 24, 1.25);
  const near = (k: number): Camera => ({ k, x: -layout.width * 0.3 * k, y: -layout.height * 0.3 * k });
  const panned = (camera: Camera, of: ReadonlySet<string> | null) =>
    moving(
      steps,
      (step) => ({ ...camera, x: camera.x + Math.sin(step / 9) * 140, y: camera.y + Math.cos(step / 7) * 90 }),
      (at) => paintWires(target, layout, at, theme, { lit: of, selected: null, focused: false, moving: true }),
    );
  return {
    pods: groups.reduce((sum, { plugs }) => sum + plugs.length, 0),
    layoutMs,
    frames: {
      "pan, all of them": await panned(whole, null),
      "pan, one lit": await panned(whole, lit),
      "pan, names": await panned(near(0.5), null),
      "pan, addresses": await panned(near(1), null),
    },
  };
}

Object.assign(window, { measureDrawing: measure, measureWires });
