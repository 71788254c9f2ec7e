import { useEffect, useMemo, useRef, useState } from "react";
import { lookup } from "../../../src-shared/lookup.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { CgroupReport } from "../../../src-shared/reports.ts";
import { shellQuote } from "../../../src-shared/shell-quote.ts";
import { cgroupPathOf, idOf, itemKey, itemOf } from "../../drawing/item-key.ts";
import { untidy } from "../../drawing/node/layout.ts";
import type { Measure } from "../../drawing/node/measure.ts";
import type { Tile } from "../../drawing/node/tile.ts";
import type { Grouping } from "../../drawing/node/tiles.ts";
import { cgroupCount, findingsOf, reportsOf } from "../../state/derived.ts";
import { useKeys } from "../../state/keys.ts";
import { useNode } from "../../state/nodes.ts";
import { notify } from "../../state/notices.ts";
import { go, setParams } from "../../state/route.ts";
import { hover, select, useSelection } from "../../state/selection.ts";
import { oneOf, useSetting } from "../../state/settings.ts";
import { BY_PATH, useSteady } from "../../state/steady.ts";
import { ExportMenu } from "../../ui/export-menu.tsx";
import { Gaps } from "../../ui/gaps.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, IconButton, Segments } from "../../ui/parts.tsx";
import { Sizer, useSizes } from "../../ui/sizer.tsx";
import { placeAndTime, plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { Icicle } from "./icicle-panel.tsx";
import { NodeCanvas, type NodeCanvasHandle } from "./node-canvas.tsx";
import { tidy, useScene } from "./scene.ts";
import { SidePanel } from "./side-panel.tsx";
import "../../ui/view-head.css";
import "./picture.css";

const NO_REPORTS: CgroupReport[] = [];
const MEASURES = ["usage", "pressure", "limit"] as const;
const GROUPINGS = ["namespace", "runtime"] as const;

/** Every pod, container and namespace of a node in one picture, and its cgroups below. */
export default function Picture({ nodeId, params }: ViewProps) {
  const node = useNode(nodeId);
  if (nodeId === undefined || node?.snapshot === undefined) return null;
  return (
    <Whole
      key={nodeId}
      nodeId={nodeId}
      label={node.state.label}
      live={node.state.phase === "live"}
      snapshot={node.snapshot}
      at={params.at}
    />
  );
}

function Whole({
  nodeId,
  label,
  live,
  snapshot,
  at,
}: {
  nodeId: string;
  label: string;
  live: boolean;
  snapshot: Snapshot;
  at?: string;
}) {
  const sizes = useSizes("picture.side");
  const [measure, setMeasure] = useSetting<Measure>("picture.measure", "usage", oneOf(...MEASURES));
  const [grouping, setGrouping] = useSetting<Grouping>("picture.grouping", "namespace", oneOf(...GROUPINGS));
  const [tidied, setTidied] = useState(0);
  const canvas = useRef<NodeCanvasHandle>(null);
  const { hovered, selected } = useSelection();
  const [aspect, setAspect] = useState<number>();
  const scene = useScene(nodeId, snapshot, findingsOf(snapshot), grouping, measure, tidied, hovered, aspect);
  const [over, setOver] = useState(false);
  const steady = useSteady(scene.whole ? reportsOf(scene.snapshot) : NO_REPORTS, BY_PATH, over);
  const tiles = useTileOf(snapshot, scene.tiles);
  const current = tiles(selected);

  // A search hit, a finding or a link from elsewhere: fly there once, then the address is plain again.
  useEffect(() => {
    if (at === undefined) return;
    const key = tiles(at);
    if (key !== null) {
      if (useSelection.getState().selected !== at) select(at);
      canvas.current?.flyTo(key);
    } else if (idOf("cgroup", at) === undefined)
      notify({ tone: "info", text: "It has no place of its own in the picture: all its namespaces are the node's." });
    else select(at);
    setParams({ at: undefined });
  }, [at, tiles]);

  const open = (key: string) => {
    const pod = idOf("pod", key);
    if (pod !== undefined) go("pod", { nodeId, params: { pod } });
  };
  useKeys({
    enter: () => (current === null ? false : open(current)),
    z: () => canvas.current?.whole(),
  });
  const containers = snapshot.containers.filter(({ pid }) => pid !== null).length;
  const beside = useMemo(() => {
    const loose = scene.layout.blocks.filter((block) => block.loose);
    const all = scene.layout.blocks.length === loose.length;
    return all ? 0 : loose.reduce((sum, { places }) => sum + places.filter((key) => key !== null).length, 0);
  }, [scene.layout]);
  const path = cgroupPathOf(snapshot, selected);
  return (
    <Page label={`Picture of ${label}`} byHand={byHand(snapshot, path)}>
      <header className="view-head">
        <h1>{label}</h1>
        <p>
          {plural(snapshot.pods.length, "pod")}, {plural(containers, "container")},{" "}
          {plural(snapshot.namespaces.length, "namespace")}
          {beside > 0 && (
            <>
              {", "}
              <button type="button" className="link" onClick={() => canvas.current?.outside()}>
                {beside} outside pods
              </button>
            </>
          )}
        </p>
        <span className="sep" />
        <Segments
          label="Bars and shades show"
          value={measure}
          options={MEASURES.map((value) => ({ value, label: value, title: MEANING[value] }))}
          onChange={setMeasure}
        />
        <Segments
          label="Groups"
          value={grouping}
          options={GROUPINGS.map((value) => ({ value, label: `by ${value}` }))}
          onChange={setGrouping}
        />
        <ExportMenu
          title={`${label} picture`}
          caption={placeAndTime(snapshot)}
          canvas={() => canvas.current?.paintable()}
          data={() => snapshot.pods}
          dataWords="The pods"
          snapshot={() => snapshot}
        />
      </header>
      <Gaps snapshot={snapshot} />
      {scene.layout.at.size === 0 ? (
        <Empty icon="picture" title="No pods and no containers here">
          <p>
            Every namespace of this node is its own.{" "}
            {live ? "A pod that starts will appear by itself." : "It is shown as it was when it was read."}
          </p>
        </Empty>
      ) : (
        <div className="pic-body" style={sizes}>
          <div className="pic-plane">
            <NodeCanvas
              ref={canvas}
              place={`${nodeId} ${grouping}`}
              label={`${plural(scene.layout.at.size, "pod or container", "pods and containers")} of ${label}, ${plural(scene.layout.blocks.length, "group")}`}
              scene={scene}
              onShape={setAspect}
              selected={current}
              hovered={tiles(hovered)}
              onHover={(key) => hover(key ?? undefined)}
              onSelect={select}
              onOpen={open}
            />
            <div className="pic-tools">
              {untidy(scene.layout) && (
                <Button
                  kind="quiet"
                  onClick={() => {
                    tidy(nodeId, grouping);
                    setTidied((n) => n + 1);
                  }}
                >
                  Tidy up
                </Button>
              )}
              <IconButton icon="plus" label="Nearer (+)" onClick={() => canvas.current?.zoomBy(1.5)} />
              <IconButton icon="none" label="Farther (-)" onClick={() => canvas.current?.zoomBy(1 / 1.5)} />
              <IconButton icon="picture" label="The whole node (Z)" onClick={() => canvas.current?.whole()} />
            </div>
          </div>
          <section className="pic-cgroups" aria-label="Cgroups">
            <div className="panel-h">
              <h2>Cgroups</h2>
              <span className="dim">width is memory used, shade is {MEANING[measure]}</span>
              <span className="sep" />
              <Button kind="quiet" onClick={() => go("cgroups", { nodeId })}>
                as a tree
              </Button>
            </div>
            {scene.whole ? (
              <Icicle
                snapshot={scene.snapshot}
                steady={steady}
                frozen={over}
                onOver={setOver}
                measure={measure}
                rows={5}
                rowHeight={22}
                selected={path ?? null}
                hovered={cgroupPathOf(snapshot, hovered) ?? null}
                onHover={(under) => hover(under === null ? undefined : itemKey.cgroup(under))}
                onSelect={(under) => select(itemKey.cgroup(under))}
              />
            ) : (
              <p className="pic-waiting dim">Putting {plural(cgroupCount(snapshot), "cgroup")} in order …</p>
            )}
          </section>
          <Sizer id="picture.side" label="Width of what is selected" edge="left" max={60} />
          <SidePanel
            nodeId={nodeId}
            snapshot={snapshot}
            tile={current === null ? undefined : scene.tiles.get(current)}
            onOpen={open}
          />
        </div>
      )}
    </Page>
  );
}

const MEANING: Record<Measure, string> = {
  usage: "share of the effective limit",
  pressure: "time stalled in the last 10 s",
  limit: "size of the effective limit",
};

/** Which tile a selection speaks of: itself, or the pod that a container, process, namespace or cgroup belongs to. */
function useTileOf(snapshot: Snapshot, tiles: ReadonlyMap<string, Tile>): (id: string | undefined) => string | null {
  return useMemo(() => {
    const podOf = new Map<string, string>();
    for (const { id, podKey, cgroupPath } of snapshot.containers) {
      const tile = podKey === undefined ? itemKey.container(id) : itemKey.pod(podKey);
      podOf.set(itemKey.container(id), tile);
      podOf.set(itemKey.cgroup(cgroupPath), tile);
    }
    for (const { key, cgroupPath } of snapshot.pods)
      if (cgroupPath) podOf.set(itemKey.cgroup(cgroupPath), itemKey.pod(key));
    const holder = (pid: number): string | undefined => {
      const container = lookup(snapshot).containerOfPid(pid);
      return container && podOf.get(itemKey.container(container.id));
    };
    return (id) => {
      if (id === undefined) return null;
      if (tiles.has(id)) return id;
      const known = podOf.get(id);
      if (known !== undefined) return known;
      const item = itemOf(id);
      if (item?.kind === "process") return holder(Number(item.id.split(":")[0])) ?? null;
      if (item?.kind === "ns") {
        const inode = Number(item.id.split(":")[1]);
        for (const tile of tiles.values()) if (tile.inodes.includes(inode)) return tile.key;
      }
      return null;
    };
  }, [snapshot, tiles]);
}

function byHand(snapshot: Snapshot, path: string | undefined): string[] {
  const commands = ["lsns -o NS,TYPE,NPROCS,PID,COMMAND", "findmnt -t nsfs"];
  const memory = snapshot.node.cgroupMounts?.find(({ hierarchy }) => hierarchy === "v2" || hierarchy === "memory");
  const top = memory?.mountPoint ?? (snapshot.node.cgroupMode === "v2" ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");
  if (path !== undefined) {
    const file = snapshot.node.cgroupMode === "v2" ? "memory.current" : "memory.usage_in_bytes";
    commands.push(`cat ${shellQuote(`${top}${path === "/" ? "" : path}/${file}`)}`);
  } else commands.push("systemd-cgls -l");
  return commands;
}
