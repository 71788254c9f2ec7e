import { inert } from "../../../src-shared/format.ts";
import { type Container, NAMESPACE_TYPES, type NamespaceType, type Snapshot } from "../../../src-shared/model.ts";
import type { Holder, PodReport } from "../../../src-shared/reports.ts";
import { type Thickness, wallsToNode } from "../../../src-shared/walls/to-node.ts";
import { itemKey } from "../../drawing/item-key.ts";
import type { RailsModel, RailsRow } from "../../drawing/rails-model.ts";
import { hover, useSelection } from "../../state/selection.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";

const HOLDERS: Record<Holder, { icon: IconName; words: string }> = {
  sandbox: { icon: "pause", words: "pause" },
  container: { icon: "list", words: "its containers" },
  process: { icon: "process", words: "another process" },
  pin: { icon: "pin", words: "a pin" },
  fd: { icon: "fd", words: "an open file" },
};

function Cell({ row, type, model }: { row: RailsRow; type: NamespaceType; model: RailsModel }) {
  const { hovered, selected } = useSelection();
  const inodes = row.members[type] ?? [];
  if (row.unread.includes(type)) return <td className="dim">not read</td>;
  if (inodes.length === 0) return <td className="dim">–</td>;
  return (
    <td>
      {inodes.map((inode) => {
        const space = model.spaces.find(({ id }) => id === `${type}:${inode}`);
        const key = itemKey.namespace({ type, inode });
        const lit = hovered === key || selected === key ? "lit" : "";
        return (
          <span
            key={inode}
            className={`mx-cell ${space?.style ?? ""} t-${type} ${lit}`}
            title={`${type}:[${inode}]`}
            onPointerEnter={() => hover(key)}
            onPointerLeave={() => hover(undefined)}
          >
            {space?.style === "host" ? "node" : String(inode).slice(-4)}
          </span>
        );
      })}
    </td>
  );
}

/** What pause's end would mean, in a word that stands without colour. */
function Without({ report, type }: { report: PodReport; type: NamespaceType }) {
  const holder = report.holders[type];
  if (holder === undefined && report.pod.unread?.includes(type)) return <td className="dim">not known</td>;
  if (holder === undefined || holder.initial || report.pod.sandbox.state === "none") return <td className="dim">–</td>;
  if (holder.verdict === "yes") return <td className="bad">dies</td>;
  if (holder.verdict === "unknown") return <td className="dim">not known</td>;
  if (holder.heldBy.includes("pin") || holder.heldBy.includes("fd")) return <td className="ok">stays</td>;
  return <td className="warn">at risk</td>;
}

function HeldBy({ report, type, model }: { report: PodReport; type: NamespaceType; model: RailsModel }) {
  const holder = report.holders[type];
  if (holder?.initial) return <td>node</td>;
  if (holder === undefined) {
    if (report.pod.unread?.includes(type)) return <td className="dim">not known</td>;
    const any = model.spaces.some((space) => space.type === type);
    return <td>{any ? "each" : "–"}</td>;
  }
  const shown = holder.heldBy.filter((kind) => kind !== "container" || holder.heldBy.length === 1);
  return (
    <td className="mx-held">
      {shown.map((kind) => (
        <Icon key={kind} name={HOLDERS[kind].icon} label={HOLDERS[kind].words} />
      ))}
    </td>
  );
}

const WALLS: Record<Thickness, { says: string; why: string; tone: string }> = {
  none: { says: "none", why: "a container is in the node's own", tone: "warn" },
  thin: {
    says: "thin",
    why: "a container's first process could enter the node's own, with an open file of it",
    tone: "warn",
  },
  unknown: {
    says: "not known",
    why: "whether it could enter the node's own is not known: Walls says why",
    tone: "dim",
  },
  stands: { says: "stands", why: "no container's first process could enter the node's own", tone: "" },
};
/** Most pods have these in common with their node, and nobody is warned of what is usual. */
const USUAL: readonly NamespaceType[] = ["user", "cgroup", "time"];

function WallCell({ thickness, type }: { thickness: Thickness | undefined; type: NamespaceType }) {
  if (thickness === undefined) return <td className="dim">–</td>;
  const { says, why, tone } = WALLS[thickness];
  return (
    <td className={thickness === "none" && USUAL.includes(type) ? "dim" : tone} title={why}>
      {says}
    </td>
  );
}

/** The digits that all inodes of the pod begin with, said once. */
export function prefixOf(model: RailsModel): string {
  const all = model.spaces.filter(({ style }) => style !== "host").map(({ inode }) => String(inode).slice(0, -4));
  return new Set(all).size === 1 ? (all[0] ?? "") : "";
}

/** Containers × namespace types: the picture again, for a screen reader and for paper. */
export function Matrix({
  snapshot,
  containers,
  report,
  model,
}: {
  snapshot: Snapshot;
  containers: readonly Container[];
  report: PodReport;
  model: RailsModel;
}) {
  const walls = wallsToNode(snapshot, containers);
  return (
    <table className="mx">
      <caption className="hidden-words">Containers by namespace type; equal digits are one namespace</caption>
      <thead>
        <tr>
          <td />
          {NAMESPACE_TYPES.map((type) => (
            <th key={type} scope="col" className={`t-${type}`}>
              {type}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {model.rows.map((row) => (
          <tr key={row.key} onPointerEnter={() => hover(row.key)} onPointerLeave={() => hover(undefined)}>
            <th scope="row" className="cut" title={inert(row.name)}>
              {inert(row.name, 60)}
            </th>
            {NAMESPACE_TYPES.map((type) => (
              <Cell key={type} row={row} type={type} model={model} />
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">held by</th>
          {NAMESPACE_TYPES.map((type) => (
            <HeldBy key={type} report={report} type={type} model={model} />
          ))}
        </tr>
        <tr>
          <th scope="row">without pause</th>
          {NAMESPACE_TYPES.map((type) => (
            <Without key={type} report={report} type={type} />
          ))}
        </tr>
        <tr>
          <th scope="row" title="Between the pod and the node's own namespace of that type, where it is thinnest">
            wall to the node
          </th>
          {NAMESPACE_TYPES.map((type) => (
            <WallCell key={type} thickness={walls[type]} type={type} />
          ))}
        </tr>
      </tfoot>
    </table>
  );
}
