/** A busy and healthy node: 20 processes a second come and go, some in namespaces of their own, and groups that they move into. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const START_EVERY_MS = 50;

export class Churn {
  started = 0;
  private readonly running = new Set<ChildProcess>();
  private readonly timer: NodeJS.Timeout;
  private readonly top: string;
  private groups: string[] = [];

  constructor() {
    const unified = existsSync("/sys/fs/cgroup/cgroup.controllers");
    this.top = join(unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids", `podglass-soak-${process.pid}`);
    mkdirSync(this.top);
    this.timer = setInterval(() => this.start(), START_EVERY_MS);
  }

  private start(): void {
    const seconds = (0.2 + Math.random() * 3).toFixed(2);
    const own = this.started % 4 === 0 ? ["unshare", "--net", "--uts", "--ipc"] : [];
    const [program = "", ...args] = [...own, "sleep", seconds];
    const child = spawn(program, args, { stdio: "ignore" });
    this.running.add(child);
    child.once("exit", () => this.running.delete(child));
    if (++this.started % 10 === 0) this.regroup(child);
  }

  private regroup(child: ChildProcess): void {
    const folder = join(this.top, `g${this.started}`);
    try {
      mkdirSync(folder);
      this.groups.push(folder);
      writeFileSync(join(folder, "cgroup.procs"), String(child.pid));
    } catch {
      // It ended before it could be moved.
    }
    if (this.groups.length > 20) this.drop(5);
  }

  private drop(most: number): void {
    this.groups = this.groups.filter((folder, at) => {
      if (at >= most) return true;
      try {
        rmdirSync(folder);
        return false;
      } catch {
        return true;
      }
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (let turn = 0; turn < 100 && this.running.size > 0; turn++) await sleep(50);
    for (let turn = 0; turn < 50 && this.groups.length > 0; turn++) {
      this.drop(this.groups.length);
      await sleep(50);
    }
    rmdirSync(this.top);
  }
}
