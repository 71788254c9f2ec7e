import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { diffPods } from "../../../src-shared/diff/pods.ts";
import { valueWords } from "../../../src-shared/diff/value-words.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { layoutPair } from "../../drawing/pair.ts";
import { useNodes } from "../../state/nodes.ts";
import { openTarget } from "../../state/open.ts";
import { go, setParams } from "../../state/route.ts";
import { keepSnapshot, useKeptSnapshots } from "../../state/snapshots.ts";
import { ExportMenu } from "../../ui/export-menu.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, Tag } from "../../ui/parts.tsx";
import { useRem } from "../../ui/rem.ts";
import { SANDBOX } from "../../ui/sandbox.ts";
import { placeAndTime } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { byHandOf } from "./by-hand.ts";
import { Cost, costBarsOf } from "./cost.tsx";
import { DiffTable } from "./diff-table.tsx";
import { NAMES, PairFigure } from "./pair-figure.tsx";
import { SidePicker } from "./picker.tsx";
import { firstPair, railsOf, type Side, type Subject, sideFrom, sideParams, subjectIn } from "./sides.ts";
import { differs, telling } from "./words.ts";
import "./compare.css";

/** Any two pods or containers, of one node or of two, now or as a kept snapshot was. */
export default function Compare({ params }: ViewProps) {
  const { open, order } = useNodes();
  useKeptSnapshots();
  const figure = useRef<HTMLDivElement>(null);
  const snapshotOf = (side: Side): Snapshot | undefined =>
    side.kept === undefined
      ? open[side.nodeId]?.snapshot
      : useKeptSnapshots.getState().kept.find(({ id }) => id === side.kept)?.snapshot;

  const nodes = order.flatMap((nodeId) => {
    const snapshot = open[nodeId]?.snapshot;
    return snapshot ? [{ nodeId, snapshot }] : [];
  });
  // The pair of a first visit stays while its pods live: it is chosen once for a set of nodes, not at each refresh.
  const chosen = useRef<[Side, Side]>(undefined);
  const asked = { left: sideFrom(params, "left"), right: sideFrom(params, "right") };
  if (!asked.left && !asked.right && !alive(chosen.current, snapshotOf)) chosen.current = firstPair(nodes);
  const sides = {
    left: asked.left ?? (asked.right ? undefined : chosen.current?.[0]),
    right: asked.right ?? (asked.left ? undefined : chosen.current?.[1]),
  };
  const subject = (side: Side | undefined): Subject | undefined => {
    const snapshot = side && snapshotOf(side);
    return side && snapshot && subjectIn(snapshot, side);
  };
  const left = subject(sides.left);
  const right = subject(sides.right);
  const show = (next: { left?: Side; right?: Side }) =>
    setParams({ ...sideParams(next.left, "left"), ...sideParams(next.right, "right") });

  if (nodes.length === 0)
    return (
      <Page label="Compare">
        <Empty
          page
          icon="swap"
          title="No node is open"
          actions={
            <>
              <Button kind="primary" onClick={() => void openTarget("demo").then(() => go("compare"))}>
                Open the demo node
              </Button>
              <Button onClick={() => go("welcome")}>Choose a node</Button>
            </>
          }
        >
          <p>Compare puts two pods side by side: the same pod with pause and without, for a start.</p>
        </Empty>
      </Page>
    );
  return (
    <Page label="Compare" byHand={left && right ? byHandOf(left, right) : []}>
      <h1 className="hidden-words">Compare</h1>
      <header className="cmp-head">
        <Heading
          which="Left"
          subject={left}
          side={sides.left}
          label={sides.left && open[sides.left.nodeId]?.state.label}
          far={sides.left?.nodeId !== sides.right?.nodeId}
          onPick={(side) => show({ left: side, right: sides.right })}
        />
        <div className="cmp-middle">
          {left && right && <Middle left={left} right={right} />}
          <div className="cmp-acts">
            <Button kind="quiet" icon="swap" onClick={() => show({ left: sides.right, right: sides.left })}>
              Swap
            </Button>
            {left && right && <TakeAway left={left} right={right} figure={figure} />}
          </div>
        </div>
        <Heading
          which="Right"
          subject={right}
          side={sides.right}
          label={sides.right && open[sides.right.nodeId]?.state.label}
          far={sides.left?.nodeId !== sides.right?.nodeId}
          onPick={(side) => show({ left: sides.left, right: side })}
        />
      </header>
      {left && right ? (
        <Sides left={left} right={right} figure={figure} />
      ) : (
        <Empty icon="swap" title={missing(sides.left, left, sides.right, right)}>
          <p>Choose a pod or a container on each side. Freeze a moment of one, to compare it with itself later.</p>
        </Empty>
      )}
    </Page>
  );
}

function alive(pair: [Side, Side] | undefined, snapshotOf: (side: Side) => Snapshot | undefined): boolean {
  return (
    pair?.every((side) => {
      const snapshot = snapshotOf(side);
      return snapshot !== undefined && subjectIn(snapshot, side) !== undefined;
    }) ?? false
  );
}

function missing(
  left: Side | undefined,
  found: Subject | undefined,
  right: Side | undefined,
  other: Subject | undefined,
) {
  if (left && !found) return "The left side is gone from its node";
  if (right && !other) return "The right side is gone from its node";
  return "Choose what to put beside it";
}

function Heading({
  which,
  subject,
  side,
  label,
  far,
  onPick,
}: {
  which: string;
  subject: Subject | undefined;
  side: Side | undefined;
  label: string | undefined;
  /** The other side is on another node. */
  far: boolean;
  onPick: (side: Side) => void;
}) {
  const state = subject?.pod?.sandbox.state;
  return (
    <div className="cmp-side">
      <div className="cmp-name">
        <SidePicker label={which} name={subject?.name} onPick={onPick} />
        <span className="dim cut">
          {subject?.words}
          {label && far && `, ${label}`}
          {side?.kept && `, at ${clock(subject?.snapshot.takenAt)}`}
        </span>
        {subject && !side?.kept && (
          <Button
            kind="quiet"
            icon="clock"
            title="Freeze this moment of this side, and compare it with itself later"
            onClick={() =>
              onPick({
                ...subject.side,
                kept: keepSnapshot(
                  subject.side.nodeId,
                  `${label ?? ""} at ${clock(subject.snapshot.takenAt)}`,
                  subject.snapshot,
                ),
              })
            }
          >
            Freeze
          </Button>
        )}
      </div>
      {state && (
        <p className={state === "dead" ? "bad" : undefined}>
          <Icon name={SANDBOX[state].icon} /> <b>{sentence(state)}</b> {inert(subject?.pod?.sandbox.why ?? "", 160)}
        </p>
      )}
      {subject?.home && (
        <p>
          A container of <b>{inert(subject.home.name, 80)}</b>, whose sandbox it shares.{" "}
          {sentence(subject.home.sandbox.state)}
        </p>
      )}
    </div>
  );
}

const clock = (iso: string | undefined): string => (iso === undefined ? "" : new Date(iso).toLocaleTimeString("en-GB"));

const sentence = (state: keyof typeof SANDBOX): string =>
  ({
    process: "Held by pause.",
    dropped: "Held by pins.",
    dead: "The sandbox is dead.",
    none: "No sandbox.",
    starting: "The sandbox is being made.",
  })[state];

/** Columns as wide as the window lets them be, in the diagram's units. */
function usePitch(box: RefObject<HTMLElement | null>): number {
  const [pitch, setPitch] = useState(52);
  const rem = useRem();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const units = (element.clientWidth / rem) * 16;
      setPitch(Math.round(Math.max(46, Math.min(72, ((units - NAMES - 56) / 2 - 36) / 8))));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, rem]);
  return pitch;
}

function useDiff(left: Subject, right: Subject) {
  return useMemo(() => {
    const diff = diffPods(left.snapshot, left.side.key, right.snapshot, right.side.key);
    return { ...diff, rows: telling(diff.rows) };
  }, [left.snapshot, left.side.key, right.snapshot, right.side.key]);
}

function Middle({ left, right }: { left: Subject; right: Subject }) {
  const diff = useDiff(left, right);
  const count = diff.rows.filter(differs).length;
  const same = diff.rows.length - count;
  return (
    <>
      <Tag icon="diff">{count} differ</Tag>
      <span className="dim">{same} are the same</span>
    </>
  );
}

function TakeAway({
  left,
  right,
  figure,
}: {
  left: Subject;
  right: Subject;
  figure: RefObject<HTMLDivElement | null>;
}) {
  const diff = useDiff(left, right);
  const words = diff.rows.filter(differs).map(({ field }) => field);
  return (
    <ExportMenu
      title={`${inert(left.name, 60)} beside ${inert(right.name, 60)}`}
      words={`What differs: ${words.join(", ")}`}
      caption={[...new Set([left, right].map(({ snapshot }) => placeAndTime(snapshot)))].join(" · ")}
      picture={figure}
      bars={() => ({ left: inert(left.name, 60), right: inert(right.name, 60), rows: costBarsOf(diff) })}
      table={() => ({
        head: ["what", inert(left.name, 120), inert(right.name, 120), "same"],
        rows: diff.rows.map((row) => [
          row.field,
          valueWords(row.field, row.left),
          valueWords(row.field, row.right),
          differs(row) ? "no" : "yes",
        ]),
      })}
      data={() => diff}
      dataWords="The comparison"
    />
  );
}

function Sides({ left, right, figure }: { left: Subject; right: Subject; figure: RefObject<HTMLDivElement | null> }) {
  const diff = useDiff(left, right);
  const box = useRef<HTMLDivElement>(null);
  const pitch = usePitch(box);
  const pair = useMemo(() => {
    const [a, b] = [railsOf(left), railsOf(right)];
    return a && b ? layoutPair(a, b, { gutter: 10, pitch, digits: false }) : undefined;
  }, [left, right, pitch]);
  const names = { left: inert(left.name, 60), right: inert(right.name, 60) };
  return (
    <div className="cmp-body">
      <div className="cmp-picture" ref={box}>
        {pair && (
          <PairFigure
            pair={pair}
            figure={figure}
            names={{ ...names, leftNode: left.snapshot.node.hostname, rightNode: right.snapshot.node.hostname }}
          />
        )}
      </div>
      <div className="cmp-low">
        <DiffTable diff={diff} names={names} />
        <Cost diff={diff} names={names} />
      </div>
    </div>
  );
}
