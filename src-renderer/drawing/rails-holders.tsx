import { itemKey } from "./item-key.ts";
import { LETTERS, type RailsLayout } from "./rails.ts";
import type { WhatIfState } from "./what-if-state.ts";

interface Props {
  layout: RailsLayout;
  group: (key: string, ...more: string[]) => string;
  point: (key: string) => object;
  act: (key: string, name: string) => object;
  whatIf?: WhatIfState;
}

const NAIL = "M-7 0h14v3h-3.5l1 6.5 3 3v2.5h-15v-2.5l3-3 1-6.5h-3.5z";

/** Nails on their ledges, sockets of open files, and the square beads of other pods. */
export function RailsHolders({ layout, group, point, act, whatIf }: Props) {
  return (
    <>
      {layout.ledges.map((ledge) => (
        <line key={ledge.x1} className="ledge" x1={ledge.x1} x2={ledge.x2} y1={ledge.y} y2={ledge.y} />
      ))}
      {layout.holders.map((holder) => {
        const gone = whatIf !== undefined && holder.keys.includes(whatIf.chosen);
        const words = holder.kind === "pin" ? "pin" : "open file";
        const many = holder.names.length > 1;
        return (
          <g
            key={`${holder.kind} ${holder.space}`}
            className={`${group(holder.key, ...holder.keys)} holder ${gone ? "if-gone" : ""}`}
            transform={`translate(${holder.x} ${holder.y})`}
            {...point(holder.key)}
          >
            <title>{holder.names.join("\n")}</title>
            <rect
              className="hit-row"
              x={-14}
              y={-8}
              width={28}
              height={28}
              rx={4}
              {...act(holder.key, `${words} ${holder.names.join(", ")}, holds ${holder.space.replace(":", " ")}`)}
            />
            {holder.kind === "pin" ? (
              <path className="pinhead" d={NAIL} />
            ) : (
              <path className="socket" d="M4-7H-3A3 3 0 0 0-6-4V4A3 3 0 0 0-3 7H4M-1 0H8" />
            )}
            {many && (
              <text className="sub" x={11} y={11}>
                ×{holder.names.length}
              </text>
            )}
          </g>
        );
      })}
      {layout.squares.map((square) => (
        <g key={`${square.other} ${square.space}`} className={group(itemKey.space(square.space), square.other)}>
          <rect
            className="square"
            x={square.x - square.r}
            y={square.y - square.r}
            width={2 * square.r}
            height={2 * square.r}
            rx={3.5}
            style={{ stroke: `var(--ns-${square.type})` }}
          />
          <text
            className="bl"
            x={square.x}
            y={square.y + square.r * 0.37}
            style={{ fill: `var(--ns-${square.type}-ink)`, fontSize: square.r + 1 }}
          >
            {LETTERS[square.type]}
          </text>
        </g>
      ))}
    </>
  );
}
