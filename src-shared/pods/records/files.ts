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

export function sortFiles(files: Files): SortedFiles {
  const sorted: SortedFiles = {
    tasks: new Map(),
    userdata: new Map(),
    states: new Map(),
    docker: new Map(),
    manifests: [],
    configuration: [],
  };
  for (const path of Object.keys(files)) {
    const content = files[path]!;
    const task = TASK.exec(path);
    const userdata = USERDATA.exec(path);
    const docker = DOCKER.exec(path);
    if (task) addTask(sorted, path, task, content);
    else if (userdata) addUserdata(sorted, path, userdata[1]!, userdata[2]!, content);
    else if (docker) addDocker(sorted, path, docker[1]!, docker[2]!);
    else if (MANIFEST.test(path)) sorted.manifests.push(path);
    else if (RUNC.test(path)) addRunc(sorted, path, RUNC.exec(path)![1]!, content);
    else if (CRUN.test(path)) addCrun(sorted, path, CRUN.exec(path)![1]!, content);
    else sorted.configuration.push(path);
  }
  return sorted;
}

function addTask(sorted: SortedFiles, path: string, match: RegExpExecArray, content: string): void {
  const [, containerdNamespace, id, file] = match as unknown as [string, string, string, string];
  const key = `${containerdNamespace}/${id}`;
  const task = sorted.tasks.get(key) ?? { id, containerdNamespace };
  if (file === "config.json") task.configPath = path;
  else if (file === "init.pid") task.initPid = pid(content.trim());
  else if (file === "sandbox") task.sandboxId = text(content.trim());
  sorted.tasks.set(key, task);
}

function addUserdata(sorted: SortedFiles, path: string, id: string, file: string, content: string): void {
  const entry = sorted.userdata.get(id) ?? { id };
  // The graph root's config.json outlives a reboot and the run root's does not; either says the same while it runs.
  if (file === "config.json") entry.configPath ??= path;
  else if (file === "pidfile") entry.pid = pid(content.trim());
  else if (file === "state.json") entry.statePath = path;
  sorted.userdata.set(id, entry);
}

function addDocker(sorted: SortedFiles, path: string, id: string, file: string): void {
  const entry = sorted.docker.get(id) ?? {};
  if (file === "hostconfig") entry.hostPath = path;
  else entry.configPath = path;
  sorted.docker.set(id, entry);
}

function addRunc(sorted: SortedFiles, path: string, id: string, content: string): void {
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

function addCrun(sorted: SortedFiles, path: string, id: string, content: string): void {
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
