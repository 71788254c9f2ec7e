/**
 * Sorts the files of a reading by what they are, in one pass. Folders move (k3s, RKE2, microk8s, private roots), so
 * only the tail of a path decides; the tails are the runtimes' own (containerd core/runtime/v2/bundle.go, container-libs
 * storage/store.go, runc libcontainer/container.go, crun src/libcrun/status.h, moby daemon/container/container.go).
 */
import { integer, parseObject, pid, text } from "./json.ts";
import type { Files } from "./record.ts";

/** A containerd task's folder. */
export interface TaskFiles {
  id: string;
  containerdNamespace: string;
  configPath?: string;
  initPid?: number;
  sandboxId?: string;
}
/** A container's userdata folders, under the graph root and under the run root. */
export interface UserdataFiles {
  id: string;
  configPath?: string;
  pid?: number;
  statePath?: string;
}
/** What the low-level runtime (runc, crun) wrote down. */
export interface LowLevelState {
  path: string;
  pid?: number;
  startTicks?: number;
  createdAt?: string;
  cgroupPath?: string;
}

export interface SortedFiles {
  tasks: Map<string, TaskFiles>;
  userdata: Map<string, UserdataFiles>;
  states: Map<string, LowLevelState>;
  docker: Map<string, { configPath?: string; hostPath?: string }>;
  manifests: string[];
  configuration: string[];
}

const TASK = /\/io\.containerd\.runtime\.v[12]\.task\/([^/]+)\/([^/]+)\/([^/]+)$/;
const USERDATA = /-containers\/([0-9a-f]{64})\/userdata\/([^/]+)$/;
const DOCKER = /\/containers\/([0-9a-f]{64})\/(config\.v2|hostconfig)\.json$/;
const RUNC = /\/([^/]+)\/state\.json$/;
const CRUN = /\/([^/]+)\/status$/;
const MANIFEST = /^\/run\/podglass\/(pins|lab)\/[^/]+\/manifest\.json$/;

const FILES_PER_STEP = 2000;

export function* sortFiles(files: Files): Generator<undefined, SortedFiles> {
  const sorted: SortedFiles = {
    tasks: new Map(),
    userdata: new Map(),
    states: new Map(),
    docker: new Map(),
    manifests: [],
    configuration: [],
  };
  let seen = 0;
  for (const path in files) {
    const place = PLACES.get(path.slice(path.lastIndexOf("/") + 1));
    if (!place?.(sorted, path, files[path]!)) sorted.configuration.push(path);
    if (++seen % FILES_PER_STEP === 0) yield;
  }
  return sorted;
}

/** By a file's own name, the kinds that it can be; false where its folder says otherwise. */
type Place = (sorted: SortedFiles, path: string, content: string) => boolean;

const tried =
  (pattern: RegExp, add: (sorted: SortedFiles, path: string, match: RegExpExecArray, content: string) => void): Place =>
  (sorted, path, content) => {
    const match = pattern.exec(path);
    if (match) add(sorted, path, match, content);
    return match !== null;
  };
const either =
  (...places: Place[]): Place =>
  (...file) =>
    places.some((place) => place(...file));

function addTask(sorted: SortedFiles, path: string, match: RegExpExecArray, content: string): void {
  const [, containerdNamespace, id, file] = match as unknown as [string, string, string, string];
  const key = `${containerdNamespace}/${id}`;
  const task = sorted.tasks.get(key) ?? { id, containerdNamespace };
  if (file === "config.json") task.configPath = path;
  else if (file === "init.pid") task.initPid = pid(content.trim());
  else if (file === "sandbox") task.sandboxId = text(content.trim());
  sorted.tasks.set(key, task);
}

function addUserdata(sorted: SortedFiles, path: string, match: RegExpExecArray, content: string): void {
  const [, id, file] = match as unknown as [string, string, string];
  const entry = sorted.userdata.get(id) ?? { id };
  // The graph root's config.json outlives a reboot and the run root's does not; either says the same while it runs.
  if (file === "config.json") entry.configPath ??= path;
  else if (file === "pidfile") entry.pid = pid(content.trim());
  else if (file === "state.json") entry.statePath = path;
  sorted.userdata.set(id, entry);
}

function addDocker(sorted: SortedFiles, path: string, match: RegExpExecArray): void {
  const [, id, file] = match as unknown as [string, string, string];
  const entry = sorted.docker.get(id) ?? {};
  if (file === "hostconfig") entry.hostPath = path;
  else entry.configPath = path;
  sorted.docker.set(id, entry);
}

function addRunc(sorted: SortedFiles, path: string, match: RegExpExecArray, content: string): void {
  const id = match[1]!;
  // state.json carries the whole configuration; the few fields wanted come first, so a cut one still has them.
  const state = parseObject(content);
  const found = state
    ? {
        pid: pid(state.init_process_pid),
        start: integer(state.init_process_start),
        created: text(state.created),
      }
    : {
        pid: pid(/"init_process_pid":(\d+)/.exec(content)?.[1]),
        start: pid(/"init_process_start":(\d+)/.exec(content)?.[1]),
        created: undefined,
      };
  if (found.pid === undefined) return;
  sorted.states.set(id, { path, pid: found.pid, startTicks: found.start, createdAt: found.created });
}

function addCrun(sorted: SortedFiles, path: string, match: RegExpExecArray, content: string): void {
  const id = match[1]!;
  const status = parseObject(content);
  if (!status || status["process-start-time"] === undefined) return;
  sorted.states.set(id, {
    path,
    pid: pid(status.pid),
    startTicks: integer(status["process-start-time"]),
    createdAt: text(status.created),
    cgroupPath: text(status["cgroup-path"]),
  });
}

const task = tried(TASK, addTask);
const userdata = tried(USERDATA, addUserdata);
const docker = tried(DOCKER, addDocker);
const PLACES = new Map<string, Place>([
  ["config.json", either(task, userdata)],
  ["init.pid", task],
  ["sandbox", task],
  ["pidfile", userdata],
  ["state.json", either(userdata, tried(RUNC, addRunc))],
  ["status", tried(CRUN, addCrun)],
  ["config.v2.json", docker],
  ["hostconfig.json", docker],
  ["manifest.json", tried(MANIFEST, (sorted, path) => sorted.manifests.push(path))],
]);
