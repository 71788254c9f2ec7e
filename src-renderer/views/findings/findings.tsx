import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { count, inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { Finding, Severity } from "../../../src-shared/reports.ts";
import { findingsKnown, findingsOf } from "../../state/derived.ts";
import { useFirstFocus } from "../../state/first-focus.ts";
import { grouped } from "../../state/grouped.ts";
import { useMuted } from "../../state/muted.ts";
import { useNode } from "../../state/nodes.ts";
import { reportOf } from "../../state/report.ts";
import { go, setParams } from "../../state/route.ts";
import { hover } from "../../state/selection.ts";
import { ExportMenu } from "../../ui/export-menu.tsx";
import { Gaps } from "../../ui/gaps.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, Segments } from "../../ui/parts.tsx";
import { SEVERITY } from "../../ui/severity.ts";
import { Sizer, useSizes } from "../../ui/sizer.tsx";
import { plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { findingCommands } from "./by-hand.ts";
import { FindingDetail } from "./detail.tsx";
import { findingId, placesOf } from "./places.ts";
import "../../ui/view-head.css";
import "./findings.css";

const ORDER: Severity[] = ["critical", "warning", "info"];

/** What is wrong or surprising on a node, worst first; each leads to its place in the picture. */
export default function Findings({ nodeId, params }: ViewProps) {
  const node = useNode(nodeId);
  if (nodeId === undefined || node?.snapshot === undefined) return null;
  return <List nodeId={nodeId} label={node.state.label} snapshot={node.snapshot} params={params} />;
}

function List({
  nodeId,
  label,
  snapshot,
  params,
}: {
  nodeId: string;
  label: string;
  snapshot: Snapshot;
  params: Record<string, string>;
}) {
  const raw = findingsOf(snapshot);
  const muted = useMuted();
  const all = useMemo(() => grouped(raw).filter(({ rule }) => !muted.includes(rule)), [raw, muted]);
  const hidden = useMemo(() => grouped(raw).filter(({ rule }) => muted.includes(rule)), [raw, muted]);
  const [text, setText] = useState("");
  const known = findingsKnown(snapshot);
  const wanted = params.severity;
  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const told = ({ title, where, rule }: Finding) => `${title} ${where} ${rule}`.toLowerCase();
    return (wanted === "muted" ? hidden : all).filter(
      (one) =>
        (wanted === undefined || wanted === "all" || wanted === "muted" || one.severity === wanted) &&
        words.every((word) => told(one).includes(word)),
    );
  }, [all, hidden, wanted, text]);
  const sizes = useSizes("findings.list");
  const list = useRef<HTMLDivElement>(null);
  useFirstFocus(() => list.current);
  const at = Math.max(
    0,
    shown.findIndex((finding) => findingId(finding) === params.finding),
  );
  const current = shown[at];
  const choose = (i: number) => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, i))];
    if (next) setParams({ finding: findingId(next) });
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (event.key === "Home") choose(0);
    else if (event.key === "End") choose(shown.length - 1);
    else if (event.key === "Enter" && current) {
      const place = placesOf(current, snapshot)[0];
      if (place) go(place.view, { nodeId, params: place.params });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const counts = Object.fromEntries(
    ORDER.map((severity) => [severity, all.filter((one) => one.severity === severity).length]),
  ) as Record<Severity, number>;
  return (
    <Page label={`Findings on ${label}`} byHand={current ? findingCommands(current, snapshot) : []}>
      <header className="view-head">
        <h1>{known ? headline(counts, label) : `Looking through ${label}`}</h1>
        <span className="sep" />
        {all.length + hidden.length > 0 && (
          <input
            className="field"
            type="search"
            placeholder="Filter"
            aria-label="Filter findings"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown" || event.key === "Enter") list.current?.focus();
              else if (event.key === "Escape" && text === "") event.currentTarget.blur();
            }}
          />
        )}
        {all.length + hidden.length > 0 && (
          <Segments
            label="Show"
            value={wanted ?? "all"}
            options={[
              { value: "all", label: `all ${all.length}` },
              ...ORDER.filter((severity) => counts[severity] > 0).map((severity) => ({
                value: severity as string,
                label: `${counts[severity]} ${counts[severity] === 1 ? SEVERITY[severity].word : SEVERITY[severity].plural}`,
              })),
              ...(hidden.length > 0 ? [{ value: "muted", label: `${hidden.length} muted` }] : []),
            ]}
            onChange={(value) => setParams({ severity: value === "all" ? undefined : value })}
          />
        )}
        <ExportMenu
          title={`${label} findings`}
          table={() => ({
            head: ["severity", "finding", "where", "rule", "why", "what to do"],
            rows: shown.map(({ severity, title, where, rule, why, todo }) => [severity, title, where, rule, why, todo]),
          })}
          data={() => raw}
          dataWords="The findings"
          snapshot={() => snapshot}
          report={(redact) => reportOf(nodeId, undefined, redact)}
        />
      </header>
      <Gaps snapshot={snapshot} />
      {current === undefined && !known ? (
        <Empty icon="search" title="Every rule is looking at this node">
          <p>{plural(snapshot.pods.length, "pod")} take a moment. What is found appears by itself.</p>
        </Empty>
      ) : current === undefined && all.length + hidden.length > 0 ? (
        <Empty
          icon="filter"
          title="No finding matches"
          actions={
            <Button
              onClick={() => {
                setText("");
                setParams({ severity: undefined });
              }}
            >
              Show all {all.length}
            </Button>
          }
        >
          {hidden.length > 0 && <p>{plural(hidden.length, "finding is muted", "findings are muted")}.</p>}
        </Empty>
      ) : current === undefined ? (
        <Empty icon="check" title="Nothing wrong was found">
          <p>Every rule looked at this node and had nothing to say. What could not be read stands above as a gap.</p>
        </Empty>
      ) : (
        <div className="fi-body" style={sizes}>
          <div
            className="fi-list"
            ref={list}
            role="listbox"
            aria-label="Findings, worst first"
            aria-activedescendant={`finding-${at}`}
            tabIndex={0}
            onKeyDown={keyDown}
            onPointerLeave={() => hover(undefined)}
          >
            {shown.map((finding, i) => (
              <Item
                key={`${findingId(finding)} ${finding.evidence[0] ?? ""}`}
                finding={finding}
                first={i === 0 || shown[i - 1]?.severity !== finding.severity}
                id={`finding-${i}`}
                selected={i === at}
                onChoose={() => choose(i)}
              />
            ))}
          </div>
          <Sizer id="findings.list" label="Width of the list" edge="right" min={20} max={60} />
          <FindingDetail
            nodeId={nodeId}
            label={label}
            snapshot={snapshot}
            finding={current}
            muted={muted.includes(current.rule)}
          />
        </div>
      )}
    </Page>
  );
}

function Item({
  finding,
  first,
  id,
  selected,
  onChoose,
}: {
  finding: Finding;
  first: boolean;
  id: string;
  selected: boolean;
  onChoose: () => void;
}) {
  const { icon, tone, word } = SEVERITY[finding.severity];
  const scroll = useRef(false);
  return (
    <>
      {first && <div className="fi-group">{word}</div>}
      <button
        type="button"
        role="option"
        id={id}
        aria-selected={selected}
        tabIndex={-1}
        className={`fi-item ${selected ? "on" : ""}`}
        ref={(element) => {
          if (selected && !scroll.current) element?.scrollIntoView({ block: "nearest" });
          scroll.current = selected;
        }}
        onClick={onChoose}
      >
        <span className={tone}>
          <Icon name={icon} label={word} />
        </span>
        <span className="fi-title">{inert(finding.title, 200)}</span>
        <span className="fi-where">{inert(finding.where, 160)}</span>
      </button>
    </>
  );
}

function headline(counts: Record<Severity, number>, label: string): string {
  if (counts.critical > 0) return `${count(counts.critical, "thing needs", "things need")} you on ${label}`;
  if (counts.warning > 0) return `${count(counts.warning, "thing")} to look at on ${label}`;
  if (counts.info > 0) return `Nothing wrong on ${label}, ${count(counts.info, "thing")} worth knowing`;
  return `Nothing wrong on ${label}`;
}
