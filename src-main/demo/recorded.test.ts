/** The recordings that ship as scenes: each opens by its name, tells its story step by step, and names nobody's node. */
import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { findings } from "../../src-shared/findings/findings.ts";
import { isPlain } from "../recordings/common-words.ts";
import { openRecording } from "../recordings/reader.ts";
import { sourceOf } from "../targets/targets.ts";
import { recordedPath, recordedScenes } from "./recorded.ts";

/** What the timeline steps to, in order; other marks may stand between. */
const STORIES: Record<string, { marks: string[]; found: string[] }> = {
  "pause-killed": {
    marks: ["pause of web died", "app ended", "pause of shared died", "zombies ended", "orphans ended"],
    found: ["dead-sandbox", "stale-namespace-path"],
  },
  pinned: { marks: ["pause of shop dropped", "pause of shop is back"], found: ["cgroup-v1"] },
  oom: { marks: ["OOM kill in app"], found: ["near-memory-limit"] },
};
/** Names of pods and containers that were made for the recording: `podglass record --redact --keep` was told of them. */
const KEPT = new Set("web app sidecar shared zombies orphans hostnet agent lab pause shop foo blog".split(" "));
/** What makes the sentences: these recordings are of the first edition, whose words are told from others by nothing else. */
const shared = new URL("../../src-shared/", import.meta.url);
const OURS = new Set(
  ["", "assemble/", "events/", "runtimes/", "../src-main/probe/perl/"]
    .flatMap((folder) => readdirSync(new URL(folder, shared)).map((name) => new URL(folder + name, shared)))
    .filter(({ pathname }) => /\.(ts|pl)$/.test(pathname) && !pathname.endsWith(".test.ts"))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u),
    ),
);
const STAND_IN = /^n[0-9a-f]{7}$/;

const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };
const open = async (id: string) => {
  const path = recordedPath(id);
  if (path === undefined) throw new Error(`there is no ${id}`);
  return { path, recording: await openRecording(path) };
};

test("every recording that is listed has a story here", () => {
  expect(recordedScenes.map((scene) => scene.id).sort()).toEqual(Object.keys(STORIES).sort());
  expect(recordedPath("../../secret")).toBeUndefined();
});

describe.each(recordedScenes.map((scene) => scene.id))("%s", (id) => {
  test("opens by its name, with a timeline, and takes no action", async () => {
    const source = await sourceOf(`demo:${id}`);
    expect(source).toMatchObject({ target: `demo:${id}`, kind: "file", live: false });
    const opened = await source.open(nobody, new AbortController().signal);
    expect(opened.connection).toBeUndefined();
    const { startMs = 0, endMs = 0, frames = 0 } = opened.timeline?.() ?? {};
    expect(frames).toBeGreaterThan(6);
    expect(endMs - startMs).toBeLessThan(60_000);
    expect((await opened.read({})).pods.length).toBeGreaterThan(2);
    opened.close();
  });

  test("tells its story by the timeline's steps", async () => {
    const { recording } = await open(id);
    const told = recording.info.marks.map((mark) => mark.text);
    let at = -1;
    for (const mark of STORIES[id]?.marks ?? []) {
      const next = told.indexOf(mark, at + 1);
      expect(next, `"${mark}" in ${JSON.stringify(told)}`).toBeGreaterThan(at);
      at = next;
    }
    const seen = new Set<string>();
    let worst: string[] = [];
    for await (const { snapshot } of recording.frames()) {
      worst = findings(snapshot).map((one) => one.rule);
      for (const rule of worst) seen.add(rule);
    }
    for (const rule of STORIES[id]?.found ?? []) expect([...seen]).toContain(rule);
    await recording.close();
  });

  test("is small, and every word in it is ours, Linux's or a stand-in", async () => {
    const { path, recording } = await open(id);
    expect((await stat(path)).size).toBeLessThanOrEqual(300 * 1024);
    expect(recording.info).toMatchObject({ redacted: true, complete: true, label: "redacted node" });
    const strange = new Set<string>();
    const look = (value: unknown): void => {
      if (typeof value === "string") words(value);
      else if (Array.isArray(value)) value.forEach(look);
      else if (typeof value === "object" && value !== null)
        for (const [key, inside] of Object.entries(value)) {
          if (/[./_]/.test(key)) words(key);
          look(inside);
        }
    };
    const words = (text: string): void => {
      // Times, and counters of the kernel.
      if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) || /^([a-z_]+ \d+(\n|$))+$/.test(text)) return;
      for (const [ip] of text.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g))
        if (!/^(10|127)\.|^0\.0\.0\.0$/.test(ip)) strange.add(ip);
      for (const word of text.split(/[^\p{L}\p{N}_]+/u)) {
        // Ids are stand-ins in hex; what has no letter names nobody.
        const harmless =
          STAND_IN.test(word) ||
          /^[0-9a-f]*$/i.test(word) ||
          /^pod[0-9a-f_]+$/.test(word) ||
          /^\d+(kB|ms|us)$/.test(word);
        if (
          !harmless &&
          !isPlain(word) &&
          !word
            .toLowerCase()
            .split("_")
            .every((part) => OURS.has(part) || isPlain(part)) &&
          !KEPT.has(word.toLowerCase())
        )
          strange.add(word);
      }
    };
    for await (const { snapshot } of recording.frames()) look({ ...snapshot, schema: "", takenAt: "" });
    for (const mark of recording.info.marks) words(mark.text);
    expect([...strange]).toEqual([]);
    await recording.close();
  });
});
