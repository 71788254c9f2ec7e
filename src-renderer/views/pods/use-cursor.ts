import { useRef, useState } from "react";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import { go } from "../../state/route.ts";

/** Where a person stands in a table of pods, and which two rows are marked to be compared. */
export function usePodsCursor(rows: readonly PodRow[], begin?: string) {
  const [cursor, setCursor] = useState(begin);
  const [marked, setMarked] = useState<string[]>([]);
  const body = useRef<HTMLDivElement>(null);
  return {
    body,
    cursor,
    setCursor,
    marked,
    mark: (key: string) =>
      setMarked(marked.includes(key) ? marked.filter((one) => one !== key) : [...marked, key].slice(-2)),
    /** `placeOf`: the row of a key as "NODE POD". */
    compare(placeOf: (key: string) => string, nodeId?: string) {
      const [left, right] = marked.map(placeOf);
      go("compare", { nodeId, params: { ...(left && { left }), ...(right && { right }) } });
    },
    enterTable() {
      if (cursor === undefined || !rows.some(({ key }) => key === cursor)) setCursor(rows[0]?.key);
      body.current?.querySelector<HTMLElement>(".pt")?.focus();
    },
  };
}
