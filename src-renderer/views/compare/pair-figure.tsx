import { type RefObject, useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import { cropPath, type Pair, type PairRow } from "../../drawing/pair.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { clip } from "../../drawing/text-width.ts";
import { type IconName, iconShape } from "../../ui/icons.tsx";

/** The two diagrams with their names between them: a name is said once, and stands for both sides. */
export function PairFigure({
  pair,
  names,
  figure,
}: {
  pair: Pair;
  names: { left: string; right: string; leftNode: string; rightNode: string };
  figure: RefObject<HTMLDivElement | null>;
}) {
  const { left, right } = pair;
  const labels = useMemo(() => labelsOf(pair, names), [pair, names]);
  return (
    <div
      className="pair"
      ref={figure}
      style={{
        gridTemplateColumns: [left.layout.width, NAMES, right.layout.width]
          .map((width) => `minmax(0, ${width}fr)`)
          .join(" "),
        maxWidth: `${(left.layout.width + NAMES + right.layout.width) / 16}rem`,
      }}
    >
      <RailsFigure layout={left.layout} same={left.same} name={names.left} label={`${names.left}, on the left`}>
        {left.crops.map((crop) => (
          <path key={`${crop.x} ${crop.y}`} className="crop" d={cropPath(crop)} />
        ))}
      </RailsFigure>
      <svg className="rails pair-names" viewBox={`0 0 ${NAMES} ${left.layout.height}`} aria-hidden="true">
        {labels.map((label) => (
          <g key={label.key}>
            {label.icon && (
              <svg
                className="ic mk"
                x={0}
                y={label.y - 13}
                width={14}
                height={14}
                viewBox="0 0 14 14"
                aria-hidden="true"
              >
                {iconShape(label.icon)}
              </svg>
            )}
            <text className={`nm ${label.quiet ? "quiet" : ""}`} x={21} y={label.y - 2}>
              {clip(label.name, NAMES - 24, 13)}
            </text>
            <text className="sub" x={21} y={label.y + 11}>
              {clip(label.note, NAMES - 24, 10.5)}
            </text>
          </g>
        ))}
      </svg>
      <RailsFigure layout={right.layout} same={right.same} name={names.right} label={`${names.right}, on the right`}>
        {right.crops.map((crop) => (
          <path key={`${crop.x} ${crop.y}`} className="crop" d={cropPath(crop)} />
        ))}
      </RailsFigure>
    </div>
  );
}

export const NAMES = 148;

interface PairLabel {
  key: string;
  name: string;
  note: string;
  y: number;
  icon?: IconName;
  quiet: boolean;
}

function labelsOf({ rows, left, right }: Pair, names: { leftNode: string; rightNode: string }): PairLabel[] {
  const labels: PairLabel[] = [];
  const bands = [...left.layout.labels, ...right.layout.labels];
  const band = (kind: "pin" | "fd", name: string, note: string) => {
    const one = bands.find((label) => label.kind === kind);
    if (one) labels.push({ key: kind, name, note, y: one.y, icon: kind, quiet: true });
  };
  band("pin", "pins", "bind mounts");
  band("fd", "open files", "that hold a namespace");
  for (const row of rows) {
    const key = row.left?.key ?? row.right?.key ?? "";
    const y = (row.left && left.layout.rowAt[row.left.key]) ?? (row.right && right.layout.rowAt[row.right.key]);
    if (y === undefined || y === null) continue;
    const sandbox =
      row.left?.kind === "pause" ||
      row.right?.kind === "pause" ||
      row.left?.kind === "ghost" ||
      row.right?.kind === "ghost";
    labels.push({ key, name: nameOf(row), note: noteOf(row), y, icon: sandbox ? "pause" : undefined, quiet: false });
  }
  const node = bands.find(({ kind }) => kind === "node");
  if (node) {
    const same = names.leftNode === names.rightNode;
    const name = same ? names.leftNode : "each its node";
    labels.push({ key: "host", name: inert(name, 60), note: "the node’s own", y: node.y, icon: "node", quiet: true });
  }
  return labels;
}

const nameOf = ({ left, right }: PairRow): string =>
  left && right && left.name !== right.name
    ? `${inert(left.name, 40)} | ${inert(right.name, 40)}`
    : inert((left ?? right)?.name ?? "", 80);

/** "left only", "dropped on the right", or the program when both run the same. */
function noteOf({ left, right }: PairRow): string {
  if (!left || !right) return left ? "left only" : "right only";
  if (left.kind !== right.kind) return `${WORDS[left.kind]} | ${WORDS[right.kind]}`;
  const program = (note: string) => /^pid \d+, (.*)$/.exec(note)?.[1];
  const [a, b] = [program(left.note), program(right.note)];
  if (a !== undefined && a === b) return inert(a, 60);
  return left.note === right.note ? inert(left.note, 60) : "on both";
}

const WORDS = {
  pause: "runs",
  ghost: "dropped",
  dead: "dead",
  app: "runs",
  init: "init",
  ended: "ended",
  outside: "of no container",
};
