import { type CSSProperties, useEffect, useRef, useState } from "react";
import { isNumber, setSetting, useSettings } from "../state/settings.ts";
import "./sizer.css";

const nameOf = (id: string): string => `--size-${id.replaceAll(".", "-")}`;

/** The sizes that a person gave to panels, as CSS variables in percent of what holds them; unset where none was given. */
export function useSizes(...ids: readonly string[]): CSSProperties {
  const given = useSettings(({ values }) => ids.map((id) => values[`size.${id}`]).join());
  const style: Record<string, string> = {};
  for (const [i, text] of given.split(",").entries()) {
    const id = ids[i];
    const value = Number(text);
    if (id !== undefined && text !== "" && isNumber(value)) style[nameOf(id)] = `${value}%`;
  }
  return style;
}

export interface SizerProps {
  /** Names the setting `size.<id>` and the variable `--size-<id>` that useSizes gives. */
  id: string;
  /** What is sized, for a screen reader: "Width of the cgroups". */
  label: string;
  /** Which edge of the panel this is; the panel stands after it, or before it where this is its end. */
  edge: "left" | "top" | "right" | "bottom";
  /** Percent of what holds the panel. */
  min?: number;
  max?: number;
  className?: string;
}

const STEP = 2;
const rounded = (value: number): number => Math.round(value * 10) / 10;

/**
 * The edge of a panel, to be dragged or moved by arrow keys; Home and End go to the ends, Enter and a double click give
 * the usual size back (WAI-ARIA practices: window splitter). What was chosen is remembered when it is let go.
 */
export function Sizer({ id, label, edge, min = 15, max = 70, className }: SizerProps) {
  const self = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(min);
  const upright = edge === "left" || edge === "right";
  const atStart = edge === "left" || edge === "top";
  const panel = () => (atStart ? self.current?.nextElementSibling : self.current?.previousElementSibling) ?? undefined;
  const measure = (): number => {
    const whole = self.current?.parentElement?.getBoundingClientRect();
    const part = panel()?.getBoundingClientRect();
    if (!whole || !part) return min;
    return rounded(upright ? (part.width / whole.width) * 100 : (part.height / whole.height) * 100);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the panel beside it is the same as long as it stands
  useEffect(() => {
    const watch = new ResizeObserver(() => setShare(measure()));
    const beside = panel();
    if (beside) watch.observe(beside);
    return () => watch.disconnect();
  }, []);
  const bounded = (value: number): number => rounded(Math.max(min, Math.min(max, value)));
  const keep = (value: number | undefined) => setSetting(`size.${id}`, value === undefined ? null : bounded(value));

  const onPointerDown = (down: React.PointerEvent) => {
    const whole = self.current?.parentElement;
    if (down.button !== 0 || !whole) return;
    const box = whole.getBoundingClientRect();
    const from = upright ? down.clientX : down.clientY;
    const start = measure();
    let now: number | undefined;
    const move = (event: PointerEvent) => {
      const by = ((upright ? event.clientX : event.clientY) - from) / (upright ? box.width : box.height);
      now = bounded(start + (atStart ? -by : by) * 100);
      // Not through React: a view need not be drawn anew for each pixel.
      whole.style.setProperty(nameOf(id), `${now}%`);
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      if (now !== undefined) keep(now);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    down.preventDefault();
    self.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const [back, on] = upright ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const sign = atStart ? -1 : 1;
    if (event.key === back) keep(measure() - sign * STEP);
    else if (event.key === on) keep(measure() + sign * STEP);
    else if (event.key === "Home") keep(min);
    else if (event.key === "End") keep(max);
    else if (event.key === "Enter") keep(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule is not moved; this is a window splitter
    <div
      ref={self}
      className={`sizer ${upright ? "upright" : "level"} ${edge} ${className ?? ""}`}
      role="separator"
      tabIndex={0}
      title="Drag, or move with arrow keys; double click for the usual size"
      aria-label={label}
      aria-orientation={upright ? "vertical" : "horizontal"}
      aria-valuenow={Math.round(share)}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={onPointerDown}
      onDoubleClick={() => keep(undefined)}
      onKeyDown={onKeyDown}
    />
  );
}
