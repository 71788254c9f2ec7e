/** Paints the whole-node picture: from far away specks, nearer tiles, then names, then figures; only what is seen. */
import { type Camera, type Size, seen } from "../camera.ts";
import type { Theme } from "../theme.ts";
import { type Block, HEADING, PITCH_X, placeX, placeY } from "./layout.ts";
import { type Canvas, detailAt, type Emphasis, opacity, type Scene } from "./look.ts";
import { paintBlock } from "./paint-block.ts";
import { visiblePlaces } from "./pick.ts";
import type { Sprites } from "./sprites.ts";
import { cut, widthOf } from "./text.ts";

export function paintNode(
  { ctx, size, dpr }: Canvas,
  scene: Scene,
  camera: Camera,
  theme: Theme,
  emphasis: Emphasis,
  sprites: Sprites,
): void {
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = theme.panel;
  ctx.fillRect(0, 0, size.width, size.height);
  const view = seen(camera, size);
  const detail = detailAt(camera.k);
  sprites.begin(theme, dpr, emphasis.moving);
  for (const block of scene.layout.blocks) {
    if (block.x > view.x1 || block.y > view.y1) continue;
    const range = visiblePlaces(block, view);
    if (range) paintBlock({ ctx, size, dpr }, { scene, block, camera, theme, emphasis, sprites }, range);
    paintHeading(ctx, block, camera, theme);
  }
  if (detail === "speck" || detail === "tile") paintNamesOfMatter(ctx, scene, camera, size, theme, emphasis);
}

function paintHeading(ctx: CanvasRenderingContext2D, block: Block, camera: Camera, theme: Theme): void {
  const room = block.columns * PITCH_X * camera.k;
  const size = Math.max(9, Math.min(15, 12 * Math.sqrt(camera.k)));
  if (room < 24 || HEADING * camera.k < 3) return;
  const x = camera.x + (block.x + 1) * camera.k;
  const y = camera.y + (block.y + HEADING - 7) * camera.k;
  ctx.font = `600 ${size}px ${theme.font}`;
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = theme.ink;
  const name = cut(ctx, block.more ? `${block.group}, more` : block.group, room - 26);
  ctx.fillText(name, x, y);
  const after = x + widthOf(ctx, name) + 6;
  ctx.font = `400 ${size - 1}px ${theme.font}`;
  ctx.fillStyle = theme.ink3;
  ctx.fillText(block.taken.toLocaleString("en"), after, y);
}

/** Selected, found and troubled pods have their names at every zoom, over the picture, on a ground of their own. */
function paintNamesOfMatter(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  camera: Camera,
  size: Size,
  theme: Theme,
  emphasis: Emphasis,
): void {
  const taken: { x0: number; x1: number; y: number }[] = [];
  const wanted: string[] = [];
  for (const key of scene.ofMatter) if (scene.layout.at.has(key)) wanted.push(key);
  for (const key of [emphasis.selected, ...emphasis.found])
    if (key !== null && !scene.ofMatter.has(key) && scene.layout.at.has(key)) wanted.push(key);
  wanted.sort((a, b) => matter(b, scene, emphasis) - matter(a, scene, emphasis));
  ctx.font = `500 10.5px ${theme.font}`;
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  for (const key of wanted.slice(0, 400)) {
    const { block, place } = scene.layout.at.get(key)!;
    const x = camera.x + (placeX(block, place) + 1) * camera.k;
    const y = camera.y + (placeY(block, place) + 31.4) * camera.k + 8;
    if (x < -80 || y < 0 || x > size.width || y > size.height + 10) continue;
    const name = cut(ctx, scene.tiles.get(key)!.name, Math.max(70, PITCH_X * camera.k));
    const end = x + widthOf(ctx, name);
    if (taken.some((other) => Math.abs(other.y - y) < 11 && other.x0 < end + 4 && x < other.x1 + 4)) continue;
    taken.push({ x0: x, x1: end, y });
    ctx.globalAlpha = opacity(key, theme, emphasis);
    ctx.strokeStyle = emphasis.selected === key ? theme.accentTint : theme.panel;
    ctx.lineWidth = 3;
    ctx.strokeText(name, x, y);
    ctx.fillStyle = theme.ink2;
    ctx.fillText(name, x, y);
  }
  ctx.globalAlpha = 1;
}

const matter = (key: string, scene: Scene, emphasis: Emphasis): number => {
  if (emphasis.selected === key) return 4;
  if (emphasis.found.has(key)) return 3;
  return scene.tiles.get(key)?.severity === "critical" ? 2 : 1;
};
