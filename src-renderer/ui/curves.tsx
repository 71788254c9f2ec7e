/**
 * The curves of one subject, small and side by side on one axis of time (below each other where it is narrow): what the pointer or the arrows rest on is read in all
 * of them, a stretch that is drawn over is enlarged, events stand as marks, and a table says the same in words.
 */
import { type KeyboardEvent, type PointerEvent, type RefObject, useMemo, useRef, useState } from "react";
import type { Block } from "../../src-shared/curves/block.ts";
import { inert } from "../../src-shared/format.ts";
import { type Charts, chartsOf, type Subject, valueAt } from "../drawing/curves/charts.ts";
import { CurvesFigure } from "../drawing/curves/figure.tsx";
import { type Kept, useCurves } from "../state/curves.ts";
import { useMoments } from "../state/happened.ts";
import { showMoment } from "../state/moments.ts";
import { useNode } from "../state/nodes.ts";
import { Axis, clock, Legend, Named, namedOnce, Table } from "./curves-parts.tsx";
import { Button } from "./parts.tsx";
import { useWidth } from "./width.ts";
import "./curves.css";

export interface CurvesProps {
  nodeId: string;
  /** Groups and pods whose curves are asked for; the same lists while they say the same. */
  paths: readonly string[];
  pods: readonly string[];
  main: Subject;
  parts?: readonly Subject[];
  /** Whose events are marked: of this pod, else all. */
  podKey?: string;
}

const HEIGHT = 44;
/** A chart narrower than this tells little, and more than three side by side are read as none (px). */
const NARROWEST = 208;
const MOST_COLUMNS = 3;
const GAP = 16;
/** A stretch shorter than this (ms) is not enlarged further. */
const LEAST_SPAN_MS = 4_000;

export function Curves(props: CurvesProps) {
  const { nodeId, paths, pods, main, parts } = props;
  const kept = useCurves(nodeId, paths, pods);
  const charts = useMemo(() => safely(kept.blocks, main, parts), [kept.blocks, main, parts]);
  const why = troubleOf(kept, charts);
  if (why !== undefined || charts?.span === undefined) return <p className="dim note">{why ?? "…"}</p>;
  return <Plots {...props} charts={charts} span={charts.span} />;
}

/** undefined where a block says what no curve can be drawn of. */
function safely(blocks: readonly Block[], main: Subject, parts?: readonly Subject[]): Charts | undefined {
  try {
    return chartsOf(blocks, main, parts);
  } catch {
    return undefined;
  }
}

function troubleOf({ state, why }: Kept, charts: Charts | undefined): string | undefined {
  if (state === "asking") return "Reading what is kept …";
  if (state === "failed") return `The curves could not be read: ${inert(why ?? "", 300)}`;
  if (state === "nothing kept")
    return "Curves are drawn of what is kept of a live node, or of a recording. Settings say how long it is kept.";
  if (charts === undefined) return "The curves are damaged, and are not drawn.";
  if (charts.span === undefined || charts.charts.length === 0) return "Nothing is kept of it yet.";
  return undefined;
}

const leftOf = (ref: RefObject<HTMLElement | null>): number => ref.current?.getBoundingClientRect().left ?? 0;

interface PlotsProps extends CurvesProps {
  charts: Charts;
  span: { fromMs: number; toMs: number };
}

function Plots({ nodeId, main, podKey, charts, span }: PlotsProps) {
  const root = useRef<HTMLDivElement>(null);
  const room = Math.max(120, useWidth(root) ?? 320);
  const fit = Math.floor((room + GAP) / (NARROWEST + GAP));
  const columns = Math.max(1, Math.min(MOST_COLUMNS, charts.charts.length, fit));
  const width = (room - GAP * (columns - 1)) / columns;
  const named = useMemo(() => namedOnce(charts), [charts]);
  const events = useMoments(nodeId, podKey);
  const past = useNode(nodeId)?.past?.atMs;
  const [view, setView] = useState<{ fromMs: number; toMs: number }>();
  const [cursor, setCursor] = useState<number>();
  /** Where it began, and over which column: it stays on that one's axis. */
  const [drag, setDrag] = useState<{ atMs: number; column: number }>();
  const [table, setTable] = useState(false);
  const { fromMs, toMs } = view ?? span;
  const marks = useMemo(
    () =>
      [...events, ...charts.steps]
        .filter((one) => one.atMs >= fromMs && one.atMs <= toMs)
        .sort((a, b) => a.atMs - b.atMs),
    [events, charts.steps, fromMs, toMs],
  );
  const atMs = cursor ?? past ?? toMs;
  const x = (ms: number) => ((ms - fromMs) / Math.max(1, toMs - fromMs)) * width;
  const left = (column: number) => column * (width + GAP);
  const columnOf = (event: PointerEvent) =>
    Math.min(columns - 1, Math.max(0, Math.floor((event.clientX - leftOf(root)) / (width + GAP))));
  const momentOf = (event: PointerEvent, column = columnOf(event)) => {
    const share = (event.clientX - leftOf(root) - left(column)) / width;
    return fromMs + Math.min(1, Math.max(0, share)) * (toMs - fromMs);
  };
  const each = Array.from({ length: columns }, (_, column) => column);
  const enlarge = (a: number, b: number) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    setView(to - from < LEAST_SPAN_MS ? view : { fromMs: from, toMs: to });
  };
  const around = (by: number) => {
    const half = ((toMs - fromMs) * by) / 2;
    const middle = Math.min(Math.max(atMs, span.fromMs + half), span.toMs - half);
    if (2 * half >= span.toMs - span.fromMs) setView(undefined);
    else enlarge(middle - half, middle + half);
  };
  const keyDown = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 60_000 : 1000;
    const to = (ms: number | undefined) => ms !== undefined && setCursor(Math.min(Math.max(ms, fromMs), toMs));
    if (event.key === "ArrowLeft") to(atMs - by);
    else if (event.key === "ArrowRight") to(atMs + by);
    else if (event.key === "Home") to(fromMs);
    else if (event.key === "End") to(toMs);
    else if (event.key === "[") to(marks.findLast((one) => one.atMs < atMs - 0.5)?.atMs);
    else if (event.key === "]") to(marks.find((one) => one.atMs > atMs + 0.5)?.atMs);
    else if (event.key === "+" || event.key === "=") around(0.5);
    else if (event.key === "-") around(2);
    else if (event.key === "0") setView(undefined);
    else if (event.key === "Enter") void showMoment(nodeId, atMs);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** At now there is nearly always an event near: whose line is whose is wanted more. */
  const pointed = cursor !== undefined || past !== undefined;
  const near = marks.findLast((one) => Math.abs(one.atMs - atMs) <= Math.max(1000, ((toMs - fromMs) / width) * 4));
  const spoken = charts.charts
    .map(
      (chart) => `${chart.title} ${chart.curves.map((one) => `${one.name} ${valueAt(chart, one, atMs)}`).join(", ")}`,
    )
    .join("; ");
  return (
    <section className="cv" aria-label={`Curves of ${main.name}`}>
      <div className="cv-head">
        <b>{pointed ? clock(atMs) : "Now"}</b>
        {near && pointed ? <span className="cut dim">{inert(near.text, 200)}</span> : <Named curves={named} />}
        <span className="sep" />
        {view && (
          <Button kind="quiet" onClick={() => setView(undefined)}>
            All of it
          </Button>
        )}
        <Button
          kind="quiet"
          icon="clock"
          disabled={cursor === undefined}
          title="The whole node as it was at this moment"
          onClick={() => void showMoment(nodeId, atMs)}
        >
          Look back
        </Button>
        <Button kind="quiet" icon="list" aria-pressed={table} onClick={() => setTable(!table)}>
          Table
        </Button>
      </div>
      <div
        ref={root}
        className="cv-plots"
        role="slider"
        tabIndex={0}
        aria-label={`Moment of the curves of ${main.name}`}
        aria-valuemin={0}
        aria-valuemax={Math.round((span.toMs - span.fromMs) / 1000)}
        aria-valuenow={Math.round(Math.max(0, atMs - span.fromMs) / 1000)}
        aria-valuetext={`${clock(atMs)}${near ? `, ${inert(near.text, 120)}` : ""}; ${inert(spoken, 900)}`}
        onKeyDown={keyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ atMs: momentOf(event), column: columnOf(event) });
        }}
        onPointerMove={(event) => setCursor(momentOf(event, drag?.column))}
        onPointerUp={(event) => {
          const to = momentOf(event, drag?.column);
          if (drag !== undefined && Math.abs(x(to) - x(drag.atMs)) > 5) enlarge(drag.atMs, to);
          setDrag(undefined);
        }}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => drag === undefined && setCursor(undefined)}
        onDoubleClick={() => setView(undefined)}
      >
        <div className="cv-small" style={{ gridTemplateColumns: `repeat(${columns}, ${width}px)`, columnGap: GAP }}>
          {charts.charts.map((chart) => (
            <div key={chart.title} className="cv-chart">
              <Legend chart={chart} atMs={atMs} named={named} />
              <CurvesFigure
                chart={chart}
                away={charts.away}
                fromMs={fromMs}
                toMs={toMs}
                width={width}
                height={HEIGHT}
              />
            </div>
          ))}
        </div>
        <div className="cv-axes" style={{ gridTemplateColumns: `repeat(${columns}, ${width}px)`, columnGap: GAP }}>
          {each.map((column) => (
            <Axis key={column} fromMs={fromMs} toMs={toMs} width={width} marks={marks} />
          ))}
        </div>
        {drag !== undefined && cursor !== undefined && (
          <span
            className="cv-brush"
            style={{
              left: left(drag.column) + Math.min(x(drag.atMs), x(cursor)),
              width: Math.abs(x(cursor) - x(drag.atMs)),
            }}
          />
        )}
        {(cursor !== undefined || past !== undefined) &&
          atMs >= fromMs &&
          atMs <= toMs &&
          each.map((column) => <span key={column} className="cv-cursor" style={{ left: left(column) + x(atMs) }} />)}
      </div>
      {table && <Table charts={charts} fromMs={fromMs} toMs={toMs} marks={marks} />}
    </section>
  );
}
