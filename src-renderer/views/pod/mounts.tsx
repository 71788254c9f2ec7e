import { inert, inertPath } from "../../../src-shared/format.ts";
import type { Container } from "../../../src-shared/model.ts";

interface Line {
  destination: string;
  source: string;
  type: string;
  who: string[];
}

/** Mounts of all containers, those that several have first: they are what the pod shares beside namespaces. */
function mountLines(containers: readonly Container[]): Line[] {
  const lines = new Map<string, Line>();
  for (const container of containers) {
    const seen = container.mounts?.map(({ destination, source, fstype }) => ({ destination, source, type: fstype }));
    const asked = container.oci?.mounts?.map(({ destination, source, type }) => ({
      destination,
      source: source ?? "",
      type: type ?? "",
    }));
    for (const { destination, source, type } of seen ?? asked ?? []) {
      const key = `${destination}\n${source}`;
      const line = lines.get(key) ?? { destination, source, type, who: [] };
      const name = container.kind === "sandbox" ? "pause" : container.name;
      if (!line.who.includes(name)) line.who.push(name);
      lines.set(key, line);
    }
  }
  return [...lines.values()]
    .filter(
      ({ type }) =>
        type === "bind" ||
        type === "none" ||
        !["proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"].includes(type),
    )
    .sort((a, b) => b.who.length - a.who.length || (a.destination < b.destination ? -1 : 1));
}

export function Mounts({ containers }: { containers: readonly Container[] }) {
  const lines = mountLines(containers);
  if (lines.length === 0) return <p className="dim none">No mounts were read.</p>;
  return (
    <table className="facts wide-facts">
      <thead>
        <tr>
          <th scope="col">in the container</th>
          <th scope="col">from the node</th>
          <th scope="col">type</th>
          <th scope="col">containers</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.destination} ${line.source}`}>
            <td className="mono">{inertPath(line.destination, 40)}</td>
            <td className="mono dim" title={inert(line.source, 400)}>
              {inertPath(line.source, 46)}
            </td>
            <td className="dim">{inert(line.type, 20)}</td>
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
