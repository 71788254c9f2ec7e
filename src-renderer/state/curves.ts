/** Curves of what is kept of a node, as far as somebody looks: asked for again while they grow. */
import { useEffect, useMemo, useState } from "react";
import type { CurvesKept } from "../../src-shared/api.ts";
import { type Block, unpackBlock } from "../../src-shared/curves/block.ts";
import { request } from "./client.ts";
import { useNode } from "./nodes.ts";

/** How often a live node's are asked for. */
const EVERY_MS = 2_000;

export interface KnownBlock {
  number: number;
  block: Block;
}

/** What is known, with what an answer brought: the last block grows, the oldest go. Throws RangeError. Pure. */
export function withAnswer(known: readonly KnownBlock[], { first, blocks }: CurvesKept): KnownBlock[] {
  const fresh = blocks.map(({ number, base64 }) => ({ number, block: unpackBlock(bytesOf(base64)) }));
  const from = fresh[0]?.number ?? Number.POSITIVE_INFINITY;
  return [...known.filter(({ number }) => number >= first && number < from), ...fresh];
}

const bytesOf = (base64: string): Uint8Array => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

export interface Kept {
  blocks: readonly Block[];
  state: "asking" | "here" | "nothing kept" | "failed";
  /** Why it failed, in a sentence. */
  why?: string;
}

const NONE: Kept = { blocks: [], state: "asking" };

/** The curves of groups by their paths, and of all groups of some pods. */
export function useCurves(nodeId: string, paths: readonly string[], pods: readonly string[]): Kept {
  const [kept, setKept] = useState<Kept>(NONE);
  const live = useNode(nodeId)?.state.recording === undefined;
  const wanted = useMemo(() => JSON.stringify([paths, pods]), [paths, pods]);
  useEffect(() => {
    let known: KnownBlock[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    setKept(NONE);
    const [ofPaths, ofPods] = JSON.parse(wanted) as [string[], string[]];
    const ask = async () => {
      const from = known.at(-1)?.number ?? 0;
      const got = await request("curves.get", { nodeId, paths: ofPaths, pods: ofPods, from });
      if (ended) return;
      if (got !== null) known = withAnswer(known, got);
      setKept({ blocks: known.map(({ block }) => block), state: got === null ? "nothing kept" : "here" });
      if (got?.more) await ask();
      else if (live && got !== null) timer = setTimeout(begin, EVERY_MS);
    };
    const begin = () =>
      void ask().catch((error: unknown) => {
        if (!ended)
          setKept({ blocks: [], state: "failed", why: error instanceof Error ? error.message : String(error) });
      });
    begin();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [nodeId, live, wanted]);
  return kept;
}
