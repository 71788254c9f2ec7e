import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { useNode } from "../../state/nodes.ts";
import { go, useRoute } from "../../state/route.ts";
import { keepSnapshot } from "../../state/snapshots.ts";
import { Icon } from "../../ui/icons.tsx";
import { Button, IconButton } from "../../ui/parts.tsx";
import {
  clusters,
  elapsed,
  latestMark,
  type Mark,
  momentAt,
  nextMark,
  previousMark,
  type Span,
  shareOf,
} from "./track.ts";
import "./timeline.css";

const SPEEDS = [1, 10, 60] as const;
/** How often a playing recording moves on: four pictures a second are enough to follow, and leave time to draw them. */
const STEP_MS = 250;

/** What there is to go through; times in milliseconds from its start. */
export interface Way {
  name: string;
  endMs: number;
  atMs: number;
  marks: readonly Mark[];
  /** Shows a moment in the whole window; settles when it is shown. */
  show(atMs: number): Promise<unknown>;
  /** A moment, without going there; undefined where it could not be had. */
  snapshotAt(atMs: number): Promise<Snapshot | undefined>;
}

export function Track({ nodeId, way, children }: { nodeId: string; way: Way; children?: ReactNode }) {
  const { marks, endMs } = way;
  const span: Span = { startMs: 0, endMs };
  const [wanted, setWanted] = useState<number>();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(10);
  const at = wanted ?? way.atMs;
  const seek = useSeek(way.show, setWanted);
  const held = useRef({ at, endMs, speed });
  held.current = { at, endMs, speed };
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      const now = held.current;
      const next = Math.min(now.endMs, now.at + STEP_MS * now.speed);
      seek(next);
      if (next >= now.endMs) setPlaying(false);
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [playing, seek]);

  const track = useRef<HTMLDivElement>(null);
  const [dragging, setDragging] = useState(false);
  const point = (event: PointerEvent) => {
    const { left, width } = track.current!.getBoundingClientRect();
    seek(momentAt(span, (event.clientX - left) / Math.max(1, width)));
  };
  const step = (mark: { atMs: number } | undefined) => {
    setPlaying(false);
    if (mark) seek(mark.atMs);
  };
  const keyDown = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 60_000 : 1000;
    if (event.key === "ArrowRight") seek(Math.min(endMs, at + by));
    else if (event.key === "ArrowLeft") seek(Math.max(0, at - by));
    else if (event.key === "Home") seek(0);
    else if (event.key === "End") seek(endMs);
    else if (event.key === "PageDown") step(nextMark(marks, at));
    else if (event.key === "PageUp") step(previousMark(marks, at));
    else if (event.key === " ") setPlaying(!playing);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const latest = latestMark(marks, at);
  const next = nextMark(marks, at);
  return (
    <section className="timeline" aria-label={way.name}>
      <IconButton
        icon={playing ? "pause" : "play"}
        label={playing ? "Stop" : "Play"}
        onClick={() => {
          if (!playing && at >= endMs) seek(0);
          setPlaying(!playing);
        }}
      />
      <button
        type="button"
        className="tl-speed"
        title="How fast it plays"
        aria-label={`Plays ${speed} times as fast`}
        onClick={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
      >
        {speed}×
      </button>
      <IconButton
        icon="left"
        label="The change before (Page up)"
        disabled={!previousMark(marks, at)}
        onClick={() => step(previousMark(marks, at))}
      />
      <IconButton icon="right" label="The next change (Page down)" disabled={!next} onClick={() => step(next)} />
      <span className="tl-time">{elapsed(at)}</span>
      <div
        className="tl-track"
        ref={track}
        role="slider"
        tabIndex={0}
        aria-label={`Moment of the ${way.name.toLowerCase()}`}
        aria-valuemin={0}
        aria-valuemax={Math.round(endMs / 1000)}
        aria-valuenow={Math.round(at / 1000)}
        aria-valuetext={`${elapsed(at)} of ${elapsed(endMs)}${latest ? `, after: ${inert(latest.text, 120)}` : ""}`}
        onKeyDown={keyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setPlaying(false);
          setDragging(true);
          point(event);
        }}
        onPointerMove={(event) => {
          if (dragging) point(event);
        }}
        onPointerUp={() => setDragging(false)}
        onPointerCancel={() => setDragging(false)}
      >
        <span className="tl-line" />
        <span className="tl-done" style={{ width: `${shareOf(span, at) * 100}%` }} />
        {clusters(span, marks, 0.008).map((cluster) => (
          <span
            key={cluster.share}
            className={`tl-mark ${cluster.marks.some(isTrouble) ? "bad" : ""}`}
            style={{ left: `${cluster.share * 100}%` }}
            title={cluster.marks.map(({ text, atMs }) => `${elapsed(atMs)} ${inert(text, 120)}`).join("\n")}
          />
        ))}
        <span className="tl-knob" style={{ left: `${shareOf(span, at) * 100}%` }} />
      </div>
      <span className="tl-time dim">{elapsed(endMs)}</span>
      <span className={`tl-latest cut ${latest && isTrouble(latest) ? "bad" : ""}`}>
        {latest && (
          <>
            <Icon name={isTrouble(latest) ? "warn" : "info"} /> {inert(latest.text, 120)}
          </>
        )}
      </span>
      <CompareMoments nodeId={nodeId} at={at} way={way} />
      {children}
    </section>
  );
}

const isTrouble = ({ text }: { text: string }): boolean => /died|dead|OOM|kill|ended/i.test(text);

/** Seeks one at a time: while one is under way only the latest wanted is kept, so dragging never queues up. */
function useSeek(
  go: (atMs: number) => Promise<unknown>,
  show: (at: number | undefined) => void,
): (atMs: number) => void {
  const state = useRef<{ busy: boolean; next?: number }>({ busy: false });
  const seek = useRef((_at: number) => {});
  seek.current = (atMs) => {
    show(atMs);
    const now = state.current;
    if (now.busy) {
      now.next = atMs;
      return;
    }
    now.busy = true;
    void go(atMs).finally(() => {
      now.busy = false;
      const next = now.next;
      now.next = undefined;
      if (next === undefined) show(undefined);
      else seek.current(next);
    });
  };
  const [stable] = useState(() => (atMs: number) => seek.current(atMs));
  return stable;
}

/** Keeps this moment; with one kept, puts the pod one looks at beside itself then. */
function CompareMoments({ nodeId, at, way }: { nodeId: string; at: number; way: Way }) {
  const [kept, setKept] = useState<number>();
  const [busy, setBusy] = useState(false);
  const { params } = useRoute();
  const snapshot = useNode(nodeId)?.snapshot;
  const pod = snapshot?.pods.find(({ key }) => key === params.pod) ?? snapshot?.pods[0];
  const keep = async (atMs: number): Promise<string | undefined> => {
    const got = await way.snapshotAt(atMs);
    return got && keepSnapshot(nodeId, `at ${elapsed(atMs)}`, got);
  };
  const compare = async (first: number) => {
    if (!pod) return;
    setBusy(true);
    const [leftKept, rightKept] = await Promise.all([keep(Math.min(first, at)), keep(Math.max(first, at))]);
    setBusy(false);
    if (leftKept === undefined || rightKept === undefined) return;
    const side = `${nodeId} ${pod.key}`;
    go("compare", { nodeId, params: { left: side, right: side, leftKept, rightKept } });
  };
  return kept === undefined ? (
    <Button
      kind="quiet"
      icon="clock"
      title="Keep this moment, go to another, and compare the two"
      onClick={() => setKept(at)}
    >
      Keep
    </Button>
  ) : (
    <>
      <Button
        kind="quiet"
        icon="swap"
        disabled={busy || !pod || Math.abs(kept - at) < 1}
        title={pod ? `${inert(pod.name, 60)} at both moments` : "There is no pod to compare"}
        onClick={() => void compare(kept)}
      >
        with {elapsed(kept)}
      </Button>
      <IconButton icon="cross" label="Forget the kept moment" onClick={() => setKept(undefined)} />
    </>
  );
}
