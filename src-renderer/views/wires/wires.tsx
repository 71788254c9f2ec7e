import { useEffect, useMemo, useRef, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { plugWords, type WirePlan, wirePlan } from "../../../src-shared/questions/wire-plan.ts";
import { fitted } from "../../drawing/camera.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { boxOf, layoutWires, nextPlug, plugAt, plugOf, type WireLayout } from "../../drawing/wires/layout.ts";
import { paintWires } from "../../drawing/wires/paint.ts";
import { attempt } from "../../state/client.ts";
import { useKeys } from "../../state/keys.ts";
import { useNode } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { hover, useSelection } from "../../state/selection.ts";
import { oneOf, useSetting } from "../../state/settings.ts";
import { Gaps } from "../../ui/gaps.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, IconButton, Segments } from "../../ui/parts.tsx";
import { type Drawing, Plane, type PlaneHandle } from "../../ui/plane.tsx";
import { plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { WireOptions, WireTable } from "./words.tsx";
import "../../ui/view-head.css";
import "./wires.css";

const SHOWN = ["picture", "table"] as const;

/** Every pod of a node on its wire to a bridge, or a parent, and the way out. */
export default function Wires({ nodeId }: ViewProps) {
  const node = useNode(nodeId);
  if (nodeId === undefined || node?.snapshot === undefined) return null;
  return <Whole key={nodeId} nodeId={nodeId} label={node.state.label} snapshot={node.snapshot} />;
}

/** They are a slow place: who comes here wants them read, not to wait for the next time. */
function Unread({ nodeId }: { nodeId: string }) {
  const live = useNode(nodeId)?.state.phase === "live";
  const [asking, setAsking] = useState(live);
  useEffect(() => {
    if (asking) void attempt("node.refresh", { nodeId, deep: true }).then(() => setAsking(false));
  }, [asking, nodeId]);
  if (asking)
    return (
      <Empty icon="picture" title="Reading the wires">
        <p>Each network namespace is asked for its interfaces, which takes a moment.</p>
      </Empty>
    );
  return (
    <Empty
      icon="picture"
      title="The wires were not read"
      actions={live && <Button onClick={() => setAsking(true)}>Read them again</Button>}
    >
      <p>Interfaces of network namespaces take root on the node and a deep reading.</p>
    </Empty>
  );
}

function Whole({ nodeId, label, snapshot }: { nodeId: string; label: string; snapshot: Snapshot }) {
  const [shown, setShown] = useSetting<(typeof SHOWN)[number]>("wires.shown", "picture", oneOf(...SHOWN));
  const [aspect, setAspect] = useState(1.5);
  const [selected, setSelected] = useState<string | null>(null);
  const plane = useRef<PlaneHandle>(null);
  const { hovered } = useSelection();
  const plan = useMemo(() => wirePlan(snapshot), [snapshot]);
  const layout = useMemo(() => layoutWires(plan, aspect), [plan, aspect]);
  const chosen = selected !== null && layout.at.has(selected) ? selected : null;
  const open = (key: string) => {
    const found = plugOf(layout, key);
    if (found) go("pod", { nodeId, params: { pod: found.plug.pod.key } });
  };
  useKeys({
    enter: () => (chosen === null ? false : open(chosen)),
    z: () => plane.current?.whole(),
  });
  const drawing = useMemo(() => drawingOf(layout, hovered, chosen), [layout, hovered, chosen]);
  const under =
    hovered === undefined ? undefined : layout.ofPod.get(hovered)?.flatMap((key) => sentence(layout, plan, key));
  const read = plan.groups.some(({ kind }) => kind !== "unread" && kind !== "node");
  return (
    <Page label={`Wires of ${label}`} byHand={["ip -d link", "ip -br address", "bridge link", "ip route"]}>
      <header className="view-head">
        <h1>{label}</h1>
        <p>{summary(plan)}</p>
        <span className="sep" />
        <Segments
          label="Show as"
          value={shown}
          options={SHOWN.map((value) => ({ value, label: value }))}
          onChange={setShown}
        />
      </header>
      <Gaps snapshot={snapshot} />
      {!read ? (
        snapshot.pods.length === 0 ? (
          <Empty icon="picture" title="No pods here">
            <p>A pod that starts appears by itself.</p>
          </Empty>
        ) : (
          <Unread nodeId={nodeId} />
        )
      ) : shown === "table" ? (
        <WireTable plan={plan} onOpen={open} />
      ) : (
        <div className="wires-plane">
          <Plane
            ref={plane}
            place={`${nodeId} wires`}
            label={`Wires of ${label}: ${summary(plan)}`}
            drawing={drawing}
            selected={chosen}
            onHover={(key) => {
              const found = key === null ? undefined : plugOf(layout, key);
              hover(found && itemKey.pod(found.plug.pod.key));
            }}
            onSelect={setSelected}
            onOpen={open}
            onShape={setAspect}
            clickOpens
            under={under?.[0]}
            active={chosen === null ? undefined : "wire-active"}
          >
            <WireOptions layout={layout} plan={plan} selected={chosen} />
          </Plane>
          <div className="wires-tools">
            <IconButton icon="plus" label="Nearer (+)" onClick={() => plane.current?.zoomBy(1.5)} />
            <IconButton icon="none" label="Farther (-)" onClick={() => plane.current?.zoomBy(1 / 1.5)} />
            <IconButton icon="picture" label="All wires (Z)" onClick={() => plane.current?.whole()} />
          </div>
        </div>
      )}
    </Page>
  );
}

function drawingOf(layout: WireLayout, hovered: string | undefined, selected: string | null): Drawing {
  const of = hovered === undefined ? undefined : layout.ofPod.get(hovered);
  const lit = of ? new Set(of) : null;
  const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
  return {
    extent: layout,
    near: 1.4,
    first: (size) => fitted(whole, size, 24, 1.25),
    overview: (size) => fitted(whole, size, 24, 1.25),
    boxOf: (key) => boxOf(layout, key),
    keyAt: (x, y) => plugAt(layout, x, y),
    next: (from, direction) => nextPlug(layout, from, direction),
    paint: (surface, camera, theme, { focused, moving }) => {
      paintWires(surface, layout, camera, theme, { lit, selected, focused, moving });
      return false;
    },
  };
}

const sentence = (layout: WireLayout, plan: WirePlan, key: string): string[] => {
  const found = plugOf(layout, key);
  return found ? [`${inert(found.plug.pod.name, 60)}: ${plugWords(found.plug, found.group, plan)}`] : [];
};

/** "14 pods with a wire, 2 bridges, 1 loose wire". */
function summary({ groups }: WirePlan): string {
  const count = (kind: (typeof groups)[number]["kind"]) => groups.filter((group) => group.kind === kind);
  const wires = groups.flatMap(({ plugs }) => plugs.filter(({ inside }) => inside));
  const loose = wires.filter((plug) => plug.loose).length;
  const pods = (kind: (typeof groups)[number]["kind"]) => count(kind).reduce((sum, { plugs }) => sum + plugs.length, 0);
  return [
    plural(wires.length, "wire"),
    count("bridge").length > 0 ? plural(count("bridge").length, "bridge") : "",
    loose > 0 ? `${loose} loose` : "",
    pods("node") > 0 ? `${plural(pods("node"), "pod")} in the node's own network` : "",
    pods("unread") > 0 ? `${pods("unread")} not read` : "",
  ]
    .filter(Boolean)
    .join(", ");
}
