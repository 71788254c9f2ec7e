/**
 * A room of one's own on this machine for a container runtime: a private folder, a private cgroup, and a way to leave
 * nothing behind, also after a failure. Two rooms side by side do not meet.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunOptions {
  env?: Record<string, string>;
  /** Default 60 s. */
  timeoutMs?: number;
  cwd?: string;
}

/** stdout of a program. Throws with its stderr in the message. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = {
      env: { ...process.env, LC_ALL: "C.UTF-8", ...options.env },
      cwd: options.cwd,
      timeout: options.timeoutMs ?? 60_000,
      maxBuffer: 64 << 20,
    };
    execFile(program, [...args], settings, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(new Error(`${program} ${args.slice(0, 3).join(" ")}: ${(stderr || error.message).trim().slice(-600)}`));
    });
  });
}

/** The first of these programs that this machine has not, and where it would come from. */
export function missing(programs: Readonly<Record<string, string>>): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  for (const [program, origin] of Object.entries(programs)) {
    const places = program.startsWith("/")
      ? [program]
      : ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin"].map((folder) => `${folder}/${program}`);
    if (!places.some((path) => existsSync(path))) return `there is no ${program} here (Debian: ${origin})`;
  }
  return undefined;
}

/** Without CAP_SYS_RESOURCE (24) limits cannot be raised and OOM scores not be lowered. */
export function mayRaiseLimits(): boolean {
  const bits = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${bits}`) >> 24n) & 1n) === 1n;
}
export function openFilesLimit(): number {
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 1024);
}

/** Waits until a check says yes. Throws with what was waited for. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) if (await check()) return;
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
}

export interface Room {
  /** Unique and short: fit for names, bridges and cgroups. */
  id: string;
  dir: string;
  /** Path of the room's own group in every hierarchy: "/pgt-…". */
  cgroup: string;
  /** Starts a daemon whose words go to a file; it is ended when the room is left. */
  daemon(name: string, program: string, args: readonly string[], env?: Record<string, string>): ChildProcess;
  /** Done first to last registered, before daemons are ended; each is tried, whatever the others say. */
  before(work: () => Promise<unknown>): void;
  /** Ends everything that was started here and removes all that was made. Throws when something is left. */
  leave(): Promise<void>;
}

export async function enterRoom(kind: string): Promise<Room> {
  await sweep();
  const id = `pgt${randomBytes(3).toString("hex")}`;
  const dir = mkdtempSync(`${ROOMS}/${id}-${kind}-`);
  writeFileSync(`${dir}/${OWNER}`, `${process.pid} ${startOf(process.pid)}`);
  const cgroup = `/${id}`;
  const daemons: ChildProcess[] = [];
  const works: (() => Promise<unknown>)[] = [];
  return {
    id,
    dir,
    cgroup,
    daemon(name, program, args, env) {
      const words = openSync(`${dir}/${name}.log`, "a");
      const child = spawn(program, [...args], {
        stdio: ["ignore", words, words],
        env: { ...process.env, ...env },
        detached: true,
      });
      child.on("error", () => {});
      daemons.push(child);
      return child;
    },
    before: (work) => works.unshift(work),
    async leave() {
      const failures: string[] = [];
      for (const work of works) await work().catch((error: Error) => failures.push(error.message));
      for (const child of [...daemons].reverse()) await end(child);
      const left = await clear(dir);
      if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}; ${failures.join("; ")}`);
    },
  };
}

const ROOMS = "/var/tmp";
const OWNER = "owner";

/** Start time in ticks: with it a pid is an identity. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Rooms whose test was killed before it could leave: nobody else will tidy them. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(ROOMS).filter((entry) => /^pgt[0-9a-f]{6}-[a-z]+-/.test(entry))) {
    const dir = `${ROOMS}/${name}`;
    let owner: string;
    try {
      owner = readFileSync(`${dir}/${OWNER}`, "utf8");
    } catch {
      continue; // being made just now, or being left
    }
    const [pid, start] = owner.split(" ");
    if (startOf(Number(pid)) !== start) await clear(dir);
  }
}

/** Ends what still runs in a room and removes all that it made; what is left in spite of that. */
async function clear(dir: string): Promise<string[]> {
  const id = dir.slice(ROOMS.length + 1).split("-")[0]!;
  const cgroup = `/${id}`;
  const pins = networkPins(dir);
  await killIn(cgroup);
  await killOwn(dir);
  for (const pin of pins) {
    await run("umount", [pin]).catch(() => {});
    rmSync(pin, { force: true });
  }
  await run("ip", ["link", "del", `${id}b`]).catch(() => {});
  await unmountBelow(dir);
  await removeGroups(cgroup);
  for (let tries = 0; tries < 20 && existsSync(dir); tries++) {
    try {
      rmSync(dir, { recursive: true, force: true });
    } catch {
      await unmountBelow(dir);
      await sleep(100);
    }
  }
  return [existsSync(dir) ? dir : "", ...groups(cgroup)].filter(Boolean);
}

/** Network namespaces that a runtime pinned outside its room, by the records of pods that it had no time to remove. */
function networkPins(dir: string): string[] {
  const tasks = `${dir}/state/io.containerd.runtime.v2.task/k8s.io`;
  const found = new Set<string>();
  for (const id of existsSync(tasks) ? readdirSync(tasks) : []) {
    try {
      const text = readFileSync(`${tasks}/${id}/config.json`, "utf8");
      for (const [path] of text.matchAll(/\/run\/netns\/cni-[0-9a-f-]+/g)) found.add(path);
    } catch {
      // It was just being removed.
    }
  }
  return [...found].filter((path) => existsSync(path));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await Promise.race([gone, sleep(10_000)]);
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}

/** The room's own folders in every hierarchy. */
function groups(cgroup: string): string[] {
  const roots = ["/sys/fs/cgroup", ...readdirSync("/sys/fs/cgroup").map((name) => `/sys/fs/cgroup/${name}`)];
  return roots.map((root) => root + cgroup).filter((path) => existsSync(`${path}/cgroup.procs`));
}

function below(path: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync(path)) {
    const inner = `${path}/${name}`;
    if (statSync(inner, { throwIfNoEntry: false })?.isDirectory()) found.push(...below(inner), inner);
  }
  return found;
}

/** Ends what is left in the room's group: only what was started in this room can be there. */
async function killIn(cgroup: string): Promise<void> {
  for (const root of groups(cgroup)) {
    for (const folder of [...below(root), root]) {
      for (const pid of readFileSync(`${folder}/cgroup.procs`, "utf8").split("\n").filter(Boolean)) kill(Number(pid));
    }
  }
  await sleep(50);
}

/** Ends processes that name the room's folder in their arguments: shims, conmons. */
async function killOwn(dir: string): Promise<void> {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, "utf8").includes(dir)) kill(Number(name));
    } catch {
      // It ended meanwhile.
    }
  }
  await sleep(50);
}

export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function unmountBelow(dir: string): Promise<void> {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(`${dir}/`))
    .reverse();
  for (const point of points) await run("umount", ["-l", point]).catch(() => {});
}

/** A group stays busy for a moment after its last process has gone, so it is tried again. */
async function removeGroups(cgroup: string): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    const left = groups(cgroup);
    if (left.length === 0) return;
    for (const root of left) {
      for (const folder of [...below(root), root]) {
        try {
          rmdirSync(folder);
        } catch {
          // Still busy.
        }
      }
    }
    await sleep(50);
  }
}

/**
 * Makes a folder in every hierarchy, and limits it: what a kubelet does for a pod.
 * @param limits bytes and cores @param pid is put into it
 */
export function makeGroup(
  path: string,
  limits: { memory?: number; cpu?: number } = {},
  write: (file: string, value: string) => void,
  pid?: number,
): void {
  const v2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const roots = v2
    ? ["/sys/fs/cgroup"]
    : readdirSync("/sys/fs/cgroup")
        .map((name) => `/sys/fs/cgroup/${name}`)
        .filter((root) => existsSync(`${root}/cgroup.procs`));
  for (const root of roots) {
    mkdirSync(root + path, { recursive: true });
    if (v2) {
      let at = root;
      for (const part of path.split("/").slice(1)) {
        for (const controller of ["cpu", "memory", "pids"]) write(`${at}/cgroup.subtree_control`, `+${controller}`);
        at += `/${part}`;
      }
    }
    const put = (file: string, value: string) => {
      if (existsSync(`${root}${path}/${file}`)) write(`${root}${path}/${file}`, value);
    };
    if (limits.memory) {
      put("memory.limit_in_bytes", String(limits.memory));
      put("memory.max", String(limits.memory));
    }
    if (limits.cpu) {
      put("cpu.cfs_quota_us", String(limits.cpu * 100_000));
      put("cpu.max", `${limits.cpu * 100_000} 100000`);
    }
    if (pid === undefined) continue;
    // v1: nobody may enter a cpuset before it has cpus and memory nodes.
    const parts = path.split("/");
    for (let depth = 2; !v2 && depth <= parts.length; depth++) {
      for (const file of ["cpuset.cpus", "cpuset.mems"]) {
        const own = `${root}${parts.slice(0, depth).join("/")}/${file}`;
        if (existsSync(own)) write(own, readFileSync(`${root}/${file}`, "utf8").trim());
      }
    }
    put("cgroup.procs", String(pid));
  }
}
