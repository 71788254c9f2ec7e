/** What an ordinary user of a node can make of a group that was handed to him, against the scripts that run as root. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { podOf, processOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { pinsFolder } from "./folder.ts";
import { look } from "./look.ts";
import type { Question } from "./question.ts";
import { reason, runOnNode } from "./remote.ts";
import { runCall } from "./scripts.ts";
import { actionOf } from "./table.ts";
import { sh } from "./testing/actor.ts";
import { localShell } from "./testing/local.ts";
import { ordinary } from "./testing/question.ts";

const NOBODY = 65534;
const root = process.platform === "linux" && process.getuid?.() === 0;
/** A hierarchy with one folder for each group: v1's memory, else the one tree. */
const mount = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((each) =>
  existsSync(join(each, "cgroup.procs")),
);
const asUser = (command: string): string =>
  execFileSync("setpriv", [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "sh", "-c", command], {
    encoding: "utf8",
  }).trim();

describe.skipIf(!root || mount === undefined)("a group that a user was handed", { timeout: 60_000 }, () => {
  let his: string;
  let home: string;
  let victim: ChildProcess;
  const secret = () => join(home, "..", `${his.split("/").at(-1)}-secret`);
  const key = `hostile/${process.pid}`;
  const folder = pinsFolder(key);
  const started: number[] = [];

  beforeEach(() => {
    his = join(mount!, `podglass-hostile-${process.pid}`);
    mkdirSync(his);
    for (const each of [his, join(his, "cgroup.procs"), join(his, "tasks")])
      if (existsSync(each)) chownSync(each, NOBODY, NOBODY);
    home = mkdtempSync("/tmp/podglass-hostile-");
    chownSync(home, NOBODY, NOBODY);
    writeFileSync(secret(), "root's own\n", { mode: 0o600 });
    victim = spawn("sleep", ["300"], { stdio: "ignore" });
    sh(`mkdir -p -m 700 /run/podglass /run/podglass/pins && mkdir -m 700 ${folder} && touch ${folder}/uts`);
    sh(`unshare --uts=${folder}/uts true`);
    writeFileSync(join(folder, "manifest.json"), "{}\n");
  });
  afterEach(async () => {
    for (const pid of started.splice(0)) sh(`kill -KILL ${pid} 2>/dev/null || true`);
    victim.kill("SIGKILL");
    sh(`umount ${folder}/uts; rm -rf ${folder}; rmdir /run/podglass/pins /run/podglass 2>/dev/null || true`);
    for (const pid of members(his)) sh(`kill -KILL ${pid} 2>/dev/null || true`);
    await expect.poll(() => members(his)).toEqual([]);
    removeGroups(his);
    rmSync(home, { recursive: true, force: true });
    rmSync(secret(), { force: true });
  });

  const uts = () => Number(sh(`stat -L -c %i ${folder}/uts`));
  function question(groups: string[]): Question {
    const pod = podOf(key, { namespaces: {} });
    const target: Question["target"] = {
      pod,
      folder,
      pinned: [{ type: "uts", inode: uts() }],
      never: [],
      groups,
    };
    const manifest = {
      dropped: { pid: 4_194_000, startTicks: 1, at: "" },
      restored: null,
    } as unknown as NonNullable<Question["look"]["manifest"]>;
    const seen = { manifest, pins: new Set<string>() } as unknown as Question["look"];
    return { action: "restore", snapshot: snapshotOf({ pods: [pod] }), target, look: seen, ...ordinary };
  }
  const restore = async (groups: string[]) => {
    const [call] = actionOf("restore").calls(question(groups), { journalId: "id", at: "now" });
    const result = await runCall(localShell(), call!);
    const fact = result.lines.find(({ word, name }) => word === "fact" && name === "stand-in");
    const pid = fact ? Number(fact.rest.split(" ")[0]) : undefined;
    if (pid) started.push(pid);
    return { ...result, pid };
  };
  /** What a trap for a loop that splits words looks like: files of his, and links to root's. */
  const trap = (at: string) => {
    asUser(`mkdir -p '${at}/podglass-pause' && cd '${at}' && echo mine >cpuset.cpus && echo mine >cpuset.mems
      ln -s ${secret()} podglass-pause/cpuset.cpus && ln -s ${secret()} podglass-pause/cpuset.mems
      echo ${victim.pid} >cgroup.procs && echo ${victim.pid} >podglass-pause/cgroup.procs`);
  };
  const unharmed = () => {
    expect(readFileSync(secret(), "utf8")).toBe("root's own\n");
    expect(existsSync(`/proc/${victim.pid}/ns`), "root's process lives").toBe(true);
    expect(victim.exitCode ?? victim.signalCode).toBeNull();
  };

  it("is one group, whatever its name: blanks, patterns, colons, dashes", async () => {
    trap(`${home}/pod`);
    for (const name of [`x ${home}/pod`, "*", "[a-z]* ?", "a:b:c", "-n", "-rf *", "$(id)", "`id`", "'\"\\", "~root"]) {
      const group = `${his}/${name}`;
      mkdirSync(group, { recursive: true });
      const result = await restore([group]);
      expect(reason(result), name).toBe("the script ended with status 0");
      const inside = readFileSync(join(group, "podglass-pause", "cgroup.procs"), "utf8").trim();
      expect(inside, name).toBe(String(result.pid));
      process.kill(result.pid!, "SIGKILL");
      unharmed();
      // And the look before a plan sees nobody else either.
      const seen = await look(localShell(), question([group]).target, { sudo: false });
      expect(seen.looked).toBe(true);
    }
  });

  it("is no group where it is not in a cgroup file system, leads elsewhere, or is not there", async () => {
    trap(`${home}/pod`);
    asUser(`ln -s '${his}' '${home}/link'; mkdir '${his}/there'; mkfifo '${home}/fifo'`);
    const names = [
      `${home}/pod`,
      `${home}/link/there`,
      `${his}/../../../..${home}/pod`,
      `${his}/gone`,
      "pod",
      "",
      "-n",
    ];
    for (const group of [...names, `${his}/a\nb`, `${home}/fifo`, mount!, "/", "/proc/self"]) {
      const result = await restore([`${his}/there`, group]);
      expect(result.code, group).toBe(10);
      expect(reason(result), group).toMatch(/^cgroup: /);
      expect(existsSync(join(his, "there", "podglass-pause")), "nothing was made").toBe(false);
      unharmed();
    }
    const { said } = await look(localShell(), question([`${home}/pod`]).target, { sudo: false });
    expect(said.get("cgroup")).toMatchObject({ ok: false, detail: expect.stringContaining("no cgroup file system") });
  });

  it("may have a process of his in the leaf: it is never taken for a stand-in, and never ended", async () => {
    const group = `${his}/pod`;
    asUser(`mkdir -p '${group}/podglass-pause'`);
    const own = spawn("setpriv", [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "sleep", "2147483647"], {
      stdio: "ignore",
    });
    started.push(own.pid!);
    await expect.poll(() => sh(`cat /proc/${own.pid}/comm`)).toBe("sleep");
    writeFileSync(join(group, "podglass-pause", "cgroup.procs"), String(own.pid));
    const { standIns } = await look(localShell(), question([group]).target, { sudo: false });
    expect(standIns).toEqual([]);
    expect(reason(await restore([group]))).toMatch(/podglass-pause is not root's: somebody made it/);
    sh(`chown 0:0 '${group}/podglass-pause'`);
    const good = await restore([group]);
    expect(good.pid).not.toBe(own.pid);
    process.kill(good.pid!, "SIGKILL");
    // One that fails at its last step ends what it started, and nobody else.
    sh(`mkdir -p ${folder}/manifest.old/full`);
    const failed = await restore([group]);
    expect(failed.code).not.toBe(0);
    expect(own.exitCode ?? own.signalCode).toBeNull();
    await expect.poll(() => members(group)).toEqual([own.pid]);
  });

  it("may own the user namespace of the stand-in, and finds nothing of root's in it", async () => {
    const own = spawn(
      "setpriv",
      [
        ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
        ...["unshare", "--user", "--map-root-user", "sh", "-c", "echo ready; exec sleep 300"],
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    started.push(own.pid!);
    await new Promise((resolve) => own.stdout?.once("data", resolve));
    sh(`touch ${folder}/user && mount --no-canonicalize --bind /proc/${own.pid}/ns/user ${folder}/user`);
    try {
      const group = `${his}/pod`;
      mkdirSync(group);
      const asked = question([group]);
      asked.target.pinned.unshift({ type: "user", inode: Number(sh(`stat -L -c %i ${folder}/user`)) });
      // What is his alone can be entered: uts of this test is root's.
      asked.target.pinned.splice(1);
      const [call] = actionOf(asked.action).calls(asked, { journalId: "id", at: "now" });
      const env = { PODGLASS_SECRET: "root's own" };
      const result = await runCall(localShell({ env }), call!);
      expect(reason(result)).toBe("the script ended with status 0");
      const fact = result.lines.find(({ word, name }) => word === "fact" && name === "stand-in");
      const pid = Number(fact?.rest.split(" ")[0]);
      started.push(pid);
      expect(asUser(`readlink /proc/${pid}/ns/user`), "it is his to look into").toContain("user:[");
      expect(asUser(`tr '\\0' '\\n' </proc/${pid}/environ`)).toMatch(/^PATH=\S+(\nPWD=\S+)?$/);
      // One digit: what this test's own parent left open has more.
      const open = asUser(`for each in /proc/${pid}/fd/?; do echo "\${each##*/} $(readlink "$each")"; done`);
      expect(open.split("\n")).toEqual(["0 /dev/null", "1 /dev/null", "2 /dev/null", `8 ${folder}/stand-in`]);
    } finally {
      sh(`umount ${folder}/user`);
    }
  });

  it("is counted: too few, too many, and numbers that are none, are refused", async () => {
    const [call] = actionOf("restore").calls(question([`${his}`]), { journalId: "id", at: "now" });
    const at = call!.args.indexOf("1", 3);
    for (const count of ["-1", "x", "", "9", "1 1", "*"]) {
      const args = call!.args.with(at, count);
      const result = await runOnNode(localShell(), call!.script, args);
      expect(result.code, count).toBe(10);
      unharmed();
    }
  });

  it("never makes kill end more than one process: what is no pid is refused", async () => {
    const process_ = processOf(process.pid, { startTicks: 1, cgroup: { v1: { memory: "/" } } });
    for (const pid of ["-1", "0", "1", "", "1 2", "*", "self", "$$", `${victim.pid} -1`]) {
      const asked = question([]);
      asked.action = "drop";
      asked.target.sandbox = process_;
      const [call] = actionOf(asked.action).calls(asked, { journalId: "id", at: "now" });
      const result = await runOnNode(localShell(), call!.script, call!.args.with(1, pid));
      expect(result.code, pid).toBe(10);
      expect(reason(result), pid).toMatch(/^identity: /);
      unharmed();
    }
  });
});

function members(group: string): number[] {
  if (!existsSync(group)) return [];
  const own = readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  const below = readdirSync(group, { withFileTypes: true }).filter((each) => each.isDirectory());
  return [...own, ...below.flatMap(({ name }) => members(join(group, name)))];
}
function removeGroups(group: string): void {
  for (const each of readdirSync(group, { withFileTypes: true }))
    if (each.isDirectory()) removeGroups(join(group, each.name));
  if (dirname(group) !== "/") rmdirSync(group);
}
