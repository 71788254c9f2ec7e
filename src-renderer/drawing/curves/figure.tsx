/** One chart as SVG: a line a curve with a hole wherever it was not read, limits dashed, stretches away hatched. */
import { memo } from "react";
import { piecesOf } from "../../../src-shared/curves/thin.ts";
import type { Chart, Charts } from "./charts.ts";
import { topOf } from "./scale.ts";
import "./curves.css";

export interface FigureProps {
  chart: Chart;
  away: Charts["away"];
  fromMs: number;
  toMs: number;
  width: number;
  height: number;
}

export const CurvesFigure = memo(function CurvesFigure({ chart, away, fromMs, toMs, width, height }: FigureProps) {
  const top = topOf(chart, fromMs, toMs);
  const x = (atMs: number) => ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * width;
  const y = (value: number) => height - 1 - (value / top) * (height - 2);
  return (
    <svg className="cv-figure" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {away
        .filter((one) => one.toMs > fromMs && one.fromMs < toMs)
        .map((one) => (
          <rect
            key={one.fromMs}
            className="cv-away"
            x={x(one.fromMs)}
            width={Math.max(1, x(one.toMs) - x(one.fromMs))}
            height={height}
          />
        ))}
      <path className="cv-ground" d={`M0 ${height - 0.5}H${width}`} />
      {chart.curves.map(({ name, role, place, line }) => (
        <path
          key={`${role} ${place} ${name}`}
          className={`cv-line ${role} p${place}`}
          d={piecesOf(line, fromMs, toMs, width)
            .map((piece) => pathOf(piece.map(([atMs, value]) => [x(atMs), y(value)])))
            .join("")}
        />
      ))}
      <text className="cv-top" x={width - 2} y={9}>
        {chart.words(top)}
      </text>
    </svg>
  );
});

/** A piece of one reading is a dot: a line of no length with round ends. */
const pathOf = (points: [number, number][]): string =>
  points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("") +
  (points.length === 1 ? "h0.01" : "");
