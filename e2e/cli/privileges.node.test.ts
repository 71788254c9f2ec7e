/** One node read as root, through sudo and as an ordinary user: the same answer but for what the gaps name. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itemId, LISTS } from "../../src-shared/diff/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Finding } from "../../src-shared/reports.ts";
import { type Sshd, type SshdUser, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { lasting, until } from "./kernel.ts";
import { podglassJson } from "./run.ts";

/**
 * A snapshot as facts, "processes/1:2/namespaces/net" to its value. Members of a list are facts of their own, so that a
 * shorter list lacks facts and a wrong one has others.
 */
function factsOf(snapshot: Snapshot): Map<string, string> {
  const facts = new Map<string, string>();
  const add = (at: string, value: unknown): void => {
    if (Array.isArray(value) && !at.endsWith("/cmdline"))
      for (const one of value) facts.set(`${at}[${JSON.stringify(one)}]`, "is there");
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      for (const [key, one] of Object.entries(value)) add(`${at}/${key}`, one);
    else if (value !== undefined) facts.set(at, JSON.stringify(value));
  };
  for (const list of LISTS) {
    if (list === "gaps") continue;
    const idOf = itemId[list] as (item: unknown) => string;
    for (const item of snapshot[list]) {
      facts.set(`${list}/${idOf(item)}`, "is there");
      add(`${list}/${idOf(item)}`, item);
    }
  }
  add("node", snapshot.node);
  add("oomKills", snapshot.oomKills ?? []);
  return facts;
}

/** What may be lacking, or less certain, where a gap says so. */
const EXCUSES: readonly [what: RegExp, facts: RegExp][] = [
  // Whose holders and whose mount tables are not seen is not seen itself; what a pod shares follows from it.
  [/^namespaces of processes$/, /^processes\/[^/]+\/namespaces\/|^namespaces\//],
  [/^namespaces of processes$/, /^pods\/.*\/(namespaces|host|disagree|ips|sandbox\/(why|evidence))/],
  [/^namespaces of processes$/, /^containers\/.*\/mounts/],
  // Whether a process is apart follows from its namespaces, and only what is apart says what it may do.
  [/^namespaces of processes$/, /^processes\/[^/]+\/security\//],
  [/^memory shares of pause processes and monitors$/, /^processes\/[^/]+\/(rss|pss|private|swap)Bytes$/],
  [/^(runtime records|what the runtimes' own tools say)$/, /^(containers|pods)\//],
  [/^(runtime records|what the runtimes' own tools say)$/, /^node\/(runtimes|configuration)/],
  [/^the kernel log$/, /^oomKills/],
  [/^memory\.stat of cgroups$/, /\/files\/memory\.stat$|\/oomScore$|^oomKills/],
  [/^the node's own net namespace$/, /^node\/addresses|^namespaces\/net:.*\/initial$/],
  [/^the node's own mnt namespace$/, /^namespaces\/mnt:.*\/initial$/],
];
/** What differs by its nature: who reads, and the clock; a share of memory, since sudo maps the same libraries. */
const READER = /^node\/(privilege|uptimeSeconds|availableBytes)$|^processes\/[^/]+\/pssBytes$/;

/** Groups whose folder is not for everybody, as find shows them: our own, and the lab's. */
function closedGroups({ node }: Snapshot): string[] {
  return (node.cgroupMounts ?? []).flatMap(({ mountPoint }) =>
    execFileSync("find", [mountPoint, "-type", "d", "!", "-perm", "-005", "-prune"], { encoding: "utf8" })
      .split("\n")
      .filter(Boolean)
      .map((path) => path.slice(mountPoint.length)),
  );
}

/** Facts in which `theirs` differs from two readings that agree with each other. */
function astray(theirs: Snapshot, one: Snapshot, other: Snapshot): Map<string, string> {
  const [seen, first, second] = [factsOf(theirs), factsOf(one), factsOf(other)];
  const closed = closedGroups(one);
  const shut = (key: string) => /^cgroups\//.test(key) && closed.some((path) => key.includes(`:${path}/`));
  const tellsGroups = theirs.gaps.some(({ what }) => what === "cgroups");
  const excuses = EXCUSES.filter(([what]) => theirs.gaps.some((gap) => what.test(gap.what))).map(([, facts]) => facts);
  const found = new Map<string, string>();
  for (const key of new Set([...seen.keys(), ...first.keys()])) {
    const [saw, is] = [seen.get(key), first.get(key)];
    if (saw === is || is !== second.get(key) || READER.test(key)) continue;
    if (!(tellsGroups && shut(`${key}/`)) && !excuses.some((facts) => facts.test(key)))
      found.set(key, `${saw} | ${is}`);
  }
  return found;
}

/** Where each hierarchy of this machine is mounted. */
const hierarchies = (): string[] =>
  execFileSync("findmnt", ["-n", "-l", "-o", "TARGET", "-t", "cgroup,cgroup2"], { encoding: "utf8" })
    .split("\n")
    .filter(Boolean);

/** A mount of proc has options of its own from 5.8 on; before, they would have been the whole machine's. */
const ownProc = (([major = 0, minor = 0]) => major > 5 || (major === 5 && minor >= 8))(
  release().split(".").map(Number),
);

describe.runIf(whyNoSshd() === null)("the same node by three privileges", () => {
  const folder = mkdtempSync(join(tmpdir(), "podglass-privileges-"));
  const closed: string[] = [];
  const children: ChildProcess[] = [];
  const servers: Sshd[] = [];
  let user: SshdUser;
  let uid = 0;

  const read = (sshd: Sshd, who: string, ...options: string[]) =>
    podglassJson<Snapshot>([
      ...["snapshot", sshd.target(who), "-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`],
      ...options,
    ]);
  const start = async (options?: Parameters<typeof startSshd>[0]): Promise<Sshd> => {
    const sshd = await startSshd(options);
    servers.push(sshd);
    return sshd;
  };

  beforeAll(async () => {
    const sshd = await start();
    user = sshd.addUser({ sudo: "nopasswd" });
    uid = Number(execFileSync("id", ["-u", user.name], { encoding: "utf8" }));
    const gid = Number(execFileSync("id", ["-g", user.name], { encoding: "utf8" }));
    chmodSync(folder, 0o755);
    // What only root may look into: a pause in namespaces of its own, a namespace that is pinned, groups with 0700.
    copyFileSync("/bin/sleep", join(folder, "pause"));
    chmodSync(join(folder, "pause"), 0o755);
    writeFileSync(join(folder, "net"), "");
    execFileSync("unshare", [`--net=${join(folder, "net")}`, "true"]);
    children.push(spawn("unshare", ["--net", "--uts", "--ipc", join(folder, "pause"), "1200"], { stdio: "ignore" }));
    for (const at of hierarchies()) {
      closed.push(join(at, `podglass-closed-${process.pid}`));
      mkdirSync(join(at, `podglass-closed-${process.pid}`), { mode: 0o700 });
    }
    // And what is the user's own.
    children.push(spawn("sleep", ["1200"], { stdio: "ignore", uid, gid, cwd: "/" }));
    await until(() => children.every(({ pid }) => pid !== undefined));
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const at of closed) rmdirSync(at);
    try {
      execFileSync("umount", ["-l", join(folder, "net")]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      for (const sshd of servers.reverse()) await sshd.stop();
    }
  });

  it("gives three answers that differ only by what their gaps say", async () => {
    const [sshd] = servers as [Sshd];
    const differences = await lasting(async () => {
      const root = await read(sshd, "root", "--deep");
      const plain = await read(sshd, user.name, "--deep");
      const sudo = await read(sshd, user.name, "--deep", "--sudo");
      const again = await read(sshd, "root", "--deep");
      expect([root, sudo, plain].map(({ node }) => node.privilege)).toEqual(["root", "sudo", "user"]);
      // Each gap counts what lacks, and says what would mend it.
      const counted = (what: string) => plain.gaps.find((gap) => gap.what === what)?.count;
      const unread = plain.processes.filter(({ namespaces }) => Object.keys(namespaces).length === 0).length;
      expect(counted("namespaces of processes")).toBe(unread);
      expect(counted("memory shares of pause processes and monitors")).toBeGreaterThan(0);
      expect(counted("cgroups")).toBeGreaterThanOrEqual(closed.length);
      for (const { what, why, mend } of plain.gaps) if (why === "permission denied") expect(mend, what).toMatch(/root/);
      // The user's own processes are read as root reads them.
      const own = plain.processes.find(({ pid }) => pid === children.at(-1)?.pid);
      expect(own?.uid).toBe(uid);
      expect(own?.namespaces).toEqual(root.processes.find(({ pid }) => pid === own?.pid)?.namespaces);
      const found = new Map([...astray(plain, root, again), ...astray(sudo, root, again)]);
      const names = ({ gaps }: Snapshot) => new Set(gaps.map(({ what, why }) => `gap ${what}: ${why}`));
      for (const name of names(root))
        if (names(again).has(name) && !names(sudo).has(name)) found.set(name, "is root's alone");
      for (const name of names(sudo))
        if (!names(root).has(name) && !names(again).has(name)) found.set(name, "is sudo's alone");
      return found;
    });
    expect(differences).toEqual([]);
  });

  it.runIf(ownProc)("under hidepid it names whose processes are hidden, and reads its own right", async () => {
    const mounted = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
    const sshd = await start({ start: (args) => ["unshare", "--mount", "sh", "-c", mounted, "sh", ...args] });
    const differences = await lasting(async () => {
      const root = await read(sshd, "root");
      const plain = await read(sshd, user.name);
      const sudo = await read(sshd, user.name, "--sudo");
      const hidden = (snapshot: Snapshot) => snapshot.gaps.find(({ what }) => what === "processes of other users");
      expect(hidden(plain)?.why).toMatch(/^\/proc is mounted with hidepid=(2|invisible)$/);
      expect(hidden(plain)?.mend).toMatch(/log in as root.*--sudo/);
      expect(hidden(plain)?.count).toBeGreaterThan(10);
      expect([hidden(root), hidden(sudo)]).toEqual([undefined, undefined]);
      // The login itself and the user's own process are all that there is to see.
      expect(plain.processes.map((process) => process.pid)).toContain(children.at(-1)?.pid);
      expect(plain.processes.filter((process) => process.uid !== uid)).toEqual([]);
      expect(root.processes.length).toBeGreaterThan(plain.processes.length + 10);
      const found = astray(plain, root, sudo);
      // Hidden processes take along their groups' members, and whatever is known by them: it lacks, but is never wrong.
      const known =
        /^(processes|namespaces|containers|pods)\/|^cgroups\/.*\/pids\[|^node\/(runtimes|kubelet|configuration)/;
      return new Map([...found].filter(([key, value]) => !known.test(key) || !value.startsWith("undefined ")));
    });
    expect(differences).toEqual([]);
    // What is hidden is not called dead.
    const login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
    const findings = await podglassJson<Finding[]>(["findings", sshd.target(user.name), ...login]);
    expect(findings.filter(({ severity }) => severity === "critical")).toEqual([]);
  });
});
