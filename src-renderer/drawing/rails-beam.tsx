import type { Beam, RailsLayout } from "./rails.ts";

export function Ground({ run }: { run: RailsLayout["ground"][number] }) {
  const strokes: string[] = [];
  for (let x = run.x1 + 3; x <= run.x2; x += 5) strokes.push(`M${x} ${run.y + 1}l-4 5`);
  return (
    <>
      <line className="ground" x1={run.x1} x2={run.x2} y1={run.y} y2={run.y} />
      <path className="hatch" d={strokes.join("")} />
    </>
  );
}

/** Pause as it is: a beam in ink, an outline where it was dropped, broken where it died. */
export function RailsBeam({ beam, gone }: { beam: Beam; gone: boolean }) {
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
function broken(run: Beam["runs"][number], beam: { y: number; height: number }): string {
  const { y, height: h } = beam;
  const r = h / 2;
  const middle = run.breakAt;
  const [a, b] = [middle - 5, middle + 5];
  const right = run.x + run.width;
  return [
    `M${a} ${y}H${run.x + r}A${r} ${r} 0 0 0 ${run.x + r} ${y + h}H${a}l4 ${-h * 0.3}l-7 ${-h * 0.25}l6 ${-h * 0.2}z`,
    `M${b} ${y}H${right - r}A${r} ${r} 0 0 1 ${right - r} ${y + h}H${b}l4 ${-h * 0.3}l-7 ${-h * 0.25}l6 ${-h * 0.2}z`,
  ].join("");
}
