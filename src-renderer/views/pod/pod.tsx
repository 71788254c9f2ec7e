import { useEffect, useMemo, useRef } from "react";
import { isZombie } from "../../../src-shared/liveness.ts";
import type { Container, NamespaceType } from "../../../src-shared/model.ts";
import { NAMESPACE_TYPES } from "../../../src-shared/model.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { railsModel } from "../../drawing/rails-model.ts";
import { attempt } from "../../state/client.ts";
import { findingsByPod, reportOf } from "../../state/derived.ts";
import { useNode } from "../../state/nodes.ts";
import { go, setParams } from "../../state/route.ts";
import { letGo, select } from "../../state/selection.ts";
import { oneOf, useSetting } from "../../state/settings.ts";
import { Page } from "../../ui/page.tsx";
import { Banner, Button, Empty, Tabs } from "../../ui/parts.tsx";
import { Sizer, useSizes } from "../../ui/sizer.tsx";
import { plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { podCommands } from "./by-hand.ts";
import { PodCgroups } from "./cgroups.tsx";
import { PodCurves } from "./curves.tsx";
import { PodEvents } from "./events.tsx";
import { PodFindings } from "./findings.tsx";
import { PodHead } from "./head.tsx";
import { Matrix, prefixOf } from "./matrix.tsx";
import { Mounts } from "./mounts.tsx";
import { Network } from "./network.tsx";
import { Oci } from "./oci.tsx";
import { Processes, processLines } from "./processes.tsx";
import { Sharing } from "./sharing.tsx";
import { summaryOf } from "./summary.ts";
import { Sysctls } from "./sysctls.tsx";
import { Tour } from "./tour.tsx";
import { useWhatIf } from "./use-what-if.ts";
import { Walls } from "./walls.tsx";
import { WhatIfAnswer } from "./what-if.tsx";
import "./pod.css";

const LEFT = ["matrix", "curves", "walls", "oci", "mounts", "network", "sysctls"] as const;
const RIGHT = ["processes", "findings", "events"] as const;
/** Tabs whose facts are read when one looks at them. */
const DEEP: ReadonlySet<string> = new Set(["mounts", "network", "sysctls"]);

export default function PodView({ nodeId, params }: ViewProps) {
  const node = useNode(nodeId);
  const key = params.pod ?? "";
  const past = node?.gone.pods.find(({ pod }) => pod.key === key);
  const snapshot = node?.snapshot;
  const model = useMemo(() => snapshot && railsModel(snapshot, key), [snapshot, key]);
  const report = snapshot && reportOf(snapshot, key);
  const [left, setLeft] = useSetting("pod.left", "matrix", oneOf(...LEFT));
  const [right, setRight] = useSetting("pod.right", "processes", oneOf(...RIGHT));
  const sizes = useSizes("pod.top", "pod.right", "pod.wide");
  const picture = useRef<HTMLDivElement>(null);
  const asked = useWhatIf(snapshot, report?.pod, model);
  const phase = node?.state.phase;
  const deep = DEEP.has(left);
  useEffect(() => letGo, []);
  useEffect(() => {
    if (deep && nodeId !== undefined && phase === "live") void attempt("pod.deepen", { nodeId, podKey: key });
  }, [deep, nodeId, key, phase]);
  useEffect(() => {
    if (params.tab && (LEFT as readonly string[]).includes(params.tab)) {
      setLeft(params.tab as (typeof LEFT)[number]);
      setParams({ tab: undefined });
    }
  }, [params.tab, setLeft]);
  const wanted = snapshot === undefined ? undefined : params.if;
  useEffect(() => {
    if (wanted === undefined) return;
    setParams({ if: undefined });
    // After the page has let go of what was selected on the page before.
    setTimeout(() => select(wanted), 0);
  }, [wanted]);

  if (snapshot === undefined || nodeId === undefined || node === undefined) return null;
  if (model === undefined || report === undefined)
    return (
      <Empty
        page
        icon="none"
        title={past ? `${past.pod.name} has just gone from the node` : "This pod is not on the node any more"}
        actions={<Button onClick={() => go("pods", { nodeId })}>To the pods</Button>}
      >
        <p>Its last process ended and nothing pins its namespaces.</p>
        <p>
          <code>{key}</code>
        </p>
      </Empty>
    );
  const { pod } = report;
  const summary = summaryOf(report, model);
  const found = findingsByPod(snapshot).get(key) ?? [];
  const lines = processLines(snapshot, pod);
  const zombies = lines.filter(({ process }) => isZombie(process)).length;
  const spaceOf = (type: NamespaceType) =>
    snapshot.namespaces.find((space) => space.type === type && space.inode === report.holders[type]?.inode);
  const spaces = NAMESPACE_TYPES.flatMap((type) => spaceOf(type) ?? []);
  const mine = new Set(report.containers.map(({ id }) => id));
  const gone = node.gone.processes
    .filter(({ process }) =>
      snapshot.containers.some(
        (one) => mine.has(one.id) && one.cgroupPath === (process.cgroup.v2 ?? process.cgroup.v1?.memory),
      ),
    )
    .map(({ process }) => process);
  // In the order of the picture, so that the eye finds the same row everywhere.
  const order = model.rows.map((row) => row.key);
  const at = (one: Container) =>
    order.indexOf(one.kind === "sandbox" ? itemKey.sandbox(key) : itemKey.container(one.id));
  const containers = [...report.containers].sort((a, b) => at(a) - at(b));
  const digits = prefixOf(model);
  // While a question is asked its answer stands where the details were; letting go brings them back.
  const shown = asked.answer ? "whatif" : left;
  return (
    <Page label={pod.name} byHand={podCommands(snapshot, pod, model)}>
      <PodHead
        snapshot={snapshot}
        report={report}
        model={model}
        picture={picture}
        nodeId={nodeId}
        real={node.state.kind !== "file" && node.state.kind !== "demo"}
        actions={node.state.actions && !node.state.readOnly}
      />
      {pod.disagree && pod.disagree.length > 0 && (
        <Banner tone="warn" icon="warn">
          Its containers disagree about {pod.disagree.join(", ")}: the pod is split.
        </Banner>
      )}
      {params.tour !== undefined && <Tour stop={params.tour} model={model} />}
      <div className="pod-body" style={sizes}>
        <section className="pod-c one a" aria-label="Who shares what">
          <Sharing
            model={model}
            label={`${pod.name}: ${summary.bold}${summary.rest}`}
            asked={asked}
            picture={picture}
          />
        </section>
        <Sizer id="pod.top" label="Height of who shares what" edge="bottom" min={30} max={80} className="one ab" />
        <Sizer id="pod.right" label="Width of cgroups and processes" edge="left" min={26} max={65} className="r" />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section className="pod-c one r" tabIndex={0} aria-label="Cgroups">
          <PodCgroups snapshot={snapshot} pod={pod} />
        </section>
        <section className="pod-c two a b" aria-label="Details">
          <Tabs
            label="Details"
            value={asked.answer ? "whatif" : left}
            onChange={(tab) => {
              if (tab === "whatif") return;
              letGo();
              setLeft(tab);
            }}
            tabs={[
              ...(asked.answer ? [{ value: "whatif" as const, label: "What if" }] : []),
              { value: "matrix", label: "Matrix" },
              { value: "curves", label: "Curves" },
              { value: "walls", label: "Walls" },
              { value: "oci", label: "OCI config" },
              { value: "mounts", label: "Mounts" },
              { value: "network", label: "Network" },
              { value: "sysctls", label: "Sysctls" },
            ]}
          >
            {shown === "matrix" && digits && (
              <span className="dim">
                inodes <span className="mono">{digits}····</span>
              </span>
            )}
          </Tabs>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <div className="pod-tab" role="tabpanel" tabIndex={0} aria-label={shown}>
            {asked.answer && <WhatIfAnswer answer={asked.answer} shared={asked.shared} own={asked.own} />}
            {shown === "matrix" && <Matrix snapshot={snapshot} containers={containers} report={report} model={model} />}
            {shown === "curves" && <PodCurves nodeId={nodeId} pod={pod} containers={containers} />}
            {shown === "walls" && <Walls snapshot={snapshot} containers={containers} />}
            {shown === "oci" && <Oci snapshot={snapshot} containers={containers} />}
            {shown === "mounts" && <Mounts containers={containers} />}
            {shown === "network" && (
              <Network snapshot={snapshot} pod={pod} processes={lines.map(({ process }) => process)} />
            )}
            {shown === "sysctls" && <Sysctls snapshot={snapshot} spaces={spaces} />}
          </div>
        </section>
        <section className="pod-c two r b" aria-label="Processes and findings">
          <Tabs
            label="Inside"
            value={right}
            onChange={setRight}
            tabs={[
              { value: "processes", label: "Processes" },
              { value: "findings", label: found.length > 0 ? `Findings ${found.length}` : "Findings" },
              { value: "events", label: "Events" },
            ]}
          >
            <span className="dim">
              {lines.length}
              {zombies > 0 && `, ${plural(zombies, "zombie")}`}
            </span>
          </Tabs>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <div className="pod-tab" role="tabpanel" tabIndex={0} aria-label={right}>
            {right === "processes" && <Processes snapshot={snapshot} pod={pod} gone={gone} />}
            {right === "findings" && <PodFindings findings={found} />}
            {right === "events" && <PodEvents nodeId={nodeId} pod={pod} />}
          </div>
        </section>
        <Sizer id="pod.wide" label="Width of the OCI config" edge="left" className="third" />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section className="pod-c wide" tabIndex={0} aria-label="OCI config">
          <div className="panel-h">
            <h2>OCI config</h2>
          </div>
          <Oci snapshot={snapshot} containers={containers} />
        </section>
      </div>
    </Page>
  );
}
