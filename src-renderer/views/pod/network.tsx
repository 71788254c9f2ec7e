import { inert } from "../../../src-shared/format.ts";
import { lookup } from "../../../src-shared/lookup.ts";
import type { Pod, Process, Snapshot } from "../../../src-shared/model.ts";
import { ownNetwork } from "../../../src-shared/questions/own-networks.ts";
import { Listeners } from "./listeners.tsx";
import { PodWires } from "./wire.tsx";

/** The pod's network: where it comes from, its addresses, who listens where. */
export function Network({ snapshot, pod, processes }: { snapshot: Snapshot; pod: Pod; processes: readonly Process[] }) {
  if (pod.host.includes("net"))
    return (
      <>
        <p className="facts-lead">This pod uses the node's own network: its addresses and ports are the node's.</p>
        <div className="panes">
          <Listeners snapshot={snapshot} pod={pod} />
        </div>
      </>
    );
  const inode = ownNetwork(snapshot, pod);
  const net = inode === undefined ? undefined : lookup(snapshot).namespace("net", inode);
  if (net === undefined)
    return (
      <p className="dim none">
        {pod.unread?.includes("net")
          ? "Whether the containers share a network namespace was not read."
          : "The containers do not share one network namespace."}
      </p>
    );
  const facts = net.network;
  const where = [
    net.initial ? "the node's" : `net:[${net.inode}]`,
    pod.networkMode,
    pod.modes?.network && `CRI mode ${pod.modes.network}`,
  ];
  return (
    <>
      <PodWires snapshot={snapshot} pod={pod} />
      <p className="facts-lead dim">{where.filter(Boolean).join(", ")}</p>
      {facts === undefined ? (
        <p className="dim none">No process of this pod could be asked for its network.</p>
      ) : (
        <div className="panes">
          <section>
            <h3>Addresses</h3>
            <table className="facts">
              <tbody>
                {facts.addresses.map((one) => (
                  <tr key={`${one.interface} ${one.address}`}>
                    <th scope="row">{inert(one.interface, 20)}</th>
                    <td className="mono">
                      {one.address}/{one.prefix}
                    </td>
                    <td className="dim">{one.scope}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {facts.addresses.length === 0 && <p className="dim none">None, not even loopback is up.</p>}
          </section>
          <Listeners snapshot={snapshot} pod={pod} />
          {facts.routes && (
            <section>
              <h3>Routes</h3>
              <table className="facts">
                <tbody>
                  {facts.routes.map((one) => (
                    <tr key={`${one.to} ${one.via} ${one.dev}`}>
                      <th scope="row" className="mono">
                        {inert(one.to, 44)}
                      </th>
                      <td className="mono">{one.via === undefined ? "" : `via ${inert(one.via, 44)}`}</td>
                      <td className="dim">{inert(one.dev, 20)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {facts.routes.length === 0 && <p className="dim none">None: it reaches nobody.</p>}
            </section>
          )}
        </div>
      )}
      <p className="facts-lead dim">{processes.length} processes are in it.</p>
    </>
  );
}
