import { useRef, useState } from "react";
import type { BenchRow } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";
import { useActivity } from "../../state/activity.ts";
import { request } from "../../state/client.ts";
import { ExportMenu } from "../../ui/export-menu.tsx";
import { Button } from "../../ui/parts.tsx";
import { Head } from "../../ui/table.tsx";
import { plural } from "../../ui/words.ts";
import { figure, measureName, measuresOf, plotOf, saving } from "./measures.ts";

/** What a pause costs: pods with pause and without, made and removed in turns, measured, drawn. */
export function Bench({ nodeId }: { nodeId: string }) {
  const progress = useActivity((state) => state.benches[nodeId]);
  const [pods, setPods] = useState("20");
  const [rounds, setRounds] = useState("3");
  const [running, setRunning] = useState(false);
  const [stopping, setStopping] = useState(false);
  const [result, setResult] = useState<BenchRow[]>();
  const [trouble, setTrouble] = useState<string>();
  const plot = useRef<HTMLDivElement>(null);
  const rows = result ?? progress?.rows ?? [];
  const valid = inRange(pods, 500) && inRange(rounds, 20);
  const run = async () => {
    setRunning(true);
    setTrouble(undefined);
    setResult(undefined);
    try {
      setResult(await request("lab.bench", { nodeId, pods: Number(pods), rounds: Number(rounds) }));
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    } finally {
      setRunning(false);
      setStopping(false);
    }
  };
  const stop = () => {
    setStopping(true);
    // What becomes of it is told by the bench itself.
    request("lab.bench.stop", { nodeId }).catch(() => setStopping(false));
  };
  return (
    <section className="lab-bench" aria-label="What does pause cost?">
      <div className="panel-h">
        <h2>What does pause cost?</h2>
        <span className="dim">made and removed in turns, medians with their spread, per pod</span>
        <span className="sep" />
        {rows.length > 0 && (
          <ExportMenu
            title="What does pause cost"
            words={wordsOf(rows)}
            picture={plot}
            table={() => ({
              head: ["what, per pod", "unit", ...rows.flatMap(({ kind }) => [kind, `${kind}, least`, `${kind}, most`])],
              rows: measuresOf(rows).map((measure) => [
                measureName(measure),
                rows.map((row) => row.measures[measure]?.unit).find(Boolean),
                ...rows.flatMap((row) => {
                  const value = row.measures[measure];
                  return [value?.median, value?.low, value?.high];
                }),
              ]),
            })}
            data={() => rows}
            dataWords="The figures"
          />
        )}
      </div>
      <div className="bench-ask">
        <label>
          pods
          <input className="field" inputMode="numeric" value={pods} onChange={(e) => setPods(e.target.value)} />
        </label>
        <label>
          rounds
          <input className="field" inputMode="numeric" value={rounds} onChange={(e) => setRounds(e.target.value)} />
        </label>
        <Button kind="primary" disabled={running || !valid} onClick={() => void run()}>
          {running ? "Measuring…" : "Measure"}
        </Button>
        {running && (
          <Button disabled={stopping} onClick={stop}>
            {stopping ? "Taking the pods away…" : "Stop"}
          </Button>
        )}
        {running && progress && (
          <>
            <progress value={progress.done} max={Math.max(1, progress.total)} aria-label="Rounds done" />
            <span className="dim">
              {progress.done} of {progress.total}
              {progress.now &&
                `, ${inert(progress.now.kind, 40)}: ${progress.now.step} ${progress.now.pod} of ${progress.now.pods}`}
            </span>
          </>
        )}
        {!valid && <span className="bad">From 1 to 500 pods, from 1 to 20 rounds.</span>}
      </div>
      {trouble && <p className="bad">{trouble}</p>}
      {rows.length === 0 && !running && (
        <p className="dim none">
          Nothing measured yet. It makes {plural(Number(pods) || 0, "pod")} at a time with a pause process and as many
          with pins alone, and takes them away again.
        </p>
      )}
      {rows.length > 0 && (
        <>
          <div className="bench-plots" ref={plot}>
            {measuresOf(rows).map((measure) => (
              <Plot key={measure} rows={rows} measure={measure} />
            ))}
          </div>
          <Figures rows={rows} />
        </>
      )}
    </section>
  );
}

const inRange = (text: string, most: number): boolean => {
  const n = Number(text);
  return Number.isInteger(n) && n >= 1 && n <= most;
};

/** Solid bars; those without a pause process are outlined. */
const WITH_PAUSE: ReadonlySet<string> = new Set(["lab pause", "podman infra", "containerd pause"]);
const WIDTH = 306;
const NAME = 126;
const ROW = 20;

function Plot({ rows, measure }: { rows: readonly BenchRow[]; measure: string }) {
  const bars = plotOf(rows, measure);
  const height = 24 + bars.length * ROW;
  const x = (share: number) => NAME + share * (WIDTH - NAME - 56);
  const change = saving(bars);
  return (
    <svg
      className="bench-plot"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`${measureName(measure)}: ${bars.map(({ kind, words }) => `${kind} ${words}`).join(", ")}`}
    >
      <text className="head" x={0} y={13}>
        {measureName(measure)}
      </text>
      {change && (
        <text className="change" x={WIDTH} y={13} textAnchor="end">
          {change}
        </text>
      )}
      {bars.map((bar, i) => {
        const y = 24 + i * ROW;
        return (
          <g key={bar.kind}>
            <text className="kind" x={0} y={y + 12}>
              {inert(bar.kind, 22)}
            </text>
            <rect
              className={WITH_PAUSE.has(bar.kind) ? "bar-a" : "bar-z"}
              x={NAME + 0.6}
              y={y + 3}
              width={Math.max(1, x(bar.at) - NAME)}
              height={10}
              rx={2}
            />
            <path
              className="whisker"
              d={`M${x(bar.low)} ${y + 8}H${x(bar.high)}M${x(bar.low)} ${y + 5}v6M${x(bar.high)} ${y + 5}v6`}
            />
            <text className="words" x={x(Math.max(bar.at, bar.high)) + 6} y={y + 12}>
              {bar.words}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

/** The same as a table: what was measured, median, least to most. */
function Figures({ rows }: { rows: readonly BenchRow[] }) {
  return (
    <div className="bench-table">
      <table>
        <Head of={["per pod", ...rows.map(({ kind }) => ({ words: inert(kind, 40), numbers: true as const }))]} />
        <tbody>
          {measuresOf(rows).map((measure) => (
            <tr key={measure}>
              <th scope="row">{measureName(measure)}</th>
              {rows.map((row) => {
                const value = row.measures[measure];
                return (
                  <td className="num" key={row.kind}>
                    {value ? figure(value.median, value.unit) : "–"}
                    {value && value.low !== value.high && (
                      <span className="dim">
                        {" "}
                        {figure(value.low, value.unit)} … {figure(value.high, value.unit)}
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr>
            <th scope="row">pods, rounds</th>
            {rows.map((row) => (
              <td className="num" key={row.kind}>
                {row.pods}, {row.rounds}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

const wordsOf = (rows: readonly BenchRow[]): string =>
  measuresOf(rows)
    .map(
      (measure) =>
        `${measureName(measure)}: ${plotOf(rows, measure)
          .map(({ kind, words }) => `${kind} ${words}`)
          .join(", ")}`,
    )
    .join("; ");
