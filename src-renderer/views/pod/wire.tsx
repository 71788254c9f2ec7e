import { inert } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { type Wire, wiresOfPod } from "../../../src-shared/questions/wires.ts";

const WIDE = 116;
const GAP = 34;
const HIGH = 44;

interface Stop {
  name: string;
  what: string;
  up: boolean;
}

function stopsOf({ inside, outside, master, uplink }: Wire): Stop[] {
  const stop = (one: typeof inside, what: string): Stop => ({ name: one.name, what, up: one.up });
  return [
    stop(inside, "in the pod"),
    ...(outside ? [stop(outside.interface, outside.interface.kind ?? "of the node")] : []),
    ...(master ? [stop(master, master.kind ?? "master")] : []),
    ...(uplink && uplink.index !== outside?.interface.index ? [stop(uplink, "default route")] : []),
  ];
}

function Line({ wire }: { wire: Wire }) {
  const stops = stopsOf(wire);
  const width = stops.length * (WIDE + GAP) - GAP;
  const words = stops
    .map(({ name, what, up }) => `${inert(name, 20)} (${inert(what, 24)}${up ? "" : ", down"})`)
    .join(", then ");
  return (
    <svg className="wire" width={width} height={HIGH} viewBox={`0 0 ${width} ${HIGH}`} role="img" aria-label={words}>
      {stops.map(({ name, what, up }, at) => (
        <g key={`${what} ${name}`} transform={`translate(${at * (WIDE + GAP)} 0)`} className={up ? "" : "down"}>
          {at > 0 && <line x1={-GAP} x2={0} y1={HIGH / 2} y2={HIGH / 2} />}
          <rect x={0.5} y={0.5} width={WIDE - 1} height={HIGH - 1} rx={5} />
          <text x={10} y={18}>
            {inert(name, 15)}
          </text>
          <text x={10} y={34} className="what">
            {up ? inert(what, 20) : "down"}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** The pod's own wires, from inside to the node's way out. */
export function PodWires({ snapshot, pod }: { snapshot: Snapshot; pod: Pod }) {
  const wires = wiresOfPod(snapshot, pod);
  if (wires === undefined)
    return <p className="dim none">Its interfaces were not read: that needs root and a deep reading.</p>;
  if (wires.length === 0) return <p className="dim none">It has no wire: only the loopback, or none.</p>;
  return (
    <section className="wires" aria-label="Wires">
      <h3>Wires</h3>
      {wires.map((wire) => (
        <div key={wire.inside.index}>
          <Line wire={wire} />
          {!wire.outside && wire.inside.peer && (
            <p className="dim">Where the other end is (interface {wire.inside.peer.index} there) is not known.</p>
          )}
        </div>
      ))}
    </section>
  );
}
