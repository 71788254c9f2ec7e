import type { NodeState } from "../../src-shared/api.ts";
import { useNow } from "../state/now.ts";
import { age, nodeWords } from "./words.ts";

/** A node's state as a shape: full disc live, clock stale, cross refused. The word stands beside it. */
export function NodeSign({ state }: { state: NodeState }) {
  const { sign } = nodeWords(state, 0);
  const tone = sign === "live" ? "ok" : sign === "refused" ? "bad" : sign === "stale" ? "stale" : "quiet";
  return (
    <svg className={`sig ${tone} ${sign}`} viewBox="0 0 12 12" aria-hidden="true">
      {sign === "live" && <circle cx="6" cy="6" r="3.5" fill="currentColor" stroke="none" />}
      {sign === "refused" && <path d="m3 3 6 6M9 3 3 9" />}
      {sign === "stale" && (
        <>
          <circle cx="6" cy="6" r="4.2" />
          <path d="M6 3.8v2.4l1.5 1" />
        </>
      )}
      {sign === "still" && <path d="M4.3 3v6M7.7 3v6" />}
      {sign === "busy" && <path className="turn" d="M6 2.3a3.7 3.7 0 1 1-3.7 3.7" />}
    </svg>
  );
}

/** The word and the age that go with the sign; ticks by itself. */
export function NodeWords({ state, whole = false }: { state: NodeState; whole?: boolean }) {
  const now = useNow();
  const { sign, words: short } = nodeWords(state, now);
  const words = whole && sign === "live" && !state.resting ? `Live · every ${age(state.everyMs)}` : short;
  return <span className={sign === "stale" ? "old" : sign === "refused" ? "bad" : undefined}>{words}</span>;
}
