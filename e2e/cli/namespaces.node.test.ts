/** Namespaces of a live node over ssh, field by field beside lsns, findmnt and /proc. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Namespace, Snapshot } from "../../src-shared/model.ts";
import { whatIf } from "../../src-shared/questions/what-if.ts";
import { type Sshd, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { type LsnsRow, lasting, lsns, memberships, nsfsMounts, until } from "./kernel.ts";
import { podglassJson } from "./run.ts";

const inodeOf = (link: string): number => Number(/\[(\d+)\]/.exec(readlinkSync(link))?.[1]);
/** A command line as lsns may show it: white space and control characters are its own affair. */
const plain = (text: string): string =>
  text
    .replace(/[^\x21-\x7e]+/g, " ")
    .trim()
    .slice(0, 200);

/** What each column of lsns is in a Snapshot; undefined where the Snapshot cannot know it. */
const columns: Record<string, (namespace: Namespace, snapshot: Snapshot, row: LsnsRow) => unknown> = {
  ns: ({ inode }) => inode,
  type: ({ type }) => type,
  nprocs: ({ pids, inode }, _, row) =>
    // The node's own hold also whoever looks: lsns itself there, the login's sshd here.
    inodeOf(`/proc/self/ns/${row.type}`) === inode ? row.nprocs : pids.length,
  pid: ({ pids }) => pids[0] ?? null,
  path: ({ pids, type }, _, row) => (pids.length === 0 ? row.path : `/proc/${pids[0]}/ns/${type}`),
  ppid: ({ pids }, { processes }) => processes.find(({ pid }) => pid === pids[0])?.ppid ?? null,
  command: ({ pids }, { processes }) => {
    const leader = processes.find(({ pid }) => pid === pids[0]);
    return leader && plain(plain(leader.cmdline.join(" ")) || leader.comm);
  },
  // lsns gives the owner of /proc/PID, which is root for a process that may not be dumped (proc_pid(5)).
  uid: ({ pids }, { processes }, row) => {
    const leader = processes.find(({ pid }) => pid === pids[0]);
    return leader === undefined ||
      (row.uid === 0 && statSync(`/proc/${leader.pid}`, { throwIfNoEntry: false })?.uid === 0)
      ? row.uid
      : leader.uid;
  },
  nsfs: ({ pins }, { node }, row) => {
    const here = pins.filter(({ mountNamespace }) => mountNamespace === inodeOf("/proc/self/ns/mnt"));
    const said = node.privilege === "root" ? [...new Set(here.map(({ path }) => path))].sort() : [];
    const theirs = row.nsfs?.split("\n").sort() ?? [];
    return JSON.stringify(said) === JSON.stringify(theirs) ? row.nsfs : said.join("\n");
  },
  pns: ({ parent }) => parent ?? 0,
  ons: ({ owner }) => owner ?? 0,
  // Names of users, and numbers that network namespaces give each other, are in no Snapshot.
  user: (_, __, row) => row.user,
  netnsid: (_, __, row) => row.netnsid,
};

const facts = () => ({ lsns: lsns(), members: memberships(), mounts: nsfsMounts() });
type Facts = ReturnType<typeof facts>;

describe.runIf(whyNoSshd() === null)("namespaces of a live node over ssh", () => {
  let sshd: Sshd;
  let login: string[];
  const folder = mkdtempSync(join(tmpdir(), "podglass-namespaces-"));
  const pins = ["uts", "a name with\ta tab and é", "ipc", "net", "again"].map((name) => join(folder, name));
  const [uts = "", odd = "", ipc = "", net = "", again = ""] = pins;
  const held = { file: 0, socket: 0 };
  let fileHolder: ReturnType<typeof spawn> | undefined;
  let socketHolder: ReturnType<typeof spawn> | undefined;
  const children: ReturnType<typeof spawn>[] = [];
  // One reading does for all tests, as long as nothing changed while it was taken.
  let taken: { before: Facts; snapshot: Snapshot; after: Facts } | undefined;
  const beside = async (round: number) => {
    if (round > 0 || taken === undefined) {
      const before = facts();
      const snapshot = await podglassJson<Snapshot>(["snapshot", sshd.target(), ...login, "--deep"]);
      taken = { before, snapshot, after: facts() };
    }
    return taken;
  };
  const indexed = (snapshot: Snapshot) =>
    new Map(snapshot.namespaces.map((namespace) => [`${namespace.type}:${namespace.inode}`, namespace]));

  beforeAll(async () => {
    sshd = await startSshd();
    login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
    mkdirSync(join(folder, "below"));
    for (const pin of pins) writeFileSync(pin, "");
    execFileSync("unshare", [`--uts=${uts}`, `--ipc=${ipc}`, "true"]);
    execFileSync("mount", ["--bind", uts, again]);
    execFileSync("unshare", [`--net=${odd}`, "true"]);
    // One that is pinned and has members, and a user namespace with namespaces of its own and one below it.
    children.push(spawn("unshare", [`--net=${net}`, "sleep", "300"], { stdio: "ignore" }));
    const nested = ["--user", "--map-root-user", "unshare", "--user", "--uts", "--pid", "--kill-child", "sleep", "300"];
    children.push(spawn("unshare", ["--net", "--kill-child", ...nested], { stdio: "ignore" }));
    // One that nothing but an open file holds, and one that nothing but a socket holds.
    const passing = spawn("unshare", ["--net", "sleep", "300"], { stdio: "ignore" });
    children.push(passing);
    const own = inodeOf("/proc/self/ns/net");
    await until(() => inodeOf(`/proc/${passing.pid}/ns/net`) !== own);
    held.file = inodeOf(`/proc/${passing.pid}/ns/net`);
    fileHolder = spawn("sh", ["-c", `exec 7</proc/${passing.pid}/ns/net; exec sleep 300`], { stdio: "ignore" });
    children.push(fileHolder);
    await until(() => existsSync(`/proc/${fileHolder?.pid}/fd/7`));
    passing.kill("SIGKILL");
    const keep = "use Socket; $^F = 255; socket(my $s, AF_INET, SOCK_DGRAM, 0) or die; sleep 1; exec @ARGV";
    const back = ["nsenter", `--net=/proc/${process.pid}/ns/net`, "sleep", "300"];
    socketHolder = spawn("unshare", ["--net", "perl", "-e", keep, ...back], { stdio: "ignore" });
    children.push(socketHolder);
    await until(() => {
      const inode = inodeOf(`/proc/${socketHolder?.pid}/ns/net`);
      if (inode !== own) held.socket = inode;
      return held.socket !== 0 && inode === own;
    });
    await until(() => [...nsfsMounts()].filter((line) => line.includes(folder)).length === pins.length);
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const pin of pins) {
      try {
        execFileSync("umount", ["-l", pin], { stdio: "ignore" });
      } catch {
        // it was never mounted
      }
    }
    rmSync(folder, { recursive: true, force: true });
    await sshd?.stop();
  });

  it("agrees with lsns in every column that it has", async () => {
    let compared = 0;
    const differences = await lasting(async (round) => {
      const { before, snapshot, after } = await beside(round);
      const known = indexed(snapshot);
      const found = new Map<string, string>();
      for (const [id, row] of before.lsns) {
        // What the node's own tool says the same before and after did not change meanwhile.
        if (JSON.stringify(after.lsns.get(id)) !== JSON.stringify(row)) continue;
        const namespace = known.get(id);
        if (!namespace) {
          found.set(id, "is in lsns alone");
          continue;
        }
        for (const [name, theirs] of Object.entries(row)) {
          const ours = columns[name]?.(namespace, snapshot, row);
          const same = name === "command" ? ours === plain(String(theirs ?? "")) : ours === theirs;
          if (!same && !(name === "command" && row.pid === null))
            found.set(`${id} ${name}`, `${ours} | lsns: ${theirs}`);
          compared += 1;
        }
      }
      // And nothing that it does not have.
      for (const { type, inode, pids } of snapshot.namespaces)
        if (pids.some((pid) => before.members.get(pid)?.get(type) === inode) && !before.lsns.has(`${type}:${inode}`))
          found.set(`${type}:${inode}`, "is not in lsns");
      return found;
    });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(60);
  });

  it("agrees with /proc: each namespace is there with the same members", async () => {
    let compared = 0;
    const differences = await lasting(async (round) => {
      const { before, snapshot, after } = await beside(round);
      const known = indexed(snapshot);
      const found = new Map<string, string>();
      const stays = (pid: number, type: string, inode: number) =>
        before.members.get(pid)?.get(type) === inode && after.members.get(pid)?.get(type) === inode;
      for (const [pid, links] of before.members)
        for (const [type, inode] of links) {
          if (!stays(pid, type, inode)) continue;
          if (!known.get(`${type}:${inode}`)?.pids.includes(pid)) found.set(`${type}:${inode}`, `lacks pid ${pid}`);
          compared += 1;
        }
      for (const { type, inode, pids } of snapshot.namespaces)
        for (const pid of pids) {
          const was = before.members.get(pid)?.get(type);
          if (was !== undefined && was !== inode && stays(pid, type, was))
            found.set(`${type}:${inode}`, `has pid ${pid}, which is in ${was}`);
        }
      return found;
    });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });

  it("has every nsfs mount that findmnt has, and no other", async () => {
    const ours = inodeOf("/proc/self/ns/mnt");
    let compared = 0;
    const differences = await lasting(async (round) => {
      const { before, snapshot, after } = await beside(round);
      const said = new Set<string>();
      for (const { type, inode, pins } of snapshot.namespaces)
        for (const { path, mountNamespace } of pins) if (mountNamespace === ours) said.add(`${type}:${inode} ${path}`);
      const found = new Map<string, string>();
      for (const line of before.mounts)
        if (after.mounts.has(line) && !said.has(line)) found.set(line, "findmnt alone has it");
      for (const line of said)
        if (!before.mounts.has(line) && !after.mounts.has(line)) found.set(line, "findmnt does not have it");
      compared = said.size;
      return found;
    });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(pins.length);
  });

  it("has the namespace that only an open file holds, and the one that only a socket holds", async () => {
    const { snapshot } = await beside(0);
    const known = indexed(snapshot);
    expect(known.get(`net:${held.file}`)).toMatchObject({ pids: [], fds: [{ pid: fileHolder?.pid, fd: 7 }] });
    const socket = known.get(`net:${held.socket}`);
    expect(socket).toMatchObject({ pids: [], fds: [], sockets: [{ pid: socketHolder?.pid }] });
    const fd = socket?.sockets?.[0]?.fd;
    expect(readlinkSync(`/proc/${socketHolder?.pid}/fd/${fd}`)).toMatch(/^socket:/);
    // Should its process end, the kernel would free it.
    const gone = whatIf(snapshot, { kind: "process", pid: socketHolder?.pid ?? 0 });
    expect(gone.dies.map(({ id }) => id)).toContain(`net:${held.socket}`);
  });

  it("has the namespaces that only bind mounts hold, one with several paths", async () => {
    const namespaces = await podglassJson<Namespace[]>(["namespaces", sshd.target(), ...login]);
    const at = (path: string) => namespaces.find(({ pins }) => pins.some((pin) => pin.path === path));
    expect(at(uts)).toMatchObject({ type: "uts", pids: [] });
    expect(
      at(uts)
        ?.pins.map(({ path }) => path)
        .sort(),
    ).toEqual([again, uts].sort());
    expect(at(ipc)).toMatchObject({ type: "ipc", pids: [] });
    expect(at(odd)).toMatchObject({ type: "net", pids: [] });
    expect(at(net)?.pids).toEqual([children[0]?.pid]);
  });
});
