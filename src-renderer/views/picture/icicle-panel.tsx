import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { worstStall } from "../../../src-shared/cgroups/stall.ts";
import { bytes, inert, inertPath, percent } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { CgroupReport } from "../../../src-shared/reports.ts";
import type { Paintable } from "../../drawing/canvas-export.ts";
import { barAt, type IcicleBar, icicle, parentOf } from "../../drawing/icicle.ts";
import type { Measure } from "../../drawing/node/measure.ts";
import { type IcicleView, paintIcicle } from "../../drawing/paint-icicle.ts";
import { onPixelRatioChange } from "../../drawing/pixels.ts";
import { onThemeChange, themeOf } from "../../drawing/theme.ts";
import type { Steady } from "../../state/steady.ts";
import "./icicle.css";

/** Narrower bars are less than a hair on the widest screen, until one goes in. */
const LEAST = 1 / 20_000;

export interface IcicleProps {
  snapshot: Snapshot;
  /** What of it is shown, and what of that has gone. */
  steady: Steady<CgroupReport>;
  /** A pointer rests here: what is under it stays there. */
  frozen: boolean;
  onOver: (over: boolean) => void;
  measure: Measure;
  /** At most. */
  rows: number;
  rowHeight: number;
  selected: string | null;
  hovered: string | null;
  onHover: (path: string | null) => void;
  onSelect: (path: string) => void;
  /** Gives it to be painted elsewhere too. */
  ref?: Ref<{ paintable: () => Paintable | undefined }>;
}

/** The node's cgroups, parents above children. A double click or Enter goes into one; Backspace comes out. */
export function Icicle(props: IcicleProps) {
  const { snapshot, steady, frozen, measure, rowHeight, selected, hovered, onOver, onHover, onSelect } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [inside, setInside] = useState("/");
  const { items: reports, gone } = steady;
  const before = useRef<IcicleBar[]>([]);
  // Under the pointer bars keep their places; their shades and words go on.
  const all = useMemo(() => {
    const kept = frozen ? before.current : [];
    before.current = kept.length > 0 ? renewedBars(kept, reports) : icicle(reports, LEAST);
    return before.current;
  }, [reports, frozen]);
  const rows = useMemo(
    () => Math.min(props.rows, 1 + all.reduce((most, bar) => Math.max(most, bar.depth), 0)),
    [all, props.rows],
  );
  const byPath = useMemo(() => new Map(all.map((bar) => [bar.path, bar])), [all]);
  const focus = byPath.get(inside) ?? byPath.get("/");
  const view: IcicleView = {
    x0: focus?.x0 ?? 0,
    x1: focus?.x1 ?? 1,
    top: Math.max(0, (focus?.depth ?? 0) - (inside === "/" ? 0 : 1)),
    rows,
    rowHeight,
  };

  useImperativeHandle(props.ref, () => ({
    paintable: () => {
      const element = canvas.current?.parentElement;
      if (!element) return undefined;
      const size = { width: element.clientWidth, height: rows * rowHeight };
      return {
        element,
        size,
        paint: (ctx, dpr, theme) => {
          const plain = { selected: null, hovered: null, lit: null, gone };
          paintIcicle(ctx, size, dpr, all, view, measure, snapshot.node.memoryBytes, theme, plain);
          return false;
        },
        done: () => {},
      };
    },
  }));
  const paint = useRef(() => {});
  paint.current = () => {
    const surface = canvas.current;
    const ctx = surface?.getContext("2d", { alpha: false });
    if (!surface || !ctx) return;
    const size = { width: surface.parentElement!.clientWidth, height: rows * rowHeight };
    if (size.width === 0) return;
    surface.width = Math.round(size.width * devicePixelRatio);
    surface.height = Math.round(size.height * devicePixelRatio);
    const lit = hovered === null ? null : line(hovered, byPath);
    paintIcicle(
      ctx,
      size,
      devicePixelRatio,
      all,
      view,
      measure,
      snapshot.node.memoryBytes,
      themeOf(surface.parentElement!),
      {
        selected,
        hovered,
        lit,
        gone,
      },
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these is a reason to paint
  useEffect(() => paint.current(), [all, measure, selected, hovered, inside, rows, rowHeight]);
  useEffect(() => {
    const resized = new ResizeObserver(() => paint.current());
    resized.observe(canvas.current!.parentElement!);
    const unwatch = onThemeChange(() => paint.current());
    const unzoomed = onPixelRatioChange(() => paint.current());
    return () => {
      resized.disconnect();
      unzoomed();
      unwatch();
    };
  }, []);

  const at = (event: { clientX: number; clientY: number }): IcicleBar | undefined => {
    const { left, top, width } = canvas.current!.getBoundingClientRect();
    const x = view.x0 + ((event.clientX - left) / width) * (view.x1 - view.x0);
    return barAt(all, x, view.top + Math.floor((event.clientY - top) / rowHeight));
  };
  const keyDown = (event: KeyboardEvent) => {
    const from = byPath.get(selected ?? inside) ?? byPath.get("/");
    if (event.key === "Enter" && selected !== null) setInside(selected);
    else if (event.key === "Backspace") setInside(parentOf(inside) ?? "/");
    else if (from && event.key.startsWith("Arrow")) {
      const next = step(all, from, event.key);
      if (next) onSelect(next.path);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = byPath.get(hovered ?? selected ?? "");
  return (
    <div
      className="icicle"
      role="listbox"
      tabIndex={0}
      aria-label="Cgroups by memory"
      aria-activedescendant="icicle-active"
      onKeyDown={keyDown}
    >
      <canvas
        ref={canvas}
        onPointerEnter={() => onOver(true)}
        onPointerMove={(event) => onHover(at(event)?.path ?? null)}
        onPointerLeave={() => {
          onOver(false);
          onHover(null);
        }}
        onClick={(event) => {
          const bar = at(event);
          if (bar) onSelect(bar.path);
        }}
        onDoubleClick={(event) => setInside(at(event)?.path ?? "/")}
      />
      {/* biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names its active option */}
      <div className="hidden-words" role="option" id="icicle-active" aria-selected={selected !== null}>
        {barWords((byPath.get(selected ?? inside) ?? byPath.get("/"))?.report)}
      </div>
      <p className="icicle-words" aria-hidden="true">
        {shown ? barWords(shown.report) : inside === "/" ? "" : `inside ${inertPath(inside, 90)}; Backspace leaves`}
      </p>
    </div>
  );
}

/** The same bars at the same places, told by newer reports. */
function renewedBars(bars: readonly IcicleBar[], reports: readonly CgroupReport[]): IcicleBar[] {
  const byPath = new Map(reports.map((report) => [report.path, report]));
  return bars.map((bar) => ({ ...bar, report: byPath.get(bar.path) ?? bar.report }));
}

/** A cgroup, what is above it and what is below it. */
function line(path: string, bars: ReadonlyMap<string, IcicleBar>): ReadonlySet<string> {
  const lit = new Set<string>();
  for (let above: string | undefined = path; above !== undefined; above = parentOf(above)) lit.add(above);
  for (const other of bars.keys()) if (path === "/" || other.startsWith(`${path}/`)) lit.add(other);
  return lit;
}

function step(bars: readonly IcicleBar[], from: IcicleBar, key: string): IcicleBar | undefined {
  if (key === "ArrowUp") return bars.find((bar) => bar.path === parentOf(from.path));
  if (key === "ArrowDown")
    return bars.find((bar) => bar.depth === from.depth + 1 && bar.x0 >= from.x0 - 1e-12 && bar.x1 <= from.x1 + 1e-12);
  const row = bars.filter((bar) => bar.depth === from.depth);
  return row[row.indexOf(from) + (key === "ArrowRight" ? 1 : -1)];
}

function barWords(report: CgroupReport | undefined): string {
  if (!report) return "";
  const { path, usage, effective, pressure } = report;
  const limit = effective.memoryMaxBytes;
  const parts = [path.endsWith(report.name) ? "" : inert(report.name, 80), inertPath(path, 90)].filter(Boolean);
  if (usage.memoryBytes !== undefined) {
    const of =
      limit === undefined ? ", no limit" : ` of ${bytes(limit.value)}, ${percent(usage.memoryBytes / limit.value)}`;
    parts.push(`${bytes(usage.memoryBytes)}${of}`);
  }
  const stall = worstStall(pressure);
  if (stall !== undefined && stall.percent > 0)
    parts.push(`waits for ${stall.what} ${percent(stall.percent / 100)} of the time`);
  return parts.join(" · ");
}
