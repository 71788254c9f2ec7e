/** Every scene that `demo:<id>` opens; `demo` alone opens the first. */
import type { Scene } from "../scene.ts";
import { crioScene, dockerScene } from "./crio.ts";
import { defaultScene } from "./default.ts";
import { manyScene } from "./many.ts";
import { qosScenes } from "./qos.ts";
import { sickScene, sickV1Scene } from "./sick.ts";

export const scenes: readonly Scene[] = [
  defaultScene,
  crioScene,
  ...qosScenes,
  dockerScene,
  manyScene,
  sickScene,
  sickV1Scene,
];

/** Throws RangeError with the names there are. */
export function sceneOf(id: string | undefined): Scene {
  const scene = id === undefined ? scenes[0] : scenes.find((one) => one.id === id);
  if (!scene)
    throw new RangeError(`there is no demo scene "${id}"; there are: ${scenes.map((one) => one.id).join(", ")}`);
  return scene;
}
