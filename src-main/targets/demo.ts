/** `demo`, `demo:SCENE`: a scene that the embedded node plays, or one that was recorded on a live node. */
import { experiment } from "../demo/experiments.ts";
import { look } from "../demo/look.ts";
import { recordedPath } from "../demo/recorded.ts";
import { openDemo } from "../demo/source.ts";
import { fileSource } from "./file.ts";
import { overConnection } from "./over-connection.ts";
import type { Source } from "./source.ts";
import type { SourceOptions, Way } from "./way.ts";

const sceneIn = (target: string): string => target.slice("demo".length).replace(/^:/, "");

export const demo: Way = (target, { trace }) => {
  if (target !== "demo" && !target.startsWith("demo:")) return null;
  const path = recordedPath(sceneIn(target));
  return path === undefined ? playedSource(target, trace) : { ...fileSource(path), target, label: target };
};

const playedSource = (target: string, trace: SourceOptions["trace"]): Source => ({
  target,
  label: target,
  kind: "demo",
  live: true,
  async open(interaction, signal) {
    const played = await openDemo(sceneIn(target), interaction, signal);
    const opened = await overConnection(played.connection, { trace }, interaction);
    return {
      ...opened,
      experiment: (wanted) => experiment(played.demo.model, wanted),
      look: (command) => look(played.demo.model, command),
      close() {
        opened.close();
        played.close();
      },
    };
  },
});
