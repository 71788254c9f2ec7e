import { useEffect, useState } from "react";
import type { JournalEntry } from "../../../src-shared/api.ts";
import { request } from "../../state/client.ts";

/** What Podglass did on a node, the latest first; a finding may be its own doing. Empty until it is known, or if it cannot be. */
export function useJournal(nodeId: string): readonly JournalEntry[] {
  const [entries, setEntries] = useState<readonly JournalEntry[]>([]);
  useEffect(() => {
    let gone = false;
    request("journal.list", { nodeId }).then(
      (list) => !gone && setEntries([...list].sort((a, b) => (a.at < b.at ? 1 : -1))),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [nodeId]);
  return entries;
}
