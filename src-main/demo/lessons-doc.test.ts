/** docs/lessons.md tells a teacher of every form that a check may have, and of every scene. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCheck } from "../../src-shared/lessons/checks.ts";
import { LessonError, parseLesson } from "../../src-shared/lessons/lesson.ts";
import { scenes } from "./scenes/index.ts";

const doc = readFileSync(join(import.meta.dirname, "../../docs/lessons.md"), "utf8");

test("the checks of the page are checks, and its scenes are there", () => {
  const section = doc.slice(doc.indexOf("## Checks"), doc.indexOf("## Placeholders"));
  const lines = [...section.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "").filter((line) => line.includes(" "));
  expect(lines.length).toBeGreaterThan(18);
  for (const line of lines) {
    const example = line
      .replace("HOLDER", "pin")
      .replaceAll("TYPE", "net")
      .replace("…", "ipc")
      .replaceAll("SIZE", "64 MiB")
      .replace("N zombies", "3 zombies")
      .replaceAll("POD/NAME", "web/app")
      .replaceAll("POD", "web")
      .replace("RULE", "zombies")
      .replace("names NAME", "names tail");
    expect(() => parseCheck(example), example).not.toThrow();
  }
  for (const { id } of scenes) expect(doc).toContain(`\`${id}\``);
});

test("the example of the page is a lesson, and a mistake in it is told with its line", () => {
  const head = doc.slice(doc.indexOf("---\nid:"), doc.indexOf("```", doc.indexOf("---\nid:")));
  const block = doc.slice(doc.indexOf("    ```step"), doc.indexOf("| key |")).replace(/^ {4}/gm, "");
  const source = `${head}\n## A step\n\nText with {pid web/app}.\n\n${block}`;
  expect(parseLesson(source)).toMatchObject({ id: "who-is-pause", steps: [{ title: "A step", checks: [{}, {}] }] });
  const wrong = (from: string, to: string) => () => parseLesson(source.replace(from, to));
  expect(wrong("sandbox of web is dead", "sandbox of web is unhappy")).toThrow(LessonError);
  expect(wrong("sandbox of web is dead", "sandbox of web is unhappy")).toThrow(/line \d+: "check: /);
  expect(wrong("{pid web/app}", "{pod web}")).toThrow("is none of");
  expect(wrong("show: pod web", "show: house")).toThrow("none of: pods");
  expect(wrong("runs: demo, lab", "runs: moon")).toThrow("runs");
  expect(wrong("```step", "```")).toThrow("has no ```step block");
});
