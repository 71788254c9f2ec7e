import { useMemo } from "react";
import { bytesShort, inert, percent } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { type PauseCost, pauseCost, shareWords } from "../../../src-shared/questions/cost.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { idOf } from "../../drawing/item-key.ts";
import { pressureLevel } from "../../drawing/node/measure.ts";
import type { Tile } from "../../drawing/node/tile.ts";
import { findingsOf } from "../../state/derived.ts";
import { go } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { Button, Kbd } from "../../ui/parts.tsx";
import { Fact } from "../../ui/table.tsx";
import { Legend } from "./legend.tsx";
import { PodFacts } from "./pod-facts.tsx";
import "../../ui/facts.css";

export interface SideProps {
  nodeId: string;
  snapshot: Snapshot;
  tile: Tile | undefined;
  onOpen: (key: string) => void;
}

/** What is selected, in words and numbers; with nothing selected, what the node has that matters most. */
export function SidePanel({ nodeId, snapshot, tile, onOpen }: SideProps) {
  const pod = tile?.kind === "pod" ? snapshot.pods.find(({ key }) => key === idOf("pod", tile.key)) : undefined;
  return (
    <aside className="pic-side" aria-label="Selected">
      {tile === undefined ? (
        <NodeWords nodeId={nodeId} snapshot={snapshot} />
      ) : (
        <>
          <div>
            <h2>{inert(tile.name, 120)}</h2>
            <p className="dim">
              {pod
                ? [pod.namespace, pod.runtime, pod.qos].filter((word) => word !== undefined).join(", ")
                : KIND[tile.kind]}
            </p>
          </div>
          {pod && <PodFacts snapshot={snapshot} pod={pod} />}
          <Numbers tile={tile} snapshot={snapshot} pod={pod} />
          {pod && (
            <div>
              <Button onClick={() => onOpen(tile.key)}>
                Open <Kbd>Enter</Kbd>
              </Button>
            </div>
          )}
        </>
      )}
      <Legend />
    </aside>
  );
}

const KIND: Record<Tile["kind"], string> = {
  pod: "a pod",
  container: "a container in no pod",
  process: "a process with namespaces of its own",
  pin: "a namespace without a process",
};

function Numbers({ tile, snapshot, pod }: { tile: Tile; snapshot: Snapshot; pod: Pod | undefined }) {
  const memory = tile.memory;
  const processes = tile.rows.reduce((sum, row) => sum + 1 + row.more.length, 0);
  const cost = pod && costWords(pauseCost(snapshot, pod));
  return (
    <table className="kv">
      <tbody>
        {memory && (
          <Fact of="memory">
            {bytesShort(memory.usedBytes)}
            {memory.limitBytes === undefined ? ", no limit" : ` of ${bytesShort(memory.limitBytes)}`}
          </Fact>
        )}
        {tile.pressure !== undefined && (
          <Fact of="pressure, 10 s">
            {pressureLevel(tile.pressure) === "calm" ? (
              percent(tile.pressure / 100)
            ) : (
              <span className={pressureLevel(tile.pressure) === "hot" ? "bad" : "warn"}>
                <Icon name="warn" /> {percent(tile.pressure / 100)}
              </span>
            )}
          </Fact>
        )}
        <Fact of="processes">{processes}</Fact>
        <Fact of="of the node’s memory">
          {memory ? percent(memory.usedBytes / snapshot.node.memoryBytes) : "not read"}
        </Fact>
        {cost && <Fact of="pause costs">{cost}</Fact>}
      </tbody>
    </table>
  );
}

/** "0.7 M, a shim": the memory that would go with pause, and what minds it. */
function costWords({ pause, monitor, processes, pssBytes, pssUnread }: PauseCost): string | undefined {
  if (!pause) return undefined;
  const memory = shareWords({ processes, pssBytes, pssUnread }, bytesShort);
  return monitor ? `${memory}, a ${monitor.kind}${monitor.shared ? " that stays" : ""}` : memory;
}

const HELD = [
  { icon: "pause", words: "held by pause", state: "process" },
  { icon: "pin", words: "held by pins, pause dropped", state: "dropped" },
  { icon: "dead", words: "sandbox dead", state: "dead" },
  { icon: "none", words: "no sandbox", state: "none" },
] as const;
const SIGN = { critical: "bad", warning: "warn", info: "info" } as const;

function NodeWords({ nodeId, snapshot }: { nodeId: string; snapshot: Snapshot }) {
  const findings = findingsOf(snapshot);
  const worst = useMemo(() => findings.filter(({ severity }) => severity !== "info").slice(0, 6), [findings]);
  const states = snapshot.pods.map(({ sandbox }) => sandbox.state);
  const count = (state: string) => states.filter((one) => one === state).length;
  return (
    <>
      <div>
        <h2>The whole node</h2>
        <p className="dim">Choose a pod to see what holds it; scroll to go nearer.</p>
      </div>
      <table className="kv">
        <tbody>
          {HELD.map(({ icon, words, state }) => (
            <Fact
              key={state}
              of={
                <>
                  <Icon name={icon} /> {words}
                </>
              }
            >
              {count(state).toLocaleString("en")}
            </Fact>
          ))}
        </tbody>
      </table>
      {worst.length > 0 && (
        <ul className="pic-worst" aria-label="Worst findings">
          {worst.map((finding) => (
            <li key={`${finding.rule} ${finding.where}`}>
              <button type="button" onClick={() => goTo(nodeId, finding)}>
                <Icon name={SIGN[finding.severity]} className={finding.severity === "critical" ? "bad" : "warn"} />
                <span>
                  {inert(finding.title, 160)} <span className="dim">{inert(finding.where, 80)}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const goTo = (nodeId: string, finding: Finding): void =>
  go("findings", { nodeId, params: { finding: `${finding.rule} ${finding.where}` } });
