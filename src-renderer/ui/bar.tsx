import { bytesShort, percent } from "../../src-shared/format.ts";
import "./bar.css";

/**
 * Usage against a limit. The track is the limit; a solid cap: set here, a dashed cap: inherited from above, none:
 * nothing limits it, and the track is the node's memory. Warm from 75 %, hot from 90 %, and the numbers say so too.
 */
export function Bar({ used, limit, here, outOf }: { used?: number; limit?: number; here: boolean; outOf: number }) {
  const whole = limit ?? outOf;
  const share = used === undefined || whole <= 0 ? 0 : Math.min(1, used / whole);
  const heat = limit === undefined ? "" : share >= 0.9 ? "hot" : share >= 0.75 ? "warm" : "";
  const words =
    used === undefined
      ? "not read"
      : limit === undefined
        ? `${bytesShort(used)}, no limit`
        : `${percent(share)} of ${bytesShort(limit)}, ${here ? "set here" : "inherited from above"}`;
  return (
    <span className={`bar ${heat}`} role="img" aria-label={words} title={words}>
      <span className="bar-track">
        <span className="bar-fill" style={{ transform: `scaleX(${share})` }} />
      </span>
      {limit !== undefined && <span className={`bar-cap ${here ? "" : "in"}`} />}
    </span>
  );
}
