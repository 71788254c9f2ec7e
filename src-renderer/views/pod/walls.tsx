import { inert } from "../../../src-shared/format.ts";
import type { Container, Snapshot } from "../../../src-shared/model.ts";
import { type WallName, wallsOf } from "../../../src-shared/walls/walls.ts";
import { Icon } from "../../ui/icons.tsx";
import { OwnerTree, Reach } from "./reach.tsx";

const LABELS: Record<WallName, string> = {
  identity: "user",
  capabilities: "capabilities",
  gains: "may gain",
  calls: "system calls",
  label: "label",
  devices: "devices",
  namespaces: "namespaces",
};

/** How thick each wall around each container is: what its first process may do. */
export function Walls({ snapshot, containers }: { snapshot: Snapshot; containers: readonly Container[] }) {
  const alive = containers.filter(({ pid }) => pid !== null);
  if (alive.length === 0) return <p className="dim none">No container of this pod has a process.</p>;
  return (
    <>
      <Panes snapshot={snapshot} alive={alive} />
      <Reach snapshot={snapshot} containers={alive} />
      <OwnerTree snapshot={snapshot} />
    </>
  );
}

function Panes({ snapshot, alive }: { snapshot: Snapshot; alive: readonly Container[] }) {
  return (
    <div className="panes walls">
      {alive.map((container) => {
        const walls = wallsOf(snapshot, container);
        const name = container.kind === "sandbox" ? "pause" : container.name;
        return (
          <section key={container.id}>
            <h3>{inert(name, 60)}</h3>
            {walls === undefined ? (
              <p className="dim">What its first process may do was not read.</p>
            ) : (
              <table className="facts">
                <tbody>
                  {walls.map(({ name: wall, says, thin, raw }) => (
                    <tr key={wall}>
                      <th scope="row">{LABELS[wall]}</th>
                      <td title={raw}>
                        {thin && <Icon name="warn" label="thin" />} {inert(says, 400)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </section>
        );
      })}
    </div>
  );
}
