import { bytesShort } from "../../../src-shared/format.ts";
import type { PodDiff } from "../../../src-shared/reports.ts";
import type { CostBar } from "../../drawing/cost-bars.ts";

const COSTS: [field: string, title: string, words: (value: number) => string][] = [
  ["cost.pssBytes", "memory of pause, its share", bytesShort],
  ["cost.rssBytes", "memory of pause, resident", bytesShort],
  ["cost.processes", "processes for pause", String],
  ["cost.cgroups", "cgroups for pause", String],
  ["cost.mounts", "mounts for pause", String],
  ["cgroup.memoryBytes", "memory of the whole", bytesShort],
  ["cgroup.pids", "processes of the whole", String],
];

/** What the bars say, for the window and for a picture to take away. */
export const costBarsOf = (diff: PodDiff): CostBar[] =>
  COSTS.flatMap(([field, title, words]) => {
    const row = diff.rows.find((one) => one.field === field);
    const side = (value: unknown) => {
      const known = typeof value === "number" ? value : 0;
      return { value: known, words: words(known) };
    };
    return row && (row.left || row.right) ? [{ title, left: side(row.left), right: side(row.right) }] : [];
  });

/** What each side costs, as pairs of bars: solid left, outlined right. */
export function Cost({ diff, names }: { diff: PodDiff; names: { left: string; right: string } }) {
  const rows = costBarsOf(diff);
  return (
    <section className="cmp-cost" aria-label="Cost">
      <div className="panel-h">
        <h2>Cost</h2>
        <span className="sep" />
        <span className="dim key">
          <i className="a" /> {names.left}
        </span>
        <span className="dim key">
          <i className="z" /> {names.right}
        </span>
      </div>
      {rows.length === 0 && <p className="dim">No cost could be read on either side.</p>}
      <dl>
        {rows.map(({ title, left, right }) => {
          const most = Math.max(left.value, right.value, 1e-9);
          return (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                <span className="a" style={{ width: `${(left.value / most) * 74}%` }} />
                {left.words}
              </dd>
              <dd>
                <span className="z" style={{ width: `${(right.value / most) * 74}%` }} />
                {right.words}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
