/**
 * An ordinary user of the node has a group of his own (systemd delegates user@.service, an admin chowns a folder) and
 * chooses names in it. Whatever they are, root's scripts write into no file of his choosing and end no process of his choosing.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import checksScript from "./checks.sh?raw";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import dropScript from "./drop/drop.sh?raw";
import { pinsFolder } from "./folder.ts";
import pinScript from "./pin/pin.sh?raw";
import { reason, runOnNode } from "./remote.ts";
import restoreScript from "./restore/restore.sh?raw";
import { sh } from "./testing/actor.ts";
import { localShell } from "./testing/local.ts";
import unpinScript from "./unpin/unpin.sh?raw";

const root = process.platform === "linux" && process.getuid?.() === 0;
const NOBODY = 65_534;
const UUID = "3c9d1b1e-0000-4000-8000-00000000beef";
const run = (script: string, ...args: string[]) =>
  runOnNode(localShell(), compose(script, common), args, { answer: () => "{}" });

/** Where groups can be made here: of v2, and of a v1 hierarchy with a cpuset, which is copied from group to leaf. */
const hierarchies = readFileSync("/proc/mounts", "utf8")
  .split("\n")
  .map((line) => line.split(" "))
  .filter(
    ([, , type, options]) => type === "cgroup2" || (type === "cgroup" && /\b(cpuset|memory)\b/.test(options ?? "")),
  )
  .map(([, path]) => path ?? "");

describe.skipIf(!root || hierarchies.length === 0)("groups whose names a user chose", { timeout: 60_000 }, () => {
  const key = `test/groups-${process.pid}`;
  const folder = pinsFolder(key);
  let his: string;
  let victim: ChildProcess;
  let member: ChildProcess;
  let pairs: string[];
  let dropped: [string, string];
  const made: string[] = [];

  const startOf = (pid: number) =>
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19] ?? "";
  const identity = (pid: number): string[] => {
    const line = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n")[0] ?? "";
    const [, hierarchy = "", ...path] = line.split(":");
    return [String(pid), startOf(pid), hierarchy, path.join(":")];
  };
  /** A group below a folder that was handed to the user, in every hierarchy. */
  function groupsNamed(name: string): string[] {
    return hierarchies.map((top) => {
      const above = `${top}/podglass-test-${process.pid}`;
      for (const path of [above, `${above}/${name}`]) {
        if (existsSync(path)) continue;
        mkdirSync(path);
        for (const file of ["cpuset.cpus", "cpuset.mems"])
          if (existsSync(`${path}/${file}`) && top.endsWith("cpuset"))
            writeFileSync(`${path}/${file}`, readFileSync(`${top}/${file}`));
        chownSync(path, NOBODY, NOBODY);
        made.unshift(path);
      }
      return `${above}/${name}`;
    });
  }
  const restore = (groups: string[]) =>
    run(restoreScript, folder, ...dropped, String(groups.length), ...groups, ...pairs);

  beforeEach(async () => {
    his = mkdtempSync(join(tmpdir(), "podglass-his-"));
    victim = spawn("sleep", ["300"]);
    member = spawn("unshare", ["--net", "--ipc", "--uts", "sleep", "300"]);
    const pid = member.pid as number;
    const types = ["net", "ipc", "uts"];
    for (let i = 0; i < 100; i++) {
      if (types.every((type) => sh(`stat -Lc %i /proc/${pid}/ns/${type}`) !== sh(`stat -Lc %i /proc/self/ns/${type}`)))
        break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    pairs = types.map((type) => `${type}=${sh(`stat -Lc %i /proc/${pid}/ns/${type}`)}`);
    const pinned = await run(pinScript, folder, ...identity(pid), "{}", ...pairs);
    expect(reason(pinned)).toBe("the script ended with status 0");
    dropped = [String(pid), startOf(pid)];
    member.kill("SIGKILL");
    await new Promise((resolve) => member.once("exit", resolve));
  });

  afterEach(async () => {
    victim.kill("SIGKILL");
    for (const group of made) {
      const leaf = `${group}/podglass-pause`;
      if (existsSync(`${leaf}/cgroup.procs`)) {
        for (const pid of readFileSync(`${leaf}/cgroup.procs`, "utf8").split("\n").filter(Boolean))
          process.kill(Number(pid), "SIGKILL");
        for (let i = 0; i < 100 && readFileSync(`${leaf}/cgroup.procs`, "utf8") !== ""; i++)
          await new Promise((resolve) => setTimeout(resolve, 20));
        rmdirSync(leaf);
      }
    }
    for (const group of made.splice(0)) if (existsSync(group)) rmdirSync(group);
    await run(unpinScript, folder, "0", "0", "", "", "0", "{}", "0");
    rmSync(his, { recursive: true, force: true });
    expect(existsSync(folder)).toBe(false);
  });

  /** The user's folder, made to look like a group: a file to write through, and a process of root's to end. */
  function bait(path: string): { target: string } {
    const target = join(his, "root-only");
    writeFileSync(target, "as it was\n");
    mkdirSync(join(path, "podglass-pause"), { recursive: true });
    writeFileSync(join(path, "cpuset.cpus"), "his text\n");
    writeFileSync(join(path, "cpuset.mems"), "his text\n");
    for (const file of ["cpuset.cpus", "cpuset.mems"]) symlinkSync(target, join(path, "podglass-pause", file));
    writeFileSync(join(path, "podglass-pause", "cgroup.procs"), `${victim.pid}\n-1\n`);
    return { target };
  }
  function nothingOfHis(target: string): void {
    expect(readFileSync(target, "utf8")).toBe("as it was\n");
    expect(victim.exitCode ?? victim.signalCode).toBe(null);
    expect(existsSync(`/proc/${victim.pid}`)).toBe(true);
  }

  it.each([
    ["a blank", (path: string) => `x ${path.replaceAll("/", "\\")}`],
    ["a blank before a path", () => "x pod"],
    ["a pattern", () => "*"],
    ["a quote and a command", () => "'$(touch owned)`touch owned`;\"&"],
    ["a leading dash", () => "-rf pod"],
    ["a colon", () => `kubepods-pod${UUID}.slice:cri-containerd:x`],
    ["a backslash", () => "\\0041\\n"],
  ])("a name with %s is one name: the stand-in is in that group, and goes with it", async (_, name) => {
    const groups = groupsNamed(name(his));
    const { target } = bait(join(his, "l", `pod${UUID}`));
    const restored = await restore(groups);
    expect(reason(restored)).toBe("the script ended with status 0");
    const said = restored.lines.find(({ word, name: what }) => word === "fact" && what === "stand-in")?.rest ?? "";
    const [pid = "", start = ""] = said.split(" ");
    for (const group of groups) expect(readFileSync(`${group}/podglass-pause/cgroup.procs`, "utf8").trim()).toBe(pid);
    nothingOfHis(target);
    const standIn = identity(Number(pid));
    expect(standIn[1]).toBe(start);
    const looked = await run(checksScript, folder, ...standIn, "1", String(groups.length), ...groups, ...pairs);
    expect(looked.lines.filter(({ word }) => word === "no")).toEqual([]);
    expect(looked.lines.filter(({ name: what }) => what === "stand-in").map(({ rest }) => rest)).toEqual(
      groups.map(() => pid),
    );
    const gone = await run(dropScript, folder, ...standIn, "1", "{}", "1", String(groups.length), ...groups, ...pairs);
    expect(reason(gone)).toBe("the script ended with status 0");
    for (const group of groups) expect(existsSync(`${group}/podglass-pause`)).toBe(false);
    nothingOfHis(target);
  });

  it("the name of the report, a blank and the path of his folder, is one name and no group", async () => {
    const path = join(his, "l", `pod${UUID}`);
    const { target } = bait(path);
    const [top] = groupsNamed("x");
    for (const group of [path, `${top} ${path}`, `${top}/../..${path}`]) {
      const restored = await restore([group]);
      expect(restored.code).not.toBe(0);
      expect(reason(restored)).toMatch(/^cgroup: .* (in no cgroup file system|not where it says|is gone)/);
      nothingOfHis(target);
      const looked = await run(checksScript, folder, "0", "0", "", "", "0", "1", group, ...pairs);
      expect(looked.lines.filter(({ name }) => name === "stand-in")).toEqual([]);
    }
  });

  it("a link to a group is no group, and neither is a name with a newline", async () => {
    const [group = ""] = groupsNamed("real");
    symlinkSync(group, join(his, "link"));
    expect(reason(await restore([join(his, "link")]))).toMatch(/^cgroup: .* is not where it says/);
    expect(reason(await restore([`${group}\n${his}`]))).toMatch(/^cgroup: a group's name has a newline in it/);
    expect(existsSync(`${group}/podglass-pause`)).toBe(false);
  });

  it("a leaf that he made is refused, with what he put into it left alone", async () => {
    const groups = groupsNamed("with-leaf");
    for (const group of groups) {
      mkdirSync(`${group}/podglass-pause`);
      chownSync(`${group}/podglass-pause`, NOBODY, NOBODY);
    }
    expect(reason(await restore(groups))).toMatch(/^cgroup: .*podglass-pause is not root's: somebody made it/);
    expect(existsSync(`/proc/${victim.pid}`)).toBe(true);
  });

  it("drop ends a stand-in only in a leaf of ours: a plan that names another process as one is refused", async () => {
    const groups = groupsNamed("x");
    const fake = await run(
      dropScript,
      folder,
      ...identity(victim.pid as number),
      "1",
      "{}",
      "1",
      String(groups.length),
      ...groups,
    );
    expect(reason(fake)).toMatch(/^identity: .* is no stand-in of ours/);
    for (const pid of ["-1", "0", "1", "x", ""])
      expect((await run(dropScript, folder, pid, "1", "", "/", "1", "{}", "0", "0")).code).not.toBe(0);
    expect(existsSync(`/proc/${victim.pid}`)).toBe(true);
  });

  it("no shell of a node takes them apart", () => {
    for (const shell of ["dash", "bash", "busybox ash"]) {
      const text = `${common}\nshow() { printf '<%s>' "$group"; }\nkeep_groups "$@"\nshift $((groups + 1))\neach_group show\nprintf '[%s]' "$@"`;
      const [program = "", ...more] = shell.split(" ");
      const out = execFileSync(program, [...more, "-c", text, "sh", "3", "a b", "*", "'\n$x", "net=1"], {
        encoding: "utf8",
      });
      expect(out).toBe("<a b><*><'\n$x>[net=1]");
    }
  });
});
