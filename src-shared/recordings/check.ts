/**
 * Whether a value from a file is a Snapshot that the rest of Podglass can take without stumbling. Fields that are not
 * known pass: a newer Podglass may have written them.
 */
import { NAMESPACE_TYPES, SNAPSHOT_SCHEMA, type Snapshot } from "../model.ts";

class SnapshotCheckError extends Error {
  override name = "SnapshotCheckError";
}

type Test = (value: unknown) => boolean;
type Shape = Record<string, Test>;

const text: Test = (v) => typeof v === "string";
const number: Test = (v) => typeof v === "number" && Number.isFinite(v);
const flag: Test = (v) => typeof v === "boolean";
const maybe =
  (test: Test): Test =>
  (v) =>
    v === undefined || test(v);
const nullable =
  (test: Test): Test =>
  (v) =>
    v === null || test(v);
const object: Test = (v) => typeof v === "object" && v !== null && !Array.isArray(v);
const list =
  (test: Test): Test =>
  (v) =>
    Array.isArray(v) && v.every(test);
/** Loops, because thousands of items are looked at before each picture of a seek. */
const shaped = (shape: Shape): Test => {
  const fields = Object.entries(shape);
  return (v) => {
    if (!object(v)) return false;
    for (const [key, test] of fields) if (!test((v as Record<string, unknown>)[key])) return false;
    return true;
  };
};
const values =
  (test: Test): Test =>
  (v) => {
    if (!object(v)) return false;
    for (const key in v as object) if (!test((v as Record<string, unknown>)[key])) return false;
    return true;
  };
const oneOf =
  (...words: readonly string[]): Test =>
  (v) =>
    words.includes(v as string);

const namespaceType = oneOf(...NAMESPACE_TYPES);
const inodes: Test = values(maybe(number));

const shapes: Record<"processes" | "namespaces" | "cgroups" | "containers" | "pods" | "gaps", Test> = {
  processes: shaped({
    pid: number,
    ppid: number,
    startTicks: number,
    state: text,
    uid: number,
    comm: text,
    cmdline: list(text),
    rssBytes: number,
    oomScoreAdj: nullable(number),
    namespaces: inodes,
    cgroup: shaped({ v2: maybe(text), v1: maybe(values(text)) }),
    nsPids: maybe(list(number)),
  }),
  namespaces: shaped({
    type: namespaceType,
    inode: number,
    initial: flag,
    pids: list(number),
    pins: list(shaped({ path: text, mountNamespace: number })),
    fds: list(shaped({ pid: number, fd: number })),
    sockets: maybe(list(shaped({ pid: number, fd: number }))),
    threads: list(shaped({ pid: number, tid: number })),
    forChildren: list(number),
    network: maybe(shaped({ addresses: list(shaped({ address: text })), listeners: list(shaped({ port: number })) })),
    sysctls: maybe(values(text)),
  }),
  cgroups: shaped({
    path: text,
    hierarchy: text,
    pids: list(number),
    controllers: maybe(list(text)),
    files: values(text),
  }),
  containers: shaped({
    id: text,
    name: text,
    runtime: text,
    image: maybe(text),
    kind: oneOf("app", "sandbox", "init"),
    podKey: maybe(text),
    pid: nullable(number),
    pids: list(number),
    cgroupPath: text,
    ociNamespaces: maybe(list(shaped({ type: text, path: maybe(text) }))),
    oci: maybe(shaped({ path: text, namespaces: list(shaped({ type: text })), annotations: values(text) })),
    labels: maybe(values(text)),
  }),
  pods: shaped({
    key: text,
    name: text,
    namespace: maybe(text),
    uid: maybe(text),
    runtime: text,
    sandbox: shaped({
      id: maybe(text),
      state: oneOf("process", "dropped", "dead", "none"),
      pid: maybe(number),
      why: text,
      evidence: maybe(list(text)),
    }),
    containers: list(text),
    namespaces: inodes,
    host: list(namespaceType),
    cgroupPath: maybe(text),
    ips: list(text),
    labels: maybe(values(text)),
  }),
  gaps: shaped({ what: text, why: text, count: number }),
};

const node: Test = shaped({
  hostname: text,
  kernel: text,
  os: text,
  bootId: text,
  cgroupMode: oneOf("v1", "hybrid", "v2"),
  cpus: number,
  memoryBytes: number,
  pageSize: number,
  clockTicks: number,
  privilege: oneOf("root", "sudo", "user"),
  runtimes: list(shaped({ name: text })),
  sysctls: maybe(values(text)),
});

/** Throws SnapshotCheckError with the first thing that is not as it should be. */
export function checkSnapshot(value: unknown): Snapshot {
  const wrong = (what: string): never => {
    throw new SnapshotCheckError(what);
  };
  if (!object(value)) return wrong("it is not a JSON object");
  const given = value as Record<string, unknown>;
  if (given.schema !== SNAPSHOT_SCHEMA)
    return wrong(`its schema is ${JSON.stringify(given.schema)?.slice(0, 60)}, not ${SNAPSHOT_SCHEMA}`);
  if (typeof given.takenAt !== "string" || Number.isNaN(Date.parse(given.takenAt))) wrong("takenAt is not a time");
  if (!node(given.node)) wrong("node is not as it should be");
  for (const [name, test] of Object.entries(shapes)) {
    const items = given[name];
    if (!Array.isArray(items)) return wrong(`${name} is not a list`);
    const at = items.findIndex((item) => !test(item));
    if (at !== -1) wrong(`${name}[${at}] is not as it should be`);
  }
  if (given.oomKills !== undefined && !list(shaped({ pid: number, comm: text, line: text }))(given.oomKills))
    wrong("oomKills is not as it should be");
  return value as unknown as Snapshot;
}
