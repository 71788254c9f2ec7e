import { inert } from "../../../src-shared/format.ts";
import type { Namespace, Snapshot } from "../../../src-shared/model.ts";
import { Head } from "../../ui/table.tsx";

interface Line {
  name: string;
  pod: string;
  node?: string;
}

function sysctlLines(snapshot: Snapshot, spaces: readonly Namespace[]): Line[] {
  const node = snapshot.node.sysctls ?? {};
  const lines: Line[] = [];
  for (const space of spaces)
    if (!space.initial)
      for (const [name, pod] of Object.entries(space.sysctls ?? {})) lines.push({ name, pod, node: node[name] });
  const differs = ({ pod, node: own }: Line) => (own !== undefined && own !== pod ? 0 : 1);
  return lines.sort((a, b) => differs(a) - differs(b) || (a.name < b.name ? -1 : 1));
}

/** Sysctls of the pod's own namespaces beside the node's; those that differ first. */
export function Sysctls({ snapshot, spaces }: { snapshot: Snapshot; spaces: readonly Namespace[] }) {
  const lines = sysctlLines(snapshot, spaces);
  if (lines.length === 0)
    return (
      <p className="dim none">
        None were read: they are read by entering the pod's namespaces, which needs root and a moment.
      </p>
    );
  return (
    <table className="facts wide-facts">
      <Head of={["sysctl", "in the pod", "on the node"]} />
      <tbody>
        {lines.map(({ name, pod, node }) => {
          const same = node === undefined || node === pod;
          return (
            <tr key={name} className={same ? "dim" : ""}>
              <td className="mono">{inert(name, 80)}</td>
              <td className="mono">{same ? inert(pod, 60) : <b>{inert(pod, 60)}</b>}</td>
              <td className="mono">{node === undefined ? "–" : same ? "same" : inert(node, 60)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
