/** Recordings of live nodes that ship with Podglass: scenes that really happened, `demo:<id>` like the others. */
import { join } from "node:path";
import list from "../../assets/recordings/index.json";

export interface RecordedScene {
  id: string;
  title: string;
  about: string;
}

export const recordedScenes: readonly RecordedScene[] = list;

/** The file of one, undefined where there is none of that id. Packed apps keep these beside the archive. */
export function recordedPath(id: string): string | undefined {
  if (!recordedScenes.some((scene) => scene.id === id)) return undefined;
  // Source and build are both two folders below the top.
  const folder = join(import.meta.dirname, "../../assets/recordings").replace(
    /app\.asar(?=[\\/])/,
    "app.asar.unpacked",
  );
  return join(folder, `${id}.podglass`);
}
