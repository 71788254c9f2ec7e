/** What stands around curves: what each is and says at a moment, the axis with its events, and the same as a table. */
import { memo } from "react";
import { inert } from "../../src-shared/format.ts";
import { type Chart, type Charts, type Curve, valueAt } from "../drawing/curves/charts.ts";
import { ticksOf } from "../drawing/curves/scale.ts";
import type { Moment } from "../state/happened.ts";

const TABLE_ROWS = 30;
/** Half the width of "12:34:56" on the axis, at the largest text (px). */
const HALF_A_TIME = 40;

export const clock = (atMs: number): string => new Date(atMs).toLocaleTimeString("en-GB");

/** What a chart's lines are and say at a moment; `named`: those whose names stand above all charts. */
export function Legend({ chart, atMs, named }: { chart: Chart; atMs: number; named?: ReadonlyMap<string, Curve> }) {
  return (
    <p className="cv-legend">
      <b>{chart.title}</b>
      {chart.curves.map((one) => (
        <span key={keyOf(one)} className="cut" title={inert(one.name, 80)}>
          <Swatch curve={one} />
          {!named?.has(keyOf(one)) && `${inert(one.name, 40)} `}
          <b className="num">{valueAt(chart, one, atMs)}</b>
        </span>
      ))}
    </p>
  );
}

/** Which line is whose, once for all charts that have it; one alone needs no telling apart. */
export function Named({ curves }: { curves: ReadonlyMap<string, Curve> }) {
  if (curves.size < 2) return null;
  return (
    <p className="cv-legend cv-named cut">
      {[...curves].map(([key, one]) => (
        <span key={key}>
          <Swatch curve={one} />
          {inert(one.name, 40)}
        </span>
      ))}
    </p>
  );
}

const Swatch = ({ curve: { role, place } }: { curve: Curve }) => (
  <svg className="cv-key" viewBox="0 0 18 8" aria-hidden="true">
    <path className={`cv-line ${role} p${place}`} d="M1 4H17" />
  </svg>
);

/** Lines that more than one chart has: the subject's own and those of what lies in it. */
export function namedOnce({ charts }: Charts): Map<string, Curve> {
  const seen = new Set<string>();
  const found = new Map<string, Curve>();
  for (const one of charts.flatMap(({ curves }) => curves)) {
    const key = keyOf(one);
    if (one.role !== "limit" && seen.has(key)) found.set(key, one);
    seen.add(key);
  }
  return found;
}

const keyOf = ({ role, place, name }: Curve): string => `${role} ${place} ${name}`;

interface AxisProps {
  fromMs: number;
  toMs: number;
  width: number;
  marks: readonly Moment[];
}

export const Axis = memo(function Axis({ fromMs, toMs, width, marks }: AxisProps) {
  const share = (ms: number) => (ms - fromMs) / Math.max(1, toMs - fromMs);
  const left = (ms: number) => `${share(ms) * 100}%`;
  /** Half of a time's words stands on each side of its place. */
  const fits = ({ atMs }: { atMs: number }) => Math.min(share(atMs), 1 - share(atMs)) * width >= HALF_A_TIME;
  return (
    <div className="cv-axis" aria-hidden="true">
      {marks.map((mark, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: two of a moment may say the same
          key={i}
          className={`cv-mark ${mark.kind === "oom-kill" || /OOM/.test(mark.text) ? "bad" : ""}`}
          style={{ left: left(mark.atMs) }}
          title={`${clock(mark.atMs)} ${inert(mark.text, 200)}`}
        />
      ))}
      {ticksOf(fromMs, toMs, Math.max(2, Math.floor(width / 72)))
        .filter(fits)
        .map(({ atMs, seconds }) => (
          <span key={atMs} className="cv-tick" style={{ left: left(atMs) }}>
            {clock(atMs).slice(0, seconds ? 8 : 5)}
          </span>
        ))}
    </div>
  );
});

/** The same in words: so many moments of the stretch, and every event in it. */
export function Table({ charts: { charts }, fromMs, toMs, marks }: { charts: Charts } & Omit<AxisProps, "width">) {
  const step = Math.max(1000, (toMs - fromMs) / TABLE_ROWS);
  const moments: number[] = [];
  for (let atMs = toMs; atMs >= fromMs; atMs -= step) moments.push(atMs);
  const columns = charts.flatMap((chart) => chart.curves.map((one) => ({ chart, one })));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="cv-table" tabIndex={0} aria-label="Curves as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">at</th>
            {columns.map(({ chart, one }) => (
              <th scope="col" className="num" key={`${chart.title} ${keyOf(one)}`}>
                {chart.title}: {inert(one.name, 40)}
              </th>
            ))}
            <th scope="col">what happened since the row below</th>
          </tr>
        </thead>
        <tbody>
          {moments.map((atMs) => (
            <tr key={atMs}>
              <th scope="row">{clock(atMs)}</th>
              {columns.map(({ chart, one }) => (
                <td className="num" key={`${chart.title} ${keyOf(one)}`}>
                  {valueAt(chart, one, atMs)}
                </td>
              ))}
              <td>
                {marks
                  .filter((mark) => mark.atMs <= atMs && mark.atMs > atMs - step)
                  .map(({ text }) => inert(text, 120))
                  .join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
