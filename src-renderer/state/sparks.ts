/** The memory of the groups whose rows are on the screen, over the last minutes: one request for all of them. */
import { useEffect } from "react";
import { create } from "zustand";
import { type Line, lineOf, seriesOf } from "../../src-shared/curves/series.ts";
import { request } from "./client.ts";
import { type KnownBlock, withAnswer } from "./curves.ts";

const EVERY_MS = 4_000;
/** Rows that come while one scrolls are asked for together. */
const SOON_MS = 150;
/** Blocks from the end: the last minutes at a reading a second. */
const LATEST = -3;
/** In one request; a screen has fewer rows. */
const MOST_PATHS = 300;

const keyOf = (nodeId: string, path: string): string => `${nodeId} ${path}`;

const useSparks = create<Record<string, Line>>(() => ({}));
/** By node and path, how many rows show it. */
const shown = new Map<string, Map<string, number>>();
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;

async function ask(): Promise<void> {
  timer = undefined;
  asking = true;
  const lines: Record<string, Line> = {};
  for (const [nodeId, counts] of shown) {
    const paths = [...counts.keys()].slice(0, MOST_PATHS);
    // A node that was closed meanwhile, or keeps nothing: its rows have no line.
    const got = await request("curves.get", { nodeId, paths, pods: [], from: LATEST }).catch(() => null);
    if (got === null) continue;
    const blocks = withAnswer([] as KnownBlock[], got).map(({ block }) => block);
    for (const path of paths) {
      const line = lineOf(
        seriesOf(blocks, (group) => group.path === path),
        "memory",
      );
      if (line.values.some((value) => !Number.isNaN(value))) lines[keyOf(nodeId, path)] = line;
    }
  }
  asking = false;
  useSparks.setState(lines, true);
  if (shown.size > 0) later(EVERY_MS);
}

function later(ms: number): void {
  if (asking) return;
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), ms);
}

/** undefined until it is known, and where nothing is kept. */
export function useSpark(nodeId: string, path: string | undefined): Line | undefined {
  const line = useSparks((sparks) => (path === undefined ? undefined : sparks[keyOf(nodeId, path)]));
  useEffect(() => {
    if (path === undefined) return;
    const counts = shown.get(nodeId) ?? new Map<string, number>();
    shown.set(nodeId, counts);
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (useSparks.getState()[keyOf(nodeId, path)] === undefined) later(SOON_MS);
    return () => {
      const left = (counts.get(path) ?? 1) - 1;
      if (left > 0) counts.set(path, left);
      else counts.delete(path);
      if (counts.size === 0 && shown.get(nodeId) === counts) shown.delete(nodeId);
    };
  }, [nodeId, path]);
  return line;
}
