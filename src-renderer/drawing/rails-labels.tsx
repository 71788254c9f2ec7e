import { type IconName, iconShape } from "../ui/icons.tsx";
import type { Label, RailsLayout } from "./rails.ts";
import { clip } from "./text-width.ts";
import type { WhatIfState } from "./what-if-state.ts";

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

const FATE_WORDS = { ends: "ends", runs: "runs on", stuck: "cannot come back" } as const;

export function ColumnWords({ column, whatIf }: { column: RailsLayout["columns"][number]; whatIf?: WhatIfState }) {
  const told = column.shared.map((id) => whatIf?.spaces.get(id)).filter((one) => one !== undefined);
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

export function LabelMark({
  label,
  gutter,
  whatIf,
  className,
  point,
  act,
}: {
  label: Label;
  gutter: number;
  whatIf?: WhatIfState;
  className: string;
  point: object;
  act: (name: string) => object;
}) {
  const sign = SIGN[label.kind];
  const drawn = whatIf?.rows.get(label.key);
  const chosen = whatIf?.chosen === label.key;
  const note = chosen ? "if this goes" : drawn === undefined ? label.note : FATE_WORDS[drawn];
  const tone = chosen ? "chosen" : drawn === "ends" ? "bad" : drawn === "stuck" ? "warn" : "";
  // Mono for what one would paste: pids and paths, never prose.
  const mono = note === label.note && /^(pid \d|[/…{]|\S+ \d+, fd )/.test(note);
  const room = gutter - 30;
  const quiet =
    label.kind === "pin" ||
    label.kind === "fd" ||
    label.kind === "node" ||
    label.kind === "other" ||
    label.kind === "ghost" ||
    label.kind === "ended";
  return (
    <g className={`${className} row ${label.kind} ${tone}`} {...point}>
      <rect
        className="hit-row"
        x={0}
        y={label.y - 14}
        width={gutter - 4}
        height={32}
        rx={4}
        {...act(`${label.name}, ${note}`)}
      />
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
        {clip(note, room, mono ? 10 : 10.5, mono, label.kind === "pin" && note.startsWith("/"))}
      </text>
    </g>
  );
}
