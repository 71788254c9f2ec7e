import { inert, inertPath } from "../../../src-shared/format.ts";
import type { Container } from "../../../src-shared/model.ts";
import { mountLines } from "../../../src-shared/questions/mounts.ts";

/** More than a person looks through. */
const MOST = 500;

export function Mounts({ containers }: { containers: readonly Container[] }) {
  const lines = mountLines(containers).slice(0, MOST);
  if (lines.length === 0) return <p className="dim none">No mounts were read.</p>;
  return (
    <table className="facts wide-facts">
      <thead>
        <tr>
          <th scope="col">in the container</th>
          <th scope="col">from the node</th>
          <th scope="col">type</th>
          <th scope="col">access</th>
          <th scope="col" title="Where a mount made in it appears as well: mount_namespaces(7)">
            spreads
          </th>
          <th scope="col">containers</th>
        </tr>
      </thead>
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
