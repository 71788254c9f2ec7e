import { memo, type ReactNode } from "react";
import { itemKey } from "./item-key.ts";
import { type Bead, LETTERS, type RailsLayout } from "./rails.ts";
import { Ground, RailsBeam } from "./rails-beam.tsx";
import { RailsHolders } from "./rails-holders.tsx";
import { ColumnWords, LabelMark } from "./rails-labels.tsx";
import type { WhatIfState } from "./what-if-state.ts";
import "./rails.css";

export interface RailsFigureProps {
  layout: RailsLayout;
  /** What the picture says, for one who cannot see it. */
  label: string;
  /** Stands above it where it is taken away together with others. */
  name?: string;
  lit?: ReadonlySet<string>;
  selected?: string;
  whatIf?: WhatIfState;
  /** Keys that are the same on both sides of a comparison fade; keys that differ get crop marks. */
  same?: ReadonlySet<string>;
  onHover?: (key: string | undefined) => void;
  onSelect?: (key: string) => void;
  children?: ReactNode;
}

function BeadMark({ bead }: { bead: Bead }) {
  const { type, x, y, r, style } = bead;
  if (style === "unread")
    return (
      <text className="bl unread" x={x} y={y + 3.6}>
        ?
      </text>
    );
  return (
    <>
      <circle
        className={`bead ${style} ${bead.onBeam ? "on-beam" : ""}`}
        cx={x}
        cy={y}
        r={r}
        style={{ "--c": `var(--ns-${type})`, "--t": `var(--ns-${type}-tint)` } as React.CSSProperties}
      />
      <text
        className="bl"
        x={x}
        y={y + r * 0.37}
        style={{ fill: style === "shared" ? `var(--ns-${type}-on)` : `var(--ns-${type}-ink)`, fontSize: r + 1 }}
      >
        {LETTERS[type]}
      </text>
    </>
  );
}

/** The rail diagram of one pod. Rows, rails and holders can be reached and kept by keyboard. */
export const RailsFigure = memo(function RailsFigure(props: RailsFigureProps) {
  const { layout, label, name, lit, selected, whatIf, same, onHover, onSelect } = props;
  const group = (key: string, ...more: string[]): string => {
    const keys = [key, ...more];
    const hot = lit === undefined || keys.some((one) => lit.has(one));
    const faded = same !== undefined && keys.every((one) => same.has(one));
    return `g${hot ? " hot" : ""}${faded ? " same" : ""}${selected === key ? " kept" : ""}`;
  };
  const act = (key: string, name: string) =>
    onSelect
      ? {
          role: "button",
          tabIndex: 0,
          "aria-label": name,
          "aria-pressed": selected === key || whatIf?.chosen === key,
          onKeyDown: (event: React.KeyboardEvent) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            onSelect(key);
          },
        }
      : {};
  const point = (key: string) => ({
    // Only a pointer that moves means something: a page that opens under a resting one must not dim.
    ...(onHover && {
      onPointerMove: (event: React.PointerEvent) => {
        if (event.movementX !== 0 || event.movementY !== 0) onHover(key);
      },
    }),
    ...(onSelect && { onClick: () => onSelect(key) }),
  });
  const lonely = layout.beads.filter((bead) => !layout.rails.some((rail) => rail.space === bead.space));
  // Digits stand beside a bead only where its column is one lane wide, else they would run into the next.
  const roomy = (bead: Bead): boolean => layout.beads.every((other) => other.type !== bead.type || other.x === bead.x);

  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG has no fieldset
    <svg
      className="rails"
      role="group"
      aria-label={label}
      data-name={name}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      style={{ width: `${layout.width / 16}rem`, "--ratio": layout.width / layout.height } as React.CSSProperties}
      data-hot={lit ? "" : undefined}
      onPointerLeave={onHover && (() => onHover(undefined))}
    >
      {layout.staffs.map((staff) => (
        <line key={staff.row} className="staff" x1={staff.x1} x2={staff.x2} y1={staff.y} y2={staff.y} />
      ))}
      {layout.columns.map((column) => (
        <g key={column.type} className={group(`type:${column.type}`, ...column.spaces.map((id) => itemKey.space(id)))}>
          <text className="ty" x={column.x} y={column.y} style={{ fill: `var(--ns-${column.type}-ink)` }}>
            {column.type}
          </text>
          <ColumnWords column={column} whatIf={whatIf} />
        </g>
      ))}
      <g className={group("host")} onPointerMove={onHover && (() => onHover("host"))}>
        {layout.ground.map((run) => (
          <Ground key={run.x1} run={run} />
        ))}
      </g>
      {layout.beams.map((beam) => (
        <g key={beam.key} className={group(beam.key)} {...point(beam.key)}>
          <RailsBeam beam={beam} gone={whatIf?.chosen === beam.key} />
        </g>
      ))}
      {layout.rails.map((rail) => {
        const key = itemKey.space(rail.space);
        const dies = whatIf?.spaces.get(rail.space) === "dies";
        const beads = layout.beads.filter(({ space }) => space === rail.space);
        return (
          <g
            key={key}
            className={`${group(key, ...beads.map(({ row }) => `bead:${row}:${rail.space}`))} ${dies ? "dies" : ""} arrive`}
            {...point(key)}
          >
            <rect
              className="hit"
              x={rail.x - 11}
              y={rail.top - 12}
              width={22}
              height={rail.bottom - rail.top + 24}
              rx={11}
              {...act(
                key,
                `${rail.type} namespace ${rail.space.split(":")[1]}, ${rail.style === "host" ? "the node's own" : `in ${beads.length} ${beads.length === 1 ? "row" : "rows"}`}`,
              )}
            />
            <line
              className={`rail ${rail.style}`}
              x1={rail.x}
              x2={rail.x}
              y1={rail.top}
              y2={rail.bottom}
              style={{ stroke: `var(--ns-${rail.type})` }}
            />
            {beads.map((bead) => (
              <BeadMark key={bead.row} bead={bead} />
            ))}
          </g>
        );
      })}
      {lonely.map((bead) => (
        <g
          key={`${bead.row} ${bead.space}`}
          className={`${group(itemKey.space(bead.space), `bead:${bead.row}:${bead.space}`)} arrive`}
          {...point(itemKey.space(bead.space))}
        >
          <BeadMark bead={bead} />
          {bead.style === "private" && layout.digits && roomy(bead) && (
            <text className="m" x={bead.x + bead.r + 5} y={bead.y + 3.5}>
              {String(bead.inode).slice(-3)}
            </text>
          )}
        </g>
      ))}
      <RailsHolders layout={layout} group={group} point={point} act={act} whatIf={whatIf} />
      {layout.labels.map((one) => (
        <LabelMark
          key={one.key}
          label={one}
          gutter={layout.gutter}
          whatIf={whatIf}
          className={group(
            one.key,
            ...layout.holders.filter(({ kind }) => kind === one.kind).flatMap(({ keys }) => keys),
          )}
          point={point(one.key)}
          act={
            one.kind === "pin" || one.kind === "fd" || one.kind === "node" ? () => ({}) : (name) => act(one.key, name)
          }
        />
      ))}
      {props.children}
    </svg>
  );
});
