import { inert, inertPath } from "../../../src-shared/format.ts";
import type { Container } from "../../../src-shared/model.ts";
import { type MountBranch, mountTree } from "../../../src-shared/questions/mount-tree.ts";
import { mountLines, nameOf } from "../../../src-shared/questions/mounts.ts";
import { Head } from "../../ui/table.tsx";

/** More than a person looks through. */
const MOST = 500;

export function Mounts({ containers }: { containers: readonly Container[] }) {
  const lines = mountLines(containers).slice(0, MOST);
  if (lines.length === 0) return <p className="dim none">No mounts were read.</p>;
  return (
    <>
      <Lines lines={lines} containers={containers} />
      {containers.map((container) => (
        <Tree key={container.id} container={container} all={containers} />
      ))}
    </>
  );
}

const WHOSE: Record<MountBranch["whose"], string> = {
  image: "its image",
  memory: "memory",
  pod: "made for it",
  node: "the node's",
};

/** Which mount stands in which, and what each is of. */
function Tree({ container, all }: { container: Container; all: readonly Container[] }) {
  const branches = mountTree(container, all).slice(0, MOST);
  if (branches.length === 0) return null;
  return (
    <details className="mount-tree">
      <summary>{inert(nameOf(container), 60)}: which mount stands in which</summary>
      <table className="facts wide-facts">
        <Head of={["mount", "whose", "source", "type", "access", "spreads"]} />
        <tbody>
          {branches.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two mounts may be alike in all that is shown
            <tr key={at}>
              <th
                scope="row"
                className="mono"
                style={{ paddingInlineStart: `${0.5 + Math.min(one.level, 10)}rem` }}
                title={inert(one.destination, 400)}
              >
                {inertPath(one.destination, 40)}
                {one.covered && <span className="dim"> (covered)</span>}
              </th>
              <td>{WHOSE[one.whose]}</td>
              <td className="mono dim" title={inert(one.source, 400)}>
                {inertPath(one.source, 32)}
              </td>
              <td className="dim">
                {inert(one.type, 20)}
                {one.over && `, over a part of ${one.over}`}
              </td>
              <td className="dim">{one.readOnly ? "read-only" : "writable"}</td>
              <td className="dim">{inert([one.spreads, ...one.peers].join(", "), 160)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Lines({ lines, containers }: { lines: ReturnType<typeof mountLines>; containers: readonly Container[] }) {
  return (
    <table className="facts wide-facts">
      <Head
        of={[
          "in the container",
          "from the node",
          "type",
          "access",
          { words: "spreads", title: "Where a mount made in it appears as well: mount_namespaces(7)" },
          "containers",
        ]}
      />
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.destination} ${line.source} ${line.covered}`}>
            <td className="mono" title={inert(line.destination, 400)}>
              {inertPath(line.destination, 30)}
              {line.covered && <span className="dim"> (covered)</span>}
            </td>
            <td className="mono dim" title={inert(line.source, 400)}>
              {inertPath(line.source, 32)}
            </td>
            <td className="dim">{inert(line.type, 20)}</td>
            <td className="dim">{line.access ?? "not known"}</td>
            <td className="dim">{line.spreads === undefined ? "not known" : inert(line.spreads, 60)}</td>
            <td>
              {line.who.length === containers.length && containers.length > 1 ? (
                <b>all</b>
              ) : (
                inert(line.who.join(", "), 60)
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
