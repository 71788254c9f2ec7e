import { useMemo, useRef, useState } from "react";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { Paintable } from "../../drawing/canvas-export.ts";
import { parentOf } from "../../drawing/icicle.ts";
import { cgroupPathOf, itemKey } from "../../drawing/item-key.ts";
import type { Measure } from "../../drawing/node/measure.ts";
import { cgroupCount, reportsByPath, reportsOf } from "../../state/derived.ts";
import { useNode } from "../../state/nodes.ts";
import { usePrepared } from "../../state/prepared.ts";
import { hover, select, useSelection } from "../../state/selection.ts";
import { oneOf, useSetting } from "../../state/settings.ts";
import { BY_PATH, useSteady } from "../../state/steady.ts";
import { ExportMenu } from "../../ui/export-menu.tsx";
import { Gaps } from "../../ui/gaps.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, Segments } from "../../ui/parts.tsx";
import { Sizer, useSizes } from "../../ui/sizer.tsx";
import { placeAndTime, plural } from "../../ui/words.ts";
import { Icicle } from "../picture/icicle-panel.tsx";
import type { ViewProps } from "../view.ts";
import { commandsFor } from "./by-hand.ts";
import { CgroupDetail } from "./detail.tsx";
import { domainRanks, firstOpen, type SortedBy, tableOf, treeRows } from "./rows.ts";
import { CgroupTree } from "./tree.tsx";
import "../../ui/facts.css";
import "../../ui/view-head.css";
import "./cgroups.css";

const MEASURES = ["usage", "pressure", "limit"] as const;

/** A node's cgroups: the icicle for the eye, the tree table for the numbers, one selection for both. */
export default function Cgroups({ nodeId, params }: ViewProps) {
  const node = useNode(nodeId);
  if (nodeId === undefined || node?.snapshot === undefined) return null;
  return <Prepared key={nodeId} nodeId={nodeId} snapshot={node.snapshot} at={params.at} />;
}

function Prepared(props: { nodeId: string; snapshot: Snapshot; at?: string }) {
  const ready = usePrepared(props.snapshot);
  if (ready) return <Tree {...props} snapshot={ready} />;
  return (
    <Page label="Cgroups">
      <header className="view-head">
        <h1>Cgroups</h1>
        <p>Putting {plural(cgroupCount(props.snapshot), "cgroup")} in order …</p>
      </header>
    </Page>
  );
}

function Tree({ nodeId, snapshot, at }: { nodeId: string; snapshot: Snapshot; at?: string }) {
  const [over, setOver] = useState(false);
  const steady = useSteady(reportsOf(snapshot), BY_PATH, over);
  const { items: reports } = steady;
  const byPath = reportsByPath(snapshot);
  const sizes = useSizes("cgroups.detail");
  const [measure, setMeasure] = useSetting<Measure>("picture.measure", "usage", oneOf(...MEASURES));
  const [open, setOpen] = useState(() => opened(firstOpen(reports), at));
  const [wanted, setWanted] = useState("");
  const { hovered, selected } = useSelection();
  const path = cgroupPathOf(snapshot, selected) ?? at ?? null;
  const under = cgroupPathOf(snapshot, hovered) ?? null;
  const icicle = useRef<{ paintable: () => Paintable | undefined }>(null);
  const [by, setBy] = useState<SortedBy>();
  const [detail, setDetail] = useSetting("cgroups.details", true, (value) => typeof value === "boolean");
  const oom = useMemo(() => domainRanks(snapshot, byPath, path ?? "/"), [snapshot, byPath, path]);
  const rows = useMemo(() => treeRows(reports, open, wanted, by, oom), [reports, open, wanted, by, oom]);
  const current = byPath.get(path ?? "/");

  const choose = (next: string) => {
    setOpen((now) => opened(now, next));
    select(itemKey.cgroup(next));
  };
  const toggle = (which: string, isOpen: boolean) =>
    setOpen((now) => {
      const next = new Set(now);
      if (isOpen) next.add(which);
      else next.delete(which);
      return next;
    });
  return (
    <Page label="Cgroups" byHand={commandsFor(snapshot, path ?? "/")}>
      <header className="view-head">
        <h1>Cgroups</h1>
        <p>
          {plural(byPath.size, "cgroup")}, {MODE[snapshot.node.cgroupMode]}
        </p>
        <span className="sep" />
        <input
          className="field"
          type="search"
          placeholder="Filter by path or name"
          aria-label="Filter cgroups"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <Button kind="quiet" onClick={() => setOpen(open.size > 1 ? new Set(["/"]) : firstOpen(reports))}>
          {open.size > 1 ? "Collapse all" : "Open to the pods"}
        </Button>
        <Button kind="quiet" icon="info" aria-pressed={detail} onClick={() => setDetail(!detail)}>
          Details
        </Button>
        <Segments
          label="Shades show"
          value={measure}
          options={MEASURES.map((value) => ({ value, label: value }))}
          onChange={setMeasure}
        />
        <ExportMenu
          title={`cgroups of ${snapshot.node.hostname}`}
          caption={placeAndTime(snapshot)}
          canvas={() => icicle.current?.paintable()}
          table={() => tableOf(rows)}
          data={() => reports}
          dataWords="The cgroups"
        />
      </header>
      <Gaps snapshot={snapshot} />
      {reports.length === 0 ? (
        <Empty icon="tree" title="No cgroups could be read">
          <p>The cgroup file systems of this node are not mounted where we look, or not readable with these rights.</p>
        </Empty>
      ) : (
        <>
          <div className="cg-icicle">
            <Icicle
              ref={icicle}
              snapshot={snapshot}
              steady={steady}
              frozen={over}
              onOver={setOver}
              measure={measure}
              rows={6}
              rowHeight={22}
              selected={path}
              hovered={under}
              onHover={(one) => hover(one === null ? undefined : itemKey.cgroup(one))}
              onSelect={choose}
            />
          </div>
          <div className="cg-body" style={sizes}>
            <CgroupTree
              nodeId={nodeId}
              rows={rows}
              gone={steady.gone}
              fresh={steady.fresh}
              onOver={setOver}
              oom={oom}
              by={by}
              onSort={(next) => setBy(next === by ? undefined : next)}
              selected={path}
              hovered={under}
              onHover={(one) => hover(one === null ? undefined : itemKey.cgroup(one))}
              onSelect={choose}
              onToggle={toggle}
            />
            {current && detail && (
              <>
                <Sizer id="cgroups.detail" label="Width of the selected cgroup" edge="left" max={60} />
                <CgroupDetail nodeId={nodeId} snapshot={snapshot} report={current} />
              </>
            )}
          </div>
        </>
      )}
    </Page>
  );
}

const MODE = { v1: "v1", hybrid: "v1 with a v2 tree beside it", v2: "v2" };

/** A path with all that is above it open. */
function opened(now: ReadonlySet<string>, path: string | undefined): Set<string> {
  const open = new Set(now);
  for (let above = path === undefined ? undefined : parentOf(path); above !== undefined; above = parentOf(above))
    open.add(above);
  return open;
}
