import { bytesShort } from "../../../src-shared/format.ts";
import type { PodDiff } from "../../../src-shared/model.ts";

const COSTS: [field: string, title: string, words: (value: number) => string][] = [
  ["cost.pssBytes", "memory of pause, its share", bytesShort],
  ["cost.rssBytes", "memory of pause, resident", bytesShort],
  ["cost.processes", "processes for pause", String],
  ["cost.cgroups", "cgroups for pause", String],
  ["cost.mounts", "mounts for pause", String],
  ["cgroup.memoryBytes", "memory of the whole", bytesShort],
  ["cgroup.pids", "processes of the whole", String],
];

/** What each side costs, as pairs of bars: solid left, outlined right. */
export function Cost({ diff, names }: { diff: PodDiff; names: { left: string; right: string } }) {
  const rows = COSTS.flatMap(([field, title, words]) => {
    const row = diff.rows.find((one) => one.field === field);
    const left = typeof row?.left === "number" ? row.left : undefined;
    const right = typeof row?.right === "number" ? row.right : undefined;
    return row && (left || right) ? [{ title, words, left: left ?? 0, right: right ?? 0 }] : [];
  });
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
        {rows.map(({ title, words, left, right }) => {
          const most = Math.max(left, right, 1e-9);
          return (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                <span className="a" style={{ width: `${(left / most) * 74}%` }} />
                {words(left)}
              </dd>
              <dd>
                <span className="z" style={{ width: `${(right / most) * 74}%` }} />
                {words(right)}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
