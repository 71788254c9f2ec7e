import { memo, type ReactNode } from "react";
import { type IconName, iconShape } from "../ui/icons.tsx";
import { type Bead, type Label, LETTERS, type RailsLayout } from "./rails.ts";
import { RailsHolders } from "./rails-holders.tsx";
import { clip } from "./text-width.ts";
import "./rails.css";

/** What a choice of "what if" does to the picture; keys as in the layout, namespaces by id. */
export interface Fate {
  /** The holder that would go: a row's or a holder's key. */
  chosen: string;
  spaces: ReadonlyMap<string, "dies" | "stays">;
  rows: ReadonlyMap<string, "ends" | "runs" | "stuck">;
}

export interface RailsFigureProps {
  layout: RailsLayout;
  /** What the picture says, for one who cannot see it. */
  label: string;
  lit?: ReadonlySet<string>;
  selected?: string;
  fate?: Fate;
  /** Keys that are the same on both sides of a comparison fade; keys that differ get crop marks. */
  same?: ReadonlySet<string>;
  onHover?: (key: string | undefined) => void;
  onSelect?: (key: string) => void;
  children?: ReactNode;
}

const SIGN: Partial<Record<Label["kind"], IconName>> = {
  pause: "pause",
  ghost: "ghost",
  dead: "dead",
  pin: "pin",
  fd: "fd",
  other: "out",
  node: "node",
  outside: "process",
};

const FATE_WORDS = { ends: "ends", runs: "runs on", stuck: "runs on, cannot come back" } as const;

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
  const { layout, label, lit, selected, fate, same, onHover, onSelect } = props;
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
          "aria-pressed": selected === key || fate?.chosen === key,
          onClick: () => onSelect(key),
          onKeyDown: (event: React.KeyboardEvent) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            onSelect(key);
          },
        }
      : {};
  const point = (key: string) => (onHover ? { onPointerEnter: () => onHover(key) } : {});
  const lonely = layout.beads.filter((bead) => !layout.rails.some((rail) => rail.space === bead.space));
  const roomy = (bead: Bead): boolean =>
    !layout.beads.some((other) => other !== bead && other.type === bead.type && other.x > bead.x);

  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG has no fieldset
    <svg
      className="rails"
      role="group"
      aria-label={label}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      style={{ width: `${layout.width / 16}rem` }}
      data-hot={lit ? "" : undefined}
      onPointerLeave={onHover && (() => onHover(undefined))}
    >
      {layout.staffs.map((staff) => (
        <line key={staff.row} className="staff" x1={staff.x1} x2={staff.x2} y1={staff.y} y2={staff.y} />
      ))}
      {layout.columns.map((column) => (
        <g key={column.type} className={group(`type:${column.type}`, ...column.spaces.map((id) => `ns:${id}`))}>
          <text className="ty" x={column.x} y={column.y} style={{ fill: `var(--ns-${column.type}-ink)` }}>
            {column.type}
          </text>
          <ColumnWords column={column} fate={fate} />
        </g>
      ))}
      <g className={group("host")} {...point("host")}>
        {layout.ground.map((run) => (
          <Ground key={run.x1} run={run} />
        ))}
      </g>
      {layout.beams.map((beam) => (
        <g key={beam.key} className={group(beam.key)} {...point(beam.key)}>
          <RailsBeam beam={beam} gone={fate?.chosen === beam.key} />
        </g>
      ))}
      {layout.rails.map((rail) => {
        const key = `ns:${rail.space}`;
        const dies = fate?.spaces.get(rail.space) === "dies";
        const beads = layout.beads.filter(({ space }) => space === rail.space);
        return (
          <g
            key={key}
            className={`${group(key, ...beads.map(({ row }) => `bead:${row}:${rail.space}`))} ${dies ? "dies" : ""} arrive`}
            {...point(key)}
            {...act(
              key,
              `${rail.type} namespace ${rail.space.split(":")[1]}, ${rail.style === "host" ? "the node's own" : `in ${beads.length} rows`}`,
            )}
          >
            <line className="hit" x1={rail.x} x2={rail.x} y1={rail.top} y2={rail.bottom} />
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
          className={`${group(`ns:${bead.space}`, `bead:${bead.row}:${bead.space}`)} arrive`}
          {...point(`ns:${bead.space}`)}
        >
          <BeadMark bead={bead} />
          {bead.style === "private" && roomy(bead) && (
            <text className="m" x={bead.x + bead.r + 5} y={bead.y + 3.5}>
              {String(bead.inode).slice(-3)}
            </text>
          )}
        </g>
      ))}
      <RailsHolders layout={layout} group={group} point={point} act={act} fate={fate} />
      {layout.labels.map((one) => (
        <LabelMark
          key={one.key}
          label={one}
          gutter={layout.gutter}
          fate={fate}
          className={group(
            one.key,
            ...(one.kind === "pin" || one.kind === "fd" ? layout.holders.flatMap(({ keys }) => keys) : []),
          )}
          point={point(one.key)}
          act={
            one.kind === "pin" || one.kind === "fd" || one.kind === "node"
              ? {}
              : act(one.key, `${one.name}, ${one.note}`)
          }
        />
      ))}
      {props.children}
    </svg>
  );
});

function ColumnWords({ column, fate }: { column: RailsLayout["columns"][number]; fate?: Fate }) {
  const told = column.spaces.map((id) => fate?.spaces.get(id)).filter((one) => one !== undefined);
  const words = told.includes("dies") ? "dies" : told.length > 0 ? "stays" : column.words;
  return (
    <text
      className={`sub ${told.includes("dies") ? "bad" : told.length > 0 ? "ok" : ""}`}
      x={column.x}
      y={column.y + 14}
    >
      {words}
    </text>
  );
}

function LabelMark({
  label,
  gutter,
  fate,
  className,
  point,
  act,
}: {
  label: Label;
  gutter: number;
  fate?: Fate;
  className: string;
  point: object;
  act: object;
}) {
  const sign = SIGN[label.kind];
  const fated = fate?.rows.get(label.key);
  const chosen = fate?.chosen === label.key;
  const note = chosen ? "if this goes" : fated === undefined ? label.note : FATE_WORDS[fated];
  const tone = chosen ? "chosen" : fated === "ends" ? "bad" : fated === "stuck" ? "warn" : "";
  const mono =
    !chosen && fated === undefined && label.kind !== "other" && label.kind !== "node" && label.kind !== "ghost";
  const room = gutter - 30;
  const quiet =
    label.kind === "pin" ||
    label.kind === "fd" ||
    label.kind === "node" ||
    label.kind === "other" ||
    label.kind === "ghost" ||
    label.kind === "ended";
  return (
    <g className={`${className} row ${label.kind} ${tone}`} {...point} {...act}>
      <rect className="hit-row" x={0} y={label.y - 14} width={gutter - 4} height={32} rx={4} />
      <title>{`${label.name}\n${label.note}`}</title>
      {sign && (
        <svg className="ic mk" x={0} y={label.y - 13} width={14} height={14} viewBox="0 0 14 14" aria-hidden="true">
          {iconShape(sign)}
        </svg>
      )}
      <text className={`nm ${quiet ? "quiet" : ""}`} x={21} y={label.y - 2}>
        {clip(label.name, room, 13)}
      </text>
      <text className={`${mono ? "m" : "sub"} note`} x={21} y={label.y + 11}>
        {clip(note, room, mono ? 10 : 10.5, mono, label.kind === "pin")}
      </text>
    </g>
  );
}

function Ground({ run }: { run: RailsLayout["ground"][number] }) {
  const strokes: string[] = [];
  for (let x = run.x1 + 3; x <= run.x2; x += 5) strokes.push(`M${x} ${run.y + 1}l-4 5`);
  return (
    <>
      <line className="ground" x1={run.x1} x2={run.x2} y1={run.y} y2={run.y} />
      <path className="hatch" d={strokes.join("")} />
    </>
  );
}

function RailsBeam({ beam, gone }: { beam: RailsLayout["beams"][number]; gone: boolean }) {
  const r = beam.height / 2;
  const first = beam.runs[0];
  const lastRun = beam.runs.at(-1);
  if (first === undefined || lastRun === undefined) return null;
  const tie = beam.runs.length > 1 && beam.kind === "pause";
  if (beam.kind === "dead")
    return beam.runs.map((run) => <path key={run.x} className="beam dead" d={broken(run, beam)} />);
  return (
    <>
      {tie && !gone && (
        <line className="beam-tie" x1={first.x + first.width - 2} x2={lastRun.x + 2} y1={beam.y + r} y2={beam.y + r} />
      )}
      {beam.runs.map((run) => (
        <rect
          key={run.x}
          className={`beam ${beam.kind === "ghost" || gone ? "ghost" : ""} ${gone ? "if-gone" : ""}`}
          x={run.x}
          y={beam.y}
          width={run.width}
          height={beam.height}
          rx={r}
        />
      ))}
    </>
  );
}

/** A beam broken in two: both ends round, the break jagged. */
function broken(run: { x: number; width: number }, beam: { y: number; height: number }): string {
  const { y, height: h } = beam;
  const r = h / 2;
  const middle = run.x + run.width / 2;
  const [a, b] = [middle - 5, middle + 5];
  const right = run.x + run.width;
  return [
    `M${a} ${y}H${run.x + r}A${r} ${r} 0 0 0 ${run.x + r} ${y + h}H${a}l4 ${-h * 0.3}l-7 ${-h * 0.25}l6 ${-h * 0.2}z`,
    `M${b} ${y}H${right - r}A${r} ${r} 0 0 1 ${right - r} ${y + h}H${b}l4 ${-h * 0.3}l-7 ${-h * 0.25}l6 ${-h * 0.2}z`,
  ].join("");
}
