import { inert } from "../../../src-shared/format.ts";
import type { Finding, Snapshot } from "../../../src-shared/model.ts";
import { go } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { SEVERITY } from "../../ui/severity.ts";
import { placesOf } from "./places.ts";

/** One finding whole: what, where, the evidence it rests on, why it matters, what to do next. */
export function FindingDetail({ nodeId, snapshot, finding }: { nodeId: string; snapshot: Snapshot; finding: Finding }) {
  const { icon, tone, word } = SEVERITY[finding.severity];
  const places = placesOf(finding, snapshot);
  return (
    <article className="fi-detail" aria-label={inert(finding.title, 200)}>
      <p className={`fi-word ${tone}`}>
        <Icon name={icon} /> {word}
      </p>
      <h2>{inert(finding.title, 300)}</h2>
      <p className="dim select">{inert(finding.where, 400)}</p>
      {places.length > 0 && (
        <div className="fi-acts">
          {places.map((place, i) => (
            <Button
              key={place.view}
              kind={i === 0 ? "plain" : "quiet"}
              icon={place.view === "picture" ? "picture" : place.view === "cgroups" ? "tree" : "list"}
              onClick={() => go(place.view, { nodeId, params: place.params })}
            >
              {place.words}
            </Button>
          ))}
        </div>
      )}
      <h3>Why it matters</h3>
      <p>{inert(finding.why, 1200)}</p>
      <h3>What to do</h3>
      <p>{inert(finding.todo, 1200)}</p>
      <h3>Seen on the node</h3>
      <ul className="fi-evidence">
        {finding.evidence.slice(0, 60).map((line) => (
          <li key={line} className="mono">
            {inert(line, 400)}
          </li>
        ))}
      </ul>
      {finding.evidence.length > 60 && <p className="dim">{finding.evidence.length - 60} more lines of evidence</p>}
      {finding.link && (
        <>
          <h3>Read on</h3>
          <p className="mono select">{inert(finding.link, 300)}</p>
        </>
      )}
      <p className="dim fi-rule">rule {inert(finding.rule, 60)}</p>
    </article>
  );
}
