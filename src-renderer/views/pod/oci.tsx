import { useMemo, useState } from "react";
import { bytes, inert, inertPath } from "../../../src-shared/format.ts";
import type { Container, Snapshot } from "../../../src-shared/model.ts";
import { checkPaths, type PathCheck } from "../../../src-shared/questions/oci-paths.ts";
import { checkResources } from "../../../src-shared/questions/oci-resources.ts";
import { type Kind, motion, useSteady } from "../../state/steady.ts";

const RESOURCES: [string, string, (value: number) => string][] = [
  ["memory.limit", "memory limit", bytes],
  ["memory.reservation", "reservation", bytes],
  ["memory.swap", "with swap", bytes],
  ["cpu.shares", "cpu shares", String],
  ["cpu.quota", "cpu quota", (value) => `${value} µs`],
  ["cpu.period", "cpu period", (value) => `${value} µs`],
  ["pids.limit", "pids limit", String],
];

function resourceAt(resources: unknown, path: string): number | undefined {
  let value: unknown = resources;
  for (const step of path.split("."))
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return typeof value === "number" && value !== 0 ? value : undefined;
}

function One(props: { snapshot: Snapshot; container: Container; motion: string }) {
  const { snapshot, container } = props;
  const { oci } = container;
  const paths = useMemo(() => checkPaths(snapshot, container), [snapshot, container]);
  const resources = useMemo(() => checkResources(snapshot, container), [snapshot, container]);
  const name = inert(container.kind === "sandbox" ? "pause" : container.name, 60);
  if (oci === undefined)
    return (
      <section className={props.motion}>
        <h3>{name}</h3>
        <p className="dim none">Its config.json was not read.</p>
      </section>
    );
  const set = RESOURCES.flatMap(([path, words, say]) => {
    const value = resourceAt(oci.resources, path);
    if (value === undefined) return [];
    const held = resources.find((check) => check.name === path);
    return [{ words, value: value < 0 ? "none" : say(value), changed: held?.same === false ? held.words : undefined }];
  });
  return (
    <section className={props.motion}>
      <h3>
        {name} <code className="dim">{inert(oci.args?.join(" ") ?? "", 60)}</code>
      </h3>
      <table className="facts">
        <tbody>
          {oci.namespaces.map((space) => (
            <tr key={space.type}>
              <th scope="row">{inert(space.type, 20)}</th>
              <td className="mono">
                {space.path === undefined || space.path === "" ? (
                  <span className="dim">a new one</span>
                ) : (
                  inertPath(space.path, 60)
                )}
                {space.path && <Verdict check={paths.find((check) => check.type === space.type)} />}
              </td>
            </tr>
          ))}
          {oci.cgroupsPath && (
            <tr>
              <th scope="row">cgroup</th>
              <td className="mono" title={inert(oci.cgroupsPath, 400)}>
                {inertPath(oci.cgroupsPath, 60)}
              </td>
            </tr>
          )}
          {oci.oomScoreAdj !== undefined && (
            <tr>
              <th scope="row">oom_score_adj</th>
              <td className="mono">{oci.oomScoreAdj}</td>
            </tr>
          )}
          {set.map(({ words, value, changed }) => (
            <tr key={words}>
              <th scope="row">{words}</th>
              <td className="mono">
                {value}
                {changed && <b className="path-verdict">{inert(changed, 200)}</b>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="dim path" title={inert(oci.path, 400)}>
        {inertPath(oci.path, 90)}
      </p>
    </section>
  );
}

/** Does the path still lead where the container is? A stranger at its end is said loudly. */
function Verdict({ check }: { check?: PathCheck }) {
  if (check === undefined) return null;
  const bad = check.verdict === "stale" || check.verdict === "gone";
  return bad ? (
    <b className="path-verdict">{inert(check.words, 200)}</b>
  ) : (
    <span className="path-verdict dim">{inert(check.words, 200)}</span>
  );
}

/** While one that went is there, all stand in the order of their names. */
const BY_ID: Kind<Container> = {
  key: ({ id }) => id,
  place: ({ kind, name, id }) => `${kind === "sandbox" ? 0 : 1}${name}\u0000${id}`,
};

/** What each container's OCI config.json asks, and whether it still holds: namespaces with their paths, cgroup, limits. */
export function Oci({ snapshot, containers }: { snapshot: Snapshot; containers: Container[] }) {
  const [over, setOver] = useState(false);
  const steady = useSteady(containers, BY_ID, over);
  if (steady.items.length === 0) return <p className="dim none">This pod has no container on record.</p>;
  return (
    <div className="panes" onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
      {steady.items.map((container) => (
        <One key={container.id} snapshot={snapshot} container={container} motion={motion(steady, container.id)} />
      ))}
    </div>
  );
}
