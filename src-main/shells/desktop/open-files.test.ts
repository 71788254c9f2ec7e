import { expect, it } from "vitest";
import { openFiles, recordingsIn } from "./open-files.ts";

it("takes recordings from a command line, and nothing else", () => {
  const words = ["--no-sandbox", "a.podglass", "/b/c.podglass", "--x=d.podglass", "notes.txt", "."];
  expect(recordingsIn(words, "/home/me")).toEqual(["/home/me/a.podglass", "/b/c.podglass"]);
});

it("keeps them until the window listens, and opens each once", () => {
  const opened: string[] = [];
  const files = openFiles(async (path) => void opened.push(path));
  files.add(["/a.podglass"]);
  expect(opened).toEqual([]);
  files.listening();
  files.listening();
  files.add(["/b.podglass"]);
  expect(opened).toEqual(["/a.podglass", "/b.podglass"]);
});
