/** Hand-made pods to read: processes, namespaces, pins and groups, all gone again with stop(). */
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sshd, startSshd } from "../e2e/nodes/sshd.ts";
import limitSource from "./limit.c?raw";
import loadSource from "./load.c?raw";

export interface Tools {
  folder: string;
  load: string;
  limit: string;
  remove(): void;
}

/** Throws when there is no C compiler. */
export function buildTools(): Tools {
  const folder = mkdtempSync(join(tmpdir(), "podglass-bench-"));
  const build = (name: string, source: string): string => {
    writeFileSync(join(folder, `${name}.c`), source);
    execFileSync("cc", ["-O2", "-o", join(folder, name), join(folder, `${name}.c`)]);
    return join(folder, name);
  };
  try {
    const tools = { load: build("load", loadSource), limit: build("limit", limitSource) };
    return { folder, ...tools, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Where groups can be made: three hierarchies on v1, one on v2. */
export function hierarchies(): string[] {
  if (existsSync("/sys/fs/cgroup/cgroup.controllers")) return ["/sys/fs/cgroup"];
  return ["memory", "pids", "cpuacct"].map((name) => `/sys/fs/cgroup/${name}`).filter((path) => existsSync(path));
}

/** This machine as a node whose awk is GNU's; undefined where that is not installed. */
export async function startGawk(): Promise<Sshd | undefined> {
  const [gawk, mawk] = ["/usr/bin/gawk", "/usr/bin/mawk"] as const;
  if (!existsSync(gawk) || !existsSync(mawk)) return undefined;
  const hide = `mount --bind ${gawk} ${mawk} && exec "$@"`;
  return startSshd({ start: (args) => ["unshare", "--mount", "sh", "-c", hide, "sh", ...args] });
}

export interface Load {
  processes: number;
  /** The parent of the pods' first processes; with `inside`, of what has entered. */
  pid: number;
  stop(): Promise<void>;
}

/** `inside`: the first process of a host (e2e/nodes/hosts.ts) whose processes they are, and a word for its groups. */
export async function startLoad(
  tools: Tools,
  pods: number,
  perPod: number,
  inside?: { init: number; name: string },
): Promise<Load> {
  const name = `podglass-bench-${process.pid}${inside ? `-${inside.name}` : ""}`;
  const tops = hierarchies().map((path) => join(path, name));
  const pins = mkdtempSync(join(tools.folder, "pins-"));
  for (const top of tops) for (let pod = 0; pod < pods; pod++) mkdirSync(join(top, `pod${pod}`), { recursive: true });
  const args = [String(pods), String(perPod), pins, ...tops];
  const enter = inside ? ["nsenter", "-t", String(inside.init), "-p", "-m", "--"] : [];
  const [program = "", ...words] = [...enter, tools.load, ...args];
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    // nsenter stops with what it started (continue_as_child of util-linux), and is in no host to be woken with it.
    child.kill("SIGCONT");
    child.stdin.end();
    const slow = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(slow);
    for (let pod = 0; pod < pods; pod++) {
      try {
        // Lazy: a mount namespace that was cloned meanwhile may hold a copy.
        execFileSync("umount", ["-l", join(pins, String(pod))], { stdio: "ignore" });
      } catch {
        // It was never mounted.
      }
    }
    rmSync(pins, { recursive: true, force: true });
    for (const top of tops) await removeGroups(top, pods);
  };
  const ready = await Promise.race([
    new Promise<boolean>((resolve) => child.stdout.once("data", () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!ready) {
    await stop();
    throw new Error("the load could not be made: see above");
  }
  return { processes: pods * perPod, pid: child.pid!, stop };
}

/** A group is busy until the kernel has reaped its last process. */
async function removeGroups(top: string, pods: number): Promise<void> {
  const folders = [...Array.from({ length: pods }, (_, pod) => join(top, `pod${pod}`)), top];
  for (const folder of folders) {
    for (let turn = 0; turn < 100 && existsSync(folder); turn++) {
      try {
        rmdirSync(folder);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** A group that holds a process and all it starts, for its CPU time. */
export function meter(pid: number): { cpuMs(): number; remove(): void } {
  const unified = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const folder = join(unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpuacct", `podglass-meter-${pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cgroup.procs"), String(pid));
  return {
    cpuMs: () =>
      unified
        ? Number(/usage_usec (\d+)/.exec(readFileSync(join(folder, "cpu.stat"), "utf8"))?.[1] ?? 0) / 1000
        : Number(readFileSync(join(folder, "cpuacct.usage"), "utf8")) / 1e6,
    remove: () => {
      // What still runs goes back to where it was, so that the folder can go.
      for (const member of readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean)) {
        try {
          writeFileSync(join(folder, "..", "cgroup.procs"), member);
        } catch {
          // it has ended meanwhile
        }
      }
      rmdirSync(folder);
    },
  };
}

/** Processes on this machine now. */
export const processCount = (): number => readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length;
