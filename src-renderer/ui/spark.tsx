/** The memory of a group over the last minutes, as small as a word; without it nothing is drawn. */
import { memo } from "react";
import { piecesOf } from "../../src-shared/curves/thin.ts";
import { bytesShort } from "../../src-shared/format.ts";
import { useSpark } from "../state/sparks.ts";
import "../drawing/curves/curves.css";
import "./curves.css";

const MINUTES = 5;
const WIDTH = 72;
const HEIGHT = 18;

/** From its lowest to its highest, so that a change is seen; a level that hardly moves lies flat in the middle. */
export const Spark = memo(function Spark({ nodeId, path }: { nodeId: string; path: string | undefined }) {
  const line = useSpark(nodeId, path);
  if (line === undefined) return null;
  const toMs = line.times.at(-1) ?? 0;
  const fromMs = toMs - MINUTES * 60_000;
  const pieces = piecesOf(line, fromMs, toMs, WIDTH / 2);
  const values = pieces.flat().flatMap(([atMs, value]) => (atMs >= fromMs ? [value] : []));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return null;
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2, middle * 0.02, 1);
  const x = (atMs: number) => (((atMs - fromMs) / (toMs - fromMs)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT / 2 - ((value - middle) / half) * (HEIGHT / 2 - 2)).toFixed(1);
  const words = low === high ? `${bytesShort(low)} throughout` : `between ${bytesShort(low)} and ${bytesShort(high)}`;
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{`Memory in the last ${MINUTES} min: ${words}`}</title>
      <path
        className="cv-line main"
        vectorEffect="non-scaling-stroke"
        d={pieces
          .map((piece) => piece.map(([atMs, value], i) => `${i === 0 ? "M" : "L"}${x(atMs)} ${y(value)}`).join(""))
          .join("")}
      />
    </svg>
  );
});
