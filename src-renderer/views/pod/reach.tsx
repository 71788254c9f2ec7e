import { useId, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import { lookup } from "../../../src-shared/lookup.ts";
import { type Container, type Namespace, namespaceId, type Process, type Snapshot } from "../../../src-shared/model.ts";
import { allowedIn, enterSentence, groundSentence, powerWords } from "../../../src-shared/walls/allowed.ts";
import { rootSentence } from "../../../src-shared/walls/identity.ts";
import { ownersOf } from "../../../src-shared/walls/owners.ts";
import { Icon } from "../../ui/icons.tsx";
import { Head } from "../../ui/table.tsx";

/** More than a person looks through in a list; the terminal's `allowed` has them all. */
const MOST = 400;

/** What a process of the pod would be allowed in a namespace of the node. */
export function Reach({ snapshot, containers }: { snapshot: Snapshot; containers: readonly Container[] }) {
  const find = lookup(snapshot);
  const processes = containers
    .flatMap(({ pid, pids, name, kind }) =>
      [...new Set([...(pid === null ? [] : [pid]), ...pids])].map((one) => ({
        process: find.process(one),
        of: kind === "sandbox" ? "pause" : name,
      })),
    )
    .filter((one): one is { process: Process; of: string } => one.process !== undefined)
    .slice(0, MOST);
  const own = new Set(processes.flatMap(({ process }) => Object.values(process.namespaces)));
  const groups: [string, Namespace[]][] = [
    ["the node's", snapshot.namespaces.filter(({ initial }) => initial)],
    ["of this pod", snapshot.namespaces.filter(({ initial, inode }) => !initial && own.has(inode))],
    ["others", snapshot.namespaces.filter(({ initial, inode }) => !initial && !own.has(inode)).slice(0, MOST)],
  ];
  const [pid, setPid] = useState<number>();
  const [space, setSpace] = useState<string>();
  const ids = [useId(), useId()];
  const chosen = processes.find(({ process }) => process.pid === pid) ?? processes[0];
  const all = groups.flatMap(([, spaces]) => spaces);
  const target = all.find((one) => namespaceId(one) === space) ?? all.find(({ type }) => type === "mnt") ?? all[0];
  if (!chosen || !target) return null;
  const said = allowedIn(snapshot, chosen.process, target);
  return (
    <section className="reach">
      <h3>What a process would be allowed</h3>
      <p className="reach-ask">
        <label htmlFor={ids[0]}>process</label>
        <select id={ids[0]} value={chosen.process.pid} onChange={(event) => setPid(Number(event.target.value))}>
          {processes.map(({ process, of }) => (
            <option key={process.pid} value={process.pid}>
              {inert(`${process.pid} ${process.comm} (${of})`, 60)}
            </option>
          ))}
        </select>
        <label htmlFor={ids[1]}>namespace</label>
        <select id={ids[1]} value={namespaceId(target)} onChange={(event) => setSpace(event.target.value)}>
          {groups
            .filter(([, spaces]) => spaces.length > 0)
            .map(([name, spaces]) => (
              <optgroup key={name} label={name}>
                {spaces.map((one) => (
                  <option key={namespaceId(one)} value={namespaceId(one)}>
                    {whoWords(snapshot, one)}
                  </option>
                ))}
              </optgroup>
            ))}
        </select>
      </p>
      <table className="facts">
        <tbody>
          <tr>
            <th scope="row">enter</th>
            <td>
              {said.enter === "yes" && <Icon name="warn" label="yes" />} {inert(enterSentence(said.why), 300)}
            </td>
          </tr>
          <tr>
            <th scope="row">capabilities</th>
            <td>{powerWords(said)}</td>
          </tr>
          <tr>
            <th scope="row">because</th>
            <td className="dim">{groundSentence(said.ground)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function whoWords(snapshot: Snapshot, { type, inode, initial, pids, pins }: Namespace): string {
  if (initial) return `${type}, the node's own`;
  const first = lookup(snapshot).process(pids[0] ?? -1);
  const who = first ? `${first.pid} ${first.comm}` : pins[0] ? "pinned" : "no process";
  return inert(`${type} ${inode}, ${who}`, 60);
}

/** The node's user namespaces, parents before children, with what each owns. */
export function OwnerTree({ snapshot }: { snapshot: Snapshot }) {
  const { rows, unread } = ownersOf(snapshot);
  return (
    <section className="reach">
      <h3>Who owns which namespace</h3>
      <table className="facts">
        <Head of={["user namespace", "root inside, and who made it", "owns"]} />
        <tbody>
          {rows.slice(0, MOST).map(({ space, level, owns, loose }) => (
            <tr key={space.inode}>
              <th scope="row" className="mono" style={{ paddingInlineStart: `${0.5 + Math.min(level, 8)}rem` }}>
                {space.inode}
              </th>
              <td>
                {rootSentence(lookup(snapshot).process(space.pids[0] ?? -1)?.security?.uidMap, space.initial)}
                {space.initial || space.ownerUid === undefined ? "" : `; made by uid ${space.ownerUid}`}
                {loose ? "; what is above it was not read" : ""}
              </td>
              <td className="dim">{countsOf(owns)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {unread.length > 0 && <p className="dim">Of {countsOf(unread)} the owner was not read.</p>}
    </section>
  );
}

function countsOf(spaces: readonly Namespace[]): string {
  const counts = new Map<string, number>();
  for (const { type } of spaces) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${count} ${type}`).join(", ") || "nothing";
}
