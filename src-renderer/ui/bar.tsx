import { bytesShort, percent } from "../../src-shared/format.ts";
import type { CgroupReport } from "../../src-shared/reports.ts";
import "./bar.css";

/**
 * Usage against a limit. The track is the limit; a solid cap: set here, a dashed cap: inherited from above.
 * Warm from 75 %, hot from 90 %, and the numbers say so too.
 */
export function Bar({ used, limit, here }: { used?: number; limit?: number; here: boolean }) {
  const share = used === undefined || !limit ? 0 : Math.min(1, used / limit);
  const heat = share >= 0.9 ? "hot" : share >= 0.75 ? "warm" : "";
  const words =
    used === undefined
      ? "not read"
      : limit === undefined
        ? `${bytesShort(used)}, no limit`
        : `${percent(share)} of ${bytesShort(limit)}, ${here ? "set here" : "inherited from above"}`;
  // An empty track would read as 0 %: what has no limit has no track.
  if (limit === undefined)
    return (
      <span className="bar none" title={words}>
        {used === undefined ? "" : "no limit"}
      </span>
    );
  return (
    <span className={`bar ${heat}`} role="img" aria-label={words} title={words}>
      <span className="bar-track">
        <span className="bar-fill" style={{ transform: `scaleX(${share})` }} />
      </span>
      <span className={`bar-cap ${here ? "" : "in"}`} />
    </span>
  );
}

/** Two cells of a row: a group's memory against the limit that really holds, as a bar and in numbers. */
export function MemoryCells({ report: { path, usage, effective } }: { report: CgroupReport }) {
  const limit = effective.memoryMaxBytes;
  return (
    <>
      <td>
        <Bar used={usage.memoryBytes} limit={limit?.value} here={limit?.setBy === path} />
      </td>
      <td className="num">
        {usage.memoryBytes === undefined ? "–" : <b>{bytesShort(usage.memoryBytes)}</b>}
        {limit && <span className="dim"> / {bytesShort(limit.value)}</span>}
      </td>
    </>
  );
}
