import { bytesShort, percent } from "../../src-shared/format.ts";
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
