import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { mute } from "../../state/muted.ts";
import { go } from "../../state/route.ts";
import { copyText } from "../../ui/copy.ts";
import { Icon } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { SEVERITY } from "../../ui/severity.ts";
import { findingCommands } from "./by-hand.ts";
import { findingMarkdown } from "./markdown.ts";
import { placesOf } from "./places.ts";
import { FindingPod } from "./pod.tsx";
import { useJournal } from "./use-journal.ts";

/** One finding whole: what, where, the evidence it rests on, why it matters, what to do next. */
export function FindingDetail({
  nodeId,
  label,
  snapshot,
  finding,
  muted,
}: {
  nodeId: string;
  label: string;
  snapshot: Snapshot;
  finding: Finding;
  muted: boolean;
}) {
  const journal = useJournal(nodeId);
  const ours = journal.filter(({ pod }) => pod === finding.at?.podKey).slice(0, 3);
  const { icon, tone, word } = SEVERITY[finding.severity];
  const places = placesOf(finding, snapshot);
  return (
    <article className="fi-detail" aria-label={inert(finding.title, 200)}>
      <div className="fi-words">
        <p className={`fi-word ${tone}`}>
          <Icon name={icon} /> {word}
        </p>
        <h2>{inert(finding.title, 300)}</h2>
        <p className="dim select">{inert(finding.where, 400)}</p>
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
          <Button
            kind="quiet"
            icon="copy"
            onClick={() =>
              void copyText(
                findingMarkdown(finding, label, snapshot, findingCommands(finding, snapshot)),
                "the finding as Markdown",
              )
            }
          >
            Copy as Markdown
          </Button>
          <Button
            kind="quiet"
            title="Findings of this rule are expected here: they are folded away on every node and counted nowhere"
            onClick={() => mute(finding, !muted)}
          >
            {muted ? "Unmute this rule" : "Mute this rule"}
          </Button>
        </div>
        {ours.length > 0 && (
          <ul className="fi-ours" aria-label="What Podglass did to this pod">
            {ours.map((entry) => (
              <li key={entry.id}>
                <Icon name="book" /> Podglass: {entry.action} at{" "}
                <time dateTime={entry.at}>{new Date(entry.at).toLocaleTimeString("en-GB")}</time>, {entry.state}{" "}
                <button type="button" className="link" onClick={() => go("journal", { nodeId })}>
                  in the journal
                </button>
              </li>
            ))}
          </ul>
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
      </div>
      {finding.at?.podKey && <FindingPod snapshot={snapshot} podKey={finding.at.podKey} />}
    </article>
  );
}
