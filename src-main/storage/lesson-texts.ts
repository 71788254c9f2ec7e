/** The lessons: those that ship with Podglass, and a teacher's own from the folder `lessons` beside the settings. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LessonText } from "../../src-shared/api.ts";

const shipped = import.meta.glob("../../assets/lessons/*.md", { query: "?raw", import: "default", eager: true });
const MOST = 200;

export async function lessonTexts(stateDir: string): Promise<LessonText[]> {
  const own = join(stateDir, "lessons");
  const names = await readdir(own).catch(() => [] as string[]);
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith(".md"))
      .slice(0, MOST)
      .map(async (name) => ({ id: `own/${name}`, source: await readFile(join(own, name), "utf8").catch(() => "") })),
  );
  const ours = Object.entries(shipped).map(([path, source]) => ({ id: path.slice(path.lastIndexOf("/") + 1), source }));
  return [...ours, ...texts.filter((one) => one.source !== "")];
}
