import { useEffect, useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import { podNamed } from "../../../src-shared/lessons/find.ts";
import type { Picture as Shown } from "../../../src-shared/lessons/lesson.ts";
import { keysOf, type Place } from "../../../src-shared/lessons/places.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { litBy } from "../../drawing/rails-lit.ts";
import { railsModel } from "../../drawing/rails-model.ts";
import { findingsOf } from "../../state/derived.ts";
import { hover, useSelection } from "../../state/selection.ts";
import { Icon } from "../../ui/icons.tsx";
import { Empty } from "../../ui/parts.tsx";
import { SANDBOX } from "../../ui/sandbox.ts";
import { plural } from "../../ui/words.ts";
import { PodCgroups } from "../pod/cgroups.tsx";
import { PodFindings } from "../pod/findings.tsx";
import { Processes } from "../pod/processes.tsx";
import { Traces } from "./traces.tsx";
import "../pod/pod.css";
import { Head } from "../../ui/table.tsx";

interface PictureProps {
  show: Shown;
  light: readonly Place[];
  snapshot: Snapshot;
  /** With which the step began: what is gone since is shown as it was. */
  start: Snapshot;
}

/** The live picture beside a step's text, with what the text speaks of lit until one points elsewhere. */
export function Picture({ show, light, snapshot, start }: PictureProps) {
  if (show.kind === "pods") return <Pods snapshot={snapshot} />;
  if (show.kind === "findings") return <PodFindings findings={findingsOf(snapshot)} />;
  const pod = podNamed(snapshot, show.pod);
  if (!pod)
    return podNamed(start, show.pod) ? (
      <div className="les-gone">
        <p className="bad">
          <Icon name="dead" /> {show.pod} is gone. This is how it was when the step began.
        </p>
        <Picture show={show} light={[]} snapshot={start} start={start} />
      </div>
    ) : (
      <Empty icon="none" title={`There is no pod ${show.pod} just now`}>
        <p>It appears here as soon as the node has it.</p>
      </Empty>
    );
  if (show.kind === "pod") return <Rails snapshot={snapshot} pod={pod} light={light} />;
  if (show.kind === "processes") return <Processes snapshot={snapshot} pod={pod} />;
  if (show.kind === "traces") return <Traces snapshot={snapshot} pod={pod} />;
  return <Groups snapshot={snapshot} pod={pod} light={light} />;
}

function Rails({ snapshot, pod, light }: { snapshot: Snapshot; pod: Pod; light: readonly Place[] }) {
  const { hovered } = useSelection();
  const model = useMemo(() => railsModel(snapshot, pod.key), [snapshot, pod.key]);
  const layout = useMemo(() => model && layoutRails(model), [model]);
  const lit = useMemo(() => {
    if (!layout) return undefined;
    if (hovered !== undefined) return litBy(layout, hovered);
    const keys = new Set<string>();
    for (const place of light)
      for (const key of keysOf(snapshot, place)) {
        // A pause that is gone is drawn as its pod's ghost.
        const known = litBy(layout, key) ?? litBy(layout, itemKey.sandbox(pod.key));
        for (const one of known ?? []) keys.add(one);
      }
    // A beam that broke is what all the rest hangs on: it never fades.
    if (keys.size > 0 && pod.sandbox.state === "dead") keys.add(itemKey.sandbox(pod.key));
    return keys.size > 0 ? keys : undefined;
  }, [layout, hovered, light, snapshot, pod.key, pod.sandbox.state]);
  if (!layout) return null;
  return (
    <figure className="les-rails">
      <RailsFigure
        layout={layout}
        label={inert(`${pod.name}: ${pod.sandbox.why}`, 400)}
        lit={lit}
        onHover={hover}
        onSelect={hover}
      />
      <figcaption className="dim">{inert(pod.sandbox.why, 400)}</figcaption>
    </figure>
  );
}

function Groups({ snapshot, pod, light }: { snapshot: Snapshot; pod: Pod; light: readonly Place[] }) {
  const meant = light.flatMap((place) => keysOf(snapshot, place))[0];
  const container = snapshot.containers.find(({ cgroupPath }) => meant === itemKey.cgroup(cgroupPath));
  const key = container ? itemKey.container(container.id) : meant;
  useEffect(() => {
    hover(key);
    return () => hover(undefined);
  }, [key]);
  return (
    <div className="les-groups">
      <PodCgroups snapshot={snapshot} pod={pod} />
    </div>
  );
}

/** Containers that run; of how many, where some have ended. */
function running(snapshot: Snapshot, pod: Pod): string {
  const all = snapshot.containers.filter(({ id }) => pod.containers.includes(id));
  const live = all.filter(({ pid }) => pid !== null).length;
  return live === all.length ? plural(live, "container") : `${live} of ${plural(all.length, "container")}`;
}

function Pods({ snapshot }: { snapshot: Snapshot }) {
  return (
    <table className="les-pods">
      <Head of={["pod", "sandbox", "containers", "address"]} />
      <tbody>
        {snapshot.pods.map((pod) => (
          <tr key={pod.key}>
            <th scope="row">{inert(pod.name, 60)}</th>
            <td className={pod.sandbox.state === "dead" ? "bad" : ""} title={inert(pod.sandbox.why, 400)}>
              <Icon name={SANDBOX[pod.sandbox.state].icon} /> {SANDBOX[pod.sandbox.state].word}
            </td>
            <td>{running(snapshot, pod)}</td>
            <td className="mono">{pod.ips[0] ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
