import { useMemo, useState } from "react";
import { count, inert } from "../../../src-shared/format.ts";
import type { Severity } from "../../../src-shared/reports.ts";
import { useMuted } from "../../state/muted.ts";
import type { OpenNode } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Empty } from "../../ui/parts.tsx";
import { SEVERITY } from "../../ui/severity.ts";
import { findingId } from "../findings/places.ts";
import { findingsOfAll, leftOut } from "./rows.ts";

/** Drawn at once; more words narrow it. */
const MOST = 400;
const SHOWN = ["all", "critical", "warning", "info"] as const satisfies readonly ("all" | Severity)[];

/** What is wrong or surprising on any open node, worst first; each leads to its node. */
export function FleetFindings({ nodes }: { nodes: readonly OpenNode[] }) {
  const [words, setWords] = useState("");
  const [shown, setShown] = useState<(typeof SHOWN)[number]>("all");
  const muted = useMuted();
  const all = useMemo(() => findingsOfAll(nodes, muted), [nodes, muted]);
  const found = useMemo(() => {
    const wanted = words.toLowerCase().split(/\s+/);
    return all.filter(({ finding, label }) => {
      const text = `${finding.title} ${finding.where} ${finding.rule} ${label}`.toLowerCase();
      return (shown === "all" || finding.severity === shown) && wanted.every((word) => text.includes(word));
    });
  }, [all, words, shown]);
  return (
    <>
      <FilterBar
        of="findings"
        placeholder="Filter by words or node"
        words={words}
        onWords={setWords}
        label="Severity"
        shown={shown}
        choices={SHOWN}
        onShown={setShown}
      />
      {found.length === 0 ? (
        <Empty
          icon="check"
          title={all.length === 0 ? "Nothing was found on the nodes that were read" : "No finding matches"}
        />
      ) : (
        <ul className="fleet-body fleet-found" aria-label="Findings of all nodes">
          {found.slice(0, MOST).map(({ nodeId, label, finding }) => {
            const { icon, tone, word } = SEVERITY[finding.severity];
            return (
              <li key={`${nodeId} ${findingId(finding)} ${finding.title}`}>
                <Icon name={icon} className={tone} label={word} />
                <button
                  type="button"
                  onClick={() => go("findings", { nodeId, params: { finding: findingId(finding) } })}
                >
                  {inert(finding.title, 300)}
                </button>
                <span className="dim">
                  {inert(label, 80)} · {inert(finding.where, 200)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <footer className="fleet-foot">
        {found.length > MOST
          ? `${MOST} of ${count(found.length, "finding")} are shown: type to narrow`
          : `${found.length} of ${count(all.length, "finding")}`}
        {leftOut(nodes)}
      </footer>
    </>
  );
}
