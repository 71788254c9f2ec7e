/**
 * The demo node's kernel: processes, namespaces and what holds them, control groups and the OOM killer.
 * It knows the few rules that Podglass teaches and no more; each is held against a real kernel in rules.node.test.ts.
 */
import { FIXED } from "../../src-shared/assemble/initial.ts";
import { NAMESPACE_TYPES, type NamespaceInodes, type NamespaceType } from "../../src-shared/model.ts";
import type { CgroupTree, Group } from "./cgroups.ts";
import { oomKill } from "./oom.ts";
import type { Power, Task } from "./task.ts";

/** Net and mnt, which have no fixed number, as seen on many 6.x nodes. */
export const INITIAL: Record<NamespaceType, number> = { ...FIXED, net: 4026531840, mnt: 4026531841 };
/** What the first process of a node may do: every capability as far as CHECKPOINT_RESTORE. */
const EVERYTHING: Power = {
  capEff: "000001ffffffffff",
  capBnd: "000001ffffffffff",
  noNewPrivs: false,
  seccomp: 0,
  label: "unconfined",
};
const FIRST_INODE = 4026532190;

export interface Space {
  type: NamespaceType;
  inode: number;
  /** PID and user namespaces: the one around it; and the next pid inside. */
  parent?: number;
  nextPid: number;
  /** net: interface to address; ipc, net and uts: sysctls set inside. */
  addresses: { interface: string; address: string; prefix: number }[];
  sysctls: Record<string, string>;
  /** net: the other end of its wire is on no bridge any more. */
  unplugged?: true;
  /** The user namespace that owns it, where that is not the first; and of a user namespace who its root is outside. */
  owner?: number;
  firstId?: number;
}

export interface Fork {
  comm: string;
  cmdline?: string[];
  uid?: number;
  rssBytes?: number;
  oomScoreAdj?: number;
  cgroup?: string;
  /** "new" unshares; a number joins. What is not named is the parent's. */
  ns?: Partial<Record<NamespaceType, number | "new">>;
  reaps?: boolean;
  subreaper?: boolean;
  cores?: number;
  growsBytes?: number;
  cwd?: string;
  listens?: Task["listens"];
  /** The parent's, where nothing is said. */
  power?: Power;
}

/** What a system call would have answered: "ENOMEM", "ESRCH", "ENOENT", "EBUSY", "EEXIST". */
export class KernelError extends Error {
  override name = "KernelError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export class Kernel {
  readonly tasks = new Map<number, Task>();
  readonly spaces = new Map<number, Space>();
  /** Bind mounts of namespaces in pid 1's mount namespace: path to inode. */
  readonly pins = new Map<string, number>();
  /** Copies of pins in the mount namespace of a process: they hold as well, as long as that namespace lives. */
  readonly copies: { pid: number; path: string; inode: number }[] = [];
  readonly cgroups: CgroupTree;
  readonly log: string[] = [];
  readonly memoryBytes: number;
  /** Told of each process's end, after the kernel's own work: what a runtime does then is not the kernel's business. */
  readonly onExit: ((task: Task) => void)[] = [];
  private nextPid = 1;
  private readonly clock: () => number;
  private readonly bootMs: number;

  constructor(options: { clock: () => number; bootMs: number; memoryBytes: number; cgroups: CgroupTree }) {
    this.clock = options.clock;
    this.bootMs = options.bootMs;
    this.memoryBytes = options.memoryBytes;
    this.cgroups = options.cgroups;
    for (const type of NAMESPACE_TYPES) this.spaces.set(INITIAL[type], newSpace(type, INITIAL[type]));
  }

  uptimeMs(): number {
    return Math.max(0, this.clock() - this.bootMs);
  }

  task(pid: number): Task {
    const task = this.tasks.get(pid);
    if (!task) throw new KernelError("ESRCH", `no process ${pid}`);
    return task;
  }

  /** clone(2) and execve(2) in one. Throws ENOMEM where the PID namespace has lost its pid 1 (pid_namespaces(7)). */
  fork(parentPid: number, fork: Fork): Task {
    const parent = parentPid === 0 ? undefined : this.task(parentPid);
    const ns: NamespaceInodes = { ...(parent?.ns ?? INITIAL) };
    if (parent?.pidForChildren) ns.pid = parent.pidForChildren;
    // Whose users it has comes first: they own what is made with it (user_namespaces(7)).
    for (const type of ["user", ...NAMESPACE_TYPES.filter((one) => one !== "user")] as const) {
      const wanted = fork.ns?.[type];
      if (wanted === "new") ns[type] = this.unshare(type, ns).inode;
      else if (wanted !== undefined) ns[type] = this.space(type, wanted).inode;
    }
    const task: Task = {
      pid: 0,
      ppid: parentPid,
      startTicks: Math.floor(this.uptimeMs() / 10),
      state: "S",
      uid: fork.uid ?? parent?.uid ?? 0,
      comm: fork.comm.slice(0, 15),
      cmdline: fork.cmdline ?? [fork.comm],
      rssBytes: fork.rssBytes ?? 0,
      oomScoreAdj: fork.oomScoreAdj ?? parent?.oomScoreAdj ?? 0,
      ns,
      cgroup: fork.cgroup ?? parent?.cgroup ?? "/",
      nsPids: this.numbers(ns.pid ?? INITIAL.pid),
      fds: [],
      reaps: fork.reaps ?? true,
      subreaper: fork.subreaper ?? false,
      cores: fork.cores ?? 0,
      growsBytes: fork.growsBytes ?? 0,
      cwd: fork.cwd,
      listens: fork.listens ?? [],
      power: fork.power ?? parent?.power ?? EVERYTHING,
    };
    task.pid = task.nsPids[0] ?? 0;
    this.cgroups.need(task.cgroup);
    this.tasks.set(task.pid, task);
    return task;
  }

  /** One pid in each namespace, outermost first. */
  private numbers(pidInode: number): number[] {
    const chain: Space[] = [];
    for (let at: number | undefined = pidInode; at !== undefined && at !== INITIAL.pid; ) {
      const space: Space = this.space("pid", at);
      chain.unshift(space);
      at = space.parent;
    }
    for (const space of chain) {
      if (space.nextPid > 1 && !this.initOf(space.inode))
        throw new KernelError(
          "ENOMEM",
          `the PID namespace ${space.inode} has lost its pid 1; nothing can be started in it`,
        );
    }
    return [this.nextPid++, ...chain.map((space) => space.nextPid++)];
  }

  /** pid 1 of a PID namespace, alive. */
  initOf(pidInode: number): Task | undefined {
    for (const task of this.tasks.values())
      if (task.ns.pid === pidInode && task.state !== "Z" && task.nsPids.at(-1) === 1) return task;
    return undefined;
  }

  /** Skips pids, as on a node that has been up for a while. */
  passPids(upTo: number): void {
    this.nextPid = Math.max(this.nextPid, upTo);
  }

  /** unshare(2). A number that became free is given again at once, the lowest first, as the kernel's ida does. */
  unshare(type: NamespaceType, from: NamespaceInodes = INITIAL): Space {
    let inode = FIRST_INODE;
    while (this.spaces.has(inode)) inode++;
    const space = newSpace(type, inode);
    if (type === "pid" || type === "user") space.parent = from[type] ?? INITIAL[type];
    if (type !== "user" && from.user !== INITIAL.user) space.owner = from.user;
    if (type === "net") space.addresses.push({ interface: "lo", address: "127.0.0.1", prefix: 8 });
    this.spaces.set(inode, space);
    return space;
  }

  space(type: NamespaceType, inode: number): Space {
    const space = this.spaces.get(inode);
    if (space?.type !== type) throw new KernelError("ENOENT", `no ${type} namespace ${inode}`);
    return space;
  }

  /** kill(pid, SIGKILL). */
  kill(pid: number): void {
    const task = this.task(pid);
    if (task.state === "Z") return;
    this.exit(task);
    this.sweep();
  }

  private exit(task: Task): void {
    if (task.state === "Z") return;
    const own = task.ns.pid ?? INITIAL.pid;
    const last = task.nsPids.at(-1) === 1 && own !== INITIAL.pid;
    const reaper = last ? undefined : this.reaperFor(task);
    task.state = "Z";
    task.rssBytes = 0;
    task.cores = 0;
    task.growsBytes = 0;
    task.listens = [];
    task.cmdline = [];
    task.fds = [];
    task.pidForChildren = undefined;
    // A zombie keeps only pid and user; the rest of /proc/PID/ns is ENOENT.
    task.ns = { pid: task.ns.pid, user: task.ns.user };
    if (last) this.zap(own, task);
    for (const child of [...this.tasks.values()]) {
      if (child.ppid !== task.pid) continue;
      child.ppid = reaper?.pid ?? 1;
      if (child.state === "Z") this.wait(child);
    }
    this.wait(task);
    for (const listener of this.onExit) listener(task);
  }

  /** zap_pid_ns_processes: the end of pid 1 ends every member, also in PID namespaces below, and reaps them. */
  private zap(pidInode: number, init: Task): void {
    for (const task of [...this.tasks.values()]) {
      if (task === init || !this.isBelow(task.ns.pid, pidInode)) continue;
      this.exit(task);
      this.tasks.delete(task.pid);
    }
  }

  private isBelow(inode: number | undefined, ancestor: number): boolean {
    for (let at = inode; at !== undefined; at = this.spaces.get(at)?.parent) if (at === ancestor) return true;
    return false;
  }

  /** find_new_reaper: the nearest subreaper above in the same PID namespace, else pid 1 of it. */
  private reaperFor(task: Task): Task | undefined {
    for (let up = this.tasks.get(task.ppid); up && up.ns.pid === task.ns.pid; up = this.tasks.get(up.ppid))
      if (up.subreaper && up.state !== "Z") return up;
    return task.ns.pid === INITIAL.pid ? this.tasks.get(1) : this.initOf(task.ns.pid ?? INITIAL.pid);
  }

  /** A parent that waits takes the zombie away; one that does not leaves it. */
  private wait(task: Task): void {
    const parent = this.tasks.get(task.ppid);
    if (!parent || (parent.reaps && parent.state !== "Z")) this.tasks.delete(task.pid);
  }

  /** The process begins (or stops) to wait for its children. */
  setReaps(pid: number, reaps: boolean): void {
    const task = this.task(pid);
    task.reaps = reaps;
    if (reaps)
      for (const child of [...this.tasks.values()])
        if (child.ppid === pid && child.state === "Z") this.tasks.delete(child.pid);
    this.sweep();
  }

  /** mount --bind /proc/PID/ns/TYPE path. */
  bind(path: string, inode: number): void {
    if (this.pins.has(path)) throw new KernelError("EBUSY", `${path} is a mount point already`);
    if (!this.spaces.has(inode)) throw new KernelError("ENOENT", `no namespace ${inode}`);
    this.pins.set(path, inode);
  }

  unmount(path: string): void {
    if (!this.pins.delete(path)) throw new KernelError("EINVAL", `${path} is not mounted`);
    this.sweep();
  }

  openFd(pid: number, inode: number): number {
    const task = this.task(pid);
    const fd = Math.max(2, ...task.fds.map((open) => open.fd)) + 1;
    task.fds.push({ fd, inode });
    return fd;
  }

  closeFd(pid: number, fd: number): void {
    const task = this.task(pid);
    task.fds = task.fds.filter((open) => open.fd !== fd);
    this.sweep();
  }

  /** Frees each namespace that no process, pin, open fd, namespace below or what it owns holds any more. */
  sweep(): void {
    for (let freed = true; freed; ) {
      freed = false;
      const held = this.held();
      for (const inode of this.spaces.keys()) {
        if (held.has(inode)) continue;
        this.spaces.delete(inode);
        freed = true;
      }
    }
  }

  private held(): Set<number> {
    const held = new Set<number>(Object.values(INITIAL));
    for (const task of this.tasks.values()) {
      for (const inode of Object.values(task.ns)) held.add(inode);
      if (task.pidForChildren) held.add(task.pidForChildren);
      for (const open of task.fds) held.add(open.inode);
    }
    for (const inode of this.pins.values()) held.add(inode);
    for (const copy of this.copies) if (this.tasks.get(copy.pid)?.ns.mnt !== undefined) held.add(copy.inode);
    for (const { parent, owner } of this.spaces.values())
      for (const above of [parent, owner]) if (above !== undefined) held.add(above);
    return held;
  }

  /** Bytes charged to a group and all below it. */
  charged(path: string): number {
    let bytes = 0;
    for (const group of this.cgroups.below(path)) bytes += group.cacheBytes;
    for (const task of this.tasks.values()) if (this.cgroups.isBelow(task.cgroup, path)) bytes += task.rssBytes;
    return bytes;
  }

  /**
   * The process touches more memory. Where that passes memory.max of its group or of one above, file cache is given
   * back first; then the OOM killer chooses within the group whose limit was hit. Returns the pids that were killed.
   */
  grow(pid: number, bytes: number): number[] {
    const task = this.task(pid);
    const killed: number[] = [];
    task.rssBytes += bytes;
    for (let over = this.over(task); over; over = this.over(task)) {
      this.cgroups.count(over.path, "max");
      const excess = this.charged(over.path) - (over.limits.memoryMax ?? 0);
      if (this.reclaim(over, excess)) continue;
      const victims = oomKill(this, over);
      if (victims.length === 0) break;
      killed.push(...victims);
    }
    return killed;
  }

  /** The nearest group over its limit: a charge is tried level by level upwards (mm/memcontrol.c, try_charge). */
  private over(task: Task): Group | undefined {
    if (!this.tasks.has(task.pid) || task.state === "Z") return undefined;
    return this.cgroups
      .ancestors(task.cgroup)
      .find((group) => group.limits.memoryMax !== undefined && this.charged(group.path) > group.limits.memoryMax);
  }

  private reclaim(over: Group, excess: number): boolean {
    let left = excess;
    for (const group of this.cgroups.below(over.path)) {
      const part = Math.min(left, group.cacheBytes);
      group.cacheBytes -= part;
      left -= part;
    }
    return left <= 0;
  }

  /** Ends a process on the OOM killer's behalf. */
  end(task: Task): void {
    this.exit(task);
    this.sweep();
  }

  /** Lets time pass for CPU accounting. Milliseconds. */
  pass(ms: number): void {
    this.cgroups.spend(this.tasks.values(), ms);
  }
}

const newSpace = (type: NamespaceType, inode: number): Space => ({
  type,
  inode,
  nextPid: 1,
  addresses: [],
  sysctls: {},
});
