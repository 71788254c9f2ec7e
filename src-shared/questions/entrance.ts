/** By what a pod's namespaces are entered: a process that is in them, or a pin that holds them. */
import { inert } from "../format.ts";
import {
  type Container,
  NAMESPACE_TYPES,
  type Namespace,
  type NamespaceType,
  type Pod,
  type Process,
  type Snapshot,
} from "../model.ts";
import { findPod } from "./find-pod.ts";

/** One namespace and what it is opened by. */
export interface Entrance {
  type: NamespaceType;
  inode: number;
  /** A process is itself only with its start time (ticks); a pin is a path in the node's own mount namespace. */
  by: { pid: number; startTicks: number } | { pin: string };
}

export interface Entrances {
  entrances: Entrance[];
  /** Types that were asked for and are the node's own: whoever is on the node is in them. */
  own: NamespaceType[];
  /** What a person should know before. */
  notes: string[];
}

/** Contract: what is entered where nothing is said. */
const USUAL: readonly NamespaceType[] = ["net", "ipc", "uts"];

/** A type cannot be entered, or it is not known what it is: a sentence. */
export class NoEntrance extends Error {
  override name = "NoEntrance";
}

/**
 * POD, or POD/CONTAINER (a name, or a unique prefix of an id). A key is nobody's to choose and goes first; a pod whose name
 * reads like another's container is none of the two, since any user's process may have it called so.
 */
export function findPlace(
  snapshot: Snapshot,
  text: string,
): { pod: Pod; container?: Container } | { pod?: undefined; candidates: Pod[]; containers?: Container[] } {
  const whole = findPod(snapshot, text);
  const at = text.lastIndexOf("/");
  if (at <= 0 || whole.pod?.key === text) return whole;
  const { pod } = findPod(snapshot, text.slice(0, at));
  if (pod === undefined) return whole;
  const word = text.slice(at + 1);
  const members = snapshot.containers.filter(({ id, podKey }) => podKey === pod.key || pod.containers.includes(id));
  const named = members.filter(({ name, pid }) => name === word && pid !== null);
  const found =
    named.length > 0
      ? named
      : word === ""
        ? []
        : members.filter(({ id, name }) => id.startsWith(word) || name === word);
  const [one] = found;
  if (whole.pod !== undefined && pod.key !== text.slice(0, at))
    return one === undefined ? whole : { candidates: [whole.pod, pod] };
  return one !== undefined && found.length === 1 ? { pod, container: one } : { candidates: [pod], containers: members };
}

/**
 * Throws NoEntrance with a sentence where one of the types cannot be entered. @param types what was asked for; undefined:
 * the usual ones, of which the node's own are left out
 */
export function entrancesOf(
  snapshot: Snapshot,
  { pod, container }: { pod: Pod; container?: Container },
  types?: readonly NamespaceType[],
): Entrances {
  const entrances: Entrance[] = [];
  const own: NamespaceType[] = [];
  const notes: string[] = [];
  const name = inert(container === undefined ? pod.name : `${pod.name}/${container.name}`, 120);
  // A container's programs must not be the node's root where its own processes are not: its user namespace comes along.
  const asked = types ?? USUAL;
  const wanted = NAMESPACE_TYPES.filter((type) => asked.includes(type) || (type === "user" && asked.includes("mnt")));
  for (const type of wanted) {
    const inode =
      container === undefined ? ofPod(snapshot, pod, type, name) : ofContainer(snapshot, container, type, name);
    const namespace = inode === undefined ? undefined : spaceOf(snapshot, type, inode);
    if (inode === undefined || namespace?.initial === true) {
      if (asked.includes(type)) own.push(type);
      continue;
    }
    entrances.push({ type, inode, by: heldBy(snapshot, pod, container, type, inode, namespace, name) });
  }
  const has = (one: NamespaceType): boolean => entrances.some(({ type }) => type === one);
  if (has("mnt"))
    notes.push(
      has("user")
        ? `the programs are those of ${name}'s image, and root there is the user that its user namespace makes of it`
        : `the programs are those of ${name}'s image and run as the node's root, with all that it may: without the capabilities, devices and filters that the runtime took from the container. An image that means harm has the node by it; exec of its runtime (crictl, docker, podman) starts them fenced in`,
    );
  if (pod.sandbox.kind === "vm")
    notes.push(
      `${name} is a virtual machine: these are the namespaces around it, and what runs in it is behind its own kernel`,
    );
  if (has("pid") && !has("mnt"))
    notes.push("/proc stays the node's own without mnt: ps shows the node's processes and their numbers there");
  return { entrances, own, notes };
}

/** The inode, or undefined where it is the node's own. */
function ofPod(snapshot: Snapshot, pod: Pod, type: NamespaceType, name: string): number | undefined {
  const inode = pod.namespaces[type];
  if (inode !== undefined) return inode;
  if (pod.host.includes(type)) return undefined;
  if (pod.unread?.includes(type))
    throw new NoEntrance(
      `Which ${type} namespace ${name} is in is not known: this login may not read it. Log in as root, or use --sudo.`,
    );
  const members = snapshot.containers.filter(({ id, pid }) => pod.containers.includes(id) && pid !== null);
  if (members.length === 0)
    throw new NoEntrance(`Nothing of ${name} lives, and nothing holds a ${type} namespace of it.`);
  throw new NoEntrance(
    `The containers of ${name} do not share one ${type} namespace: name one as POD/CONTAINER (${members
      .slice(0, 10)
      .map((one) => inert(one.name, 60))
      .join(", ")}).`,
  );
}

function ofContainer(snapshot: Snapshot, container: Container, type: NamespaceType, name: string): number {
  const process = container.pid === null ? undefined : processOf(snapshot, container.pid);
  if (process === undefined) throw new NoEntrance(`${name} has ended: it is in no namespace.`);
  const inode = process.namespaces[type];
  if (inode === undefined)
    throw new NoEntrance(
      `Which ${type} namespace ${name} is in is not known: it could not be read. Log in as root, or use --sudo.`,
    );
  return inode;
}

function heldBy(
  snapshot: Snapshot,
  pod: Pod,
  container: Container | undefined,
  type: NamespaceType,
  inode: number,
  namespace: Namespace | undefined,
  name: string,
): Entrance["by"] {
  const containers = snapshot.containers.filter(({ id }) => pod.containers.includes(id));
  const candidates = [container?.pid, pod.sandbox.pid, ...containers.map(({ pid }) => pid), ...(namespace?.pids ?? [])];
  for (const pid of candidates) {
    const process = pid === null || pid === undefined ? undefined : processOf(snapshot, pid);
    if (process?.namespaces[type] === inode && process.state !== "Z" && process.state !== "X")
      return { pid: process.pid, startTicks: process.startTicks };
  }
  const first = snapshot.namespaces.find(({ type: one, initial }) => one === "mnt" && initial)?.inode;
  const pin = namespace?.pins.find(({ mountNamespace }) => first === undefined || mountNamespace === first);
  if (pin !== undefined) return { pin: pin.path };
  throw new NoEntrance(
    `No process is in the ${type} namespace of ${name}, and no pin of it is in the node's own mount namespace.`,
  );
}

const processOf = (snapshot: Snapshot, pid: number): Process | undefined =>
  snapshot.processes.find((process) => process.pid === pid);
const spaceOf = (snapshot: Snapshot, type: NamespaceType, inode: number): Namespace | undefined =>
  snapshot.namespaces.find((one) => one.type === type && one.inode === inode);

/** "4966 1234": as the scripts take one, an argument each: type, inode, place, start. */
export const entranceArguments = (entrances: readonly Entrance[]): string[] => [
  String(entrances.length),
  ...entrances.flatMap(({ type, inode, by }) => [
    type,
    String(inode),
    ...("pin" in by ? [by.pin, ""] : [String(by.pid), String(by.startTicks)]),
  ]),
];

/** "net, ipc and uts by process 4966". */
export const entrancesInWords = (entrances: readonly Entrance[]): string => {
  const words = new Map<string, NamespaceType[]>();
  for (const { type, by } of entrances) {
    const how = "pin" in by ? `the pin ${inert(by.pin, 160)}` : `process ${by.pid}`;
    words.set(how, [...(words.get(how) ?? []), type]);
  }
  return [...words].map(([how, types]) => `${types.join(", ")} by ${how}`).join("; ");
};
