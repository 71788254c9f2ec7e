/** Every scene that the demo node plays as `demo:<id>`; `demo` alone is the first. Recorded ones: ../recorded.ts. */
import type { SceneEntry } from "../../../src-shared/api.ts";
import { recordedScenes } from "../recorded.ts";
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
  if (!scene) {
    const ids = [...scenes, ...recordedScenes].map((one) => one.id);
    throw new RangeError(`there is no demo scene "${id}"; there are: ${ids.join(", ")}`);
  }
  return scene;
}

/** All that `demo:<id>` opens, for a person to choose from. */
export const sceneEntries = (): SceneEntry[] => [
  ...scenes.map(({ id, title, summary }) => ({ target: `demo:${id}`, title, about: summary, recorded: false })),
  ...recordedScenes.map(({ id, title, about }) => ({ target: `demo:${id}`, title, about, recorded: true })),
];
