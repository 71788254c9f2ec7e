import { useCallback, useEffect, useState } from "react";
import type { Outcome } from "../../../src-shared/actions.ts";
import type { JournalEntry } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";
import { attempt, request } from "../../state/client.ts";
import { useNode } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, Tag } from "../../ui/parts.tsx";
import { Checks } from "../pod/plan-parts.tsx";
import "../pod/plan.css";
import type { ViewProps } from "../view.ts";
import "../../ui/view-head.css";
import "./journal.css";

const STATE: Record<JournalEntry["state"], { word: string; tone: "ok" | "warn" | "bad" | "plain"; icon: IconName }> = {
  started: { word: "began, no end was written", tone: "warn", icon: "warn" },
  done: { word: "done", tone: "ok", icon: "check" },
  failed: { word: "failed", tone: "bad", icon: "bad" },
  undone: { word: "undone", tone: "plain", icon: "left" },
  "rolled-back": { word: "rolled back", tone: "plain", icon: "left" },
};

/** What was done to this node, latest first; what can be undone has its way back here. */
export default function Journal({ nodeId }: ViewProps) {
  const node = useNode(nodeId);
  const [entries, setEntries] = useState<JournalEntry[]>();
  const [busy, setBusy] = useState<string>();
  const [outcome, setOutcome] = useState<{ of: string; outcome?: Outcome; trouble?: string }>();
  const load = useCallback(async () => {
    if (nodeId !== undefined) setEntries((await attempt("journal.list", { nodeId })) ?? []);
  }, [nodeId]);
  useEffect(() => void load(), [load]);
  if (nodeId === undefined || node === undefined) return null;
  const undo = async (entry: JournalEntry) => {
    setBusy(entry.id);
    try {
      setOutcome({ of: entry.id, outcome: await request("journal.undo", { nodeId, journalId: entry.id }) });
    } catch (error) {
      setOutcome({ of: entry.id, trouble: error instanceof Error ? error.message : String(error) });
    }
    setBusy(undefined);
    await load();
  };
  const may = node.state.actions && !node.state.readOnly;
  return (
    <Page
      label="Journal"
      byHand={["cat ~/.local/state/podglass/journal.jsonl", "cat /run/podglass/pins/*/manifest.json"]}
    >
      <header className="view-head">
        <h1>Journal</h1>
        <p>What Podglass did to {node.state.label}, and how each of it is undone.</p>
        <span className="sep" />
        <Button kind="quiet" icon="refresh" onClick={() => void load()}>
          Read again
        </Button>
      </header>
      {entries?.length === 0 && (
        <Empty icon="book" title={`Nothing was done to ${node.state.label} yet`}>
          <p>Looking changes nothing. Pinning, dropping, restoring and unpinning are written here before and after.</p>
        </Empty>
      )}
      <ol className="jr-list">
        {entries?.map((entry, i) => {
          const state = STATE[entry.state];
          const pod = node.snapshot?.pods.find(({ key, name }) => key === entry.pod || name === entry.pod);
          return (
            <li key={entry.id}>
              {day(entry.at) !== day(entries[i - 1]?.at) && <h2>{day(entry.at)}</h2>}
              <div className="jr-entry">
                <time dateTime={entry.at}>{clock(entry.at)}</time>
                <div>
                  <b>
                    {inert(entry.action, 20)} {inert(pod?.name ?? entry.pod, 90)}
                  </b>{" "}
                  {pod && (
                    <span className="dim mono" title={inert(entry.pod, 200)}>
                      {inert(entry.pod, 24)}
                    </span>
                  )}
                  <p>{inert(entry.detail, 600)}</p>
                  {outcome?.of === entry.id && <After outcome={outcome.outcome} trouble={outcome.trouble} />}
                </div>
                <Tag tone={state.tone} icon={state.icon}>
                  {state.word}
                </Tag>
                <div className="jr-acts">
                  {pod && (
                    <Button kind="quiet" onClick={() => go("pod", { nodeId, params: { pod: pod.key } })}>
                      Open
                    </Button>
                  )}
                  {entry.undoable && may && (
                    <Button disabled={busy !== undefined} onClick={() => void undo(entry)}>
                      {busy === entry.id ? "Undoing…" : "Undo"}
                    </Button>
                  )}
                </div>
              </div>
            </li>
          );
        })}
      </ol>
      {entries?.some(({ undoable }) => undoable) && !may && (
        <p className="dim jr-note">
          <Icon name="lock" /> Undoing changes the node, and this window may only look at it.
        </p>
      )}
    </Page>
  );
}

function After({ outcome, trouble }: { outcome?: Outcome; trouble?: string }) {
  if (trouble !== undefined) return <p className="bad">{trouble}</p>;
  if (outcome === undefined) return null;
  return (
    <div className="jr-after">
      <p className={outcome.done ? "ok" : "bad"}>{outcome.done ? "Undone." : "Not undone."}</p>
      <Checks
        title="Seen on the node afterwards"
        list={outcome.verified.length > 0 ? outcome.verified : steps(outcome)}
      />
    </div>
  );
}

const steps = (outcome: Outcome) => outcome.steps.map(({ title, ok, detail }) => ({ name: title, ok, detail }));
const day = (iso: string | undefined): string =>
  iso === undefined
    ? ""
    : new Date(iso).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
const clock = (iso: string): string => new Date(iso).toLocaleTimeString("en-GB");
