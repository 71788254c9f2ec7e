/** Wires of real network namespaces, held against what iproute2 says of each: both ends, bridges, parents, routes. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { GAP_WHATS, GAP_WHYS } from "../../src-shared/gaps.ts";
import type { NetworkFacts, Pod, Snapshot } from "../../src-shared/model.ts";
import { endpoint, listenersOf, whoWords } from "../../src-shared/questions/listeners.ts";
import type { Link } from "../testing/reaches.ts";
import { localConnection } from "../transport/local.ts";
import awkCore from "./awk/core.awk?raw";
import { readNode } from "./read.ts";
import { BUSYBOX, bareNode } from "./testing/bare.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
const tag = `pgw${process.pid}`;
const there = (program: string): boolean => ["", "/usr/bin/"].some((folder) => existsSync(`${folder}${program}`));
const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });
/** Listens with two processes on one socket and with one on another; a connection listens to nobody. */
const LISTEN = `
import os, socket, time
a = socket.socket(); a.bind(("127.0.0.1", 8080)); a.listen()
c = socket.create_connection(("127.0.0.1", 8080))
if os.fork():
  b = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); b.bind(("::", 5353))
time.sleep(300)
`;
interface Hop {
  gateway?: string;
  dev: string;
}

describe.runIf(asRoot)("wires", { timeout: 120_000 }, () => {
  // The node of this test: a namespace with a bridge, and three "pods" on it, of which one is only pinned.
  const [node, one, two, odd, crowd] = ["n", "a", "b", "o", "c"].map((name) => `${tag}${name}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  /** Names that only a hostile hand would give, and below the machine's own network; pinned at a place with a blank alone. */
  const folder = mkdtempSync(`${tmpdir()}/podglass a b`);
  const pin = `${folder}/net`;
  /** Pinned twice; over the first pin stands another's. */
  const [hidden, second] = [`${folder}/hidden`, `${folder}/second`];
  const alias = (line: string) => ip("-n", odd, "link", "set", "if2", "alias", `x\n${line}\n=end\n`);
  let snapshot: Snapshot;
  let member: ReturnType<typeof spawn> | undefined;
  beforeAll(async () => {
    for (const name of [node, one, two, odd, crowd]) ip("netns", "add", name);
    ip("link", "add", `${tag}p`, "type", "bridge");
    for (const name of ["via", "e@b\\c<UP>", "if2"]) ip("-n", odd, "link", "add", name, "type", "bridge");
    for (const [i, name] of ["via", "e@b\\c<UP>"].entries()) {
      ip("-n", odd, "addr", "add", `10.88.${8 + i}.1/24`, "dev", name);
      ip("-n", odd, "link", "set", name, "up");
    }
    const hops = ["via", "10.88.8.2", "dev", "via", "nexthop", "via", "10.88.9.2", "dev", "e@b\\c<UP>"];
    ip("-n", odd, "route", "add", "10.90.0.0/16", "nexthop", ...hops);
    ip("-n", odd, "link", "add", "link", "if2", "name", "v@9", "type", "macvlan");
    ip("link", "add", "link", `${tag}p`, "name", `${tag}v`, "type", "macvlan");
    ip("link", "set", `${tag}v`, "netns", odd, "name", "dev");
    alias("9: eth9@if3: <UP> mtu 1500\\    link/ether 00:11:22:33:44:55");
    writeFileSync(pin, "");
    execFileSync("mount", ["--bind", `/run/netns/${odd}`, pin]);
    for (const place of [hidden, second]) writeFileSync(place, "");
    execFileSync("unshare", [`--net=${hidden}`, "ip", "link", "set", "lo", "mtu", "1400", "up"]);
    execFileSync("mount", ["--bind", hidden, second]);
    execFileSync("mount", ["--bind", `/run/netns/${two}`, hidden]);
    const inNode = (...args: string[]) => ip("-n", node, ...args);
    inNode("link", "set", "lo", "up");
    inNode("link", "add", "cni0", "type", "bridge");
    inNode("addr", "add", "10.88.7.1/24", "dev", "cni0");
    inNode("link", "set", "cni0", "up");
    inNode("link", "add", "up0", "type", "veth", "peer", "name", "out0");
    inNode("link", "set", "up0", "up");
    inNode("addr", "add", "192.0.2.5/24", "dev", "up0");
    inNode("route", "add", "default", "via", "192.0.2.1");
    for (const [name, last] of [
      [one, 2],
      [two, 3],
    ] as const) {
      ip("-n", node, "link", "add", `v${last}`, "type", "veth", "peer", "name", "eth0", "netns", name);
      inNode("link", "set", `v${last}`, "master", "cni0", "up");
      ip("-n", name, "link", "set", "eth0", "mtu", "1450", "up");
      ip("-n", name, "addr", "add", `10.88.7.${last}/24`, "dev", "eth0");
      ip("-n", name, "-6", "addr", "add", `fd00:7::${last}/64`, "dev", "eth0", "nodad");
      ip("-n", name, "route", "add", "default", "via", "10.88.7.1");
    }
    inNode("link", "add", "link", "up0", "name", "m0", "type", "macvlan", "mode", "bridge");
    inNode("link", "set", "m0", "netns", two, "name", "mac0");
    inNode("tuntap", "add", "t0", "mode", "tun");
    ip("-n", one, "link", "set", "lo", "up");
    member = spawn("ip", ["netns", "exec", one, "python3", "-c", LISTEN], { stdio: "ignore" });
    await vi.waitFor(() => expect(readlinkSync(`/proc/${member?.pid}/ns/net`)).toContain(String(inodeOf(one))), 5000);
    const ss = () => execFileSync("ip", ["netns", "exec", one, "ss", "-Hlntu"], { encoding: "utf8" });
    await vi.waitFor(() => expect(ss()).toContain(":5353"), 5000);
    snapshot = assemble(await readNode(localConnection(), { deep: true, reader: "perl" }));
  });
  afterAll(() => {
    ip("link", "del", `${tag}p`);
    for (const place of [pin, second, hidden, hidden]) execFileSync("umount", [place]);
    rmSync(folder, { recursive: true });
    for (const name of [node, one, two, crowd, ...(existsSync(`/run/netns/${odd}`) ? [odd] : [])]) {
      for (const pid of ip("netns", "pids", name).split("\n")) if (pid !== "") process.kill(Number(pid), "SIGKILL");
      ip("netns", "del", name);
    }
  });

  const inodeOf = (name: string) => statSync(`/run/netns/${name}`).ino;
  const networkOf = (read: Snapshot, inode: number): NetworkFacts =>
    read.namespaces.find((space) => space.type === "net" && space.inode === inode)!.network!;
  const factsOf = (inode: number): NetworkFacts => networkOf(snapshot, inode);

  it.for(["own", "n", "a", "b", "o"])("what is in %s is what ip says of it", (which) => {
    const own = which === "own";
    const name = `${tag}${which}`;
    const inode = own ? statSync("/proc/self/ns/net").ino : inodeOf(name);
    const facts = factsOf(inode);
    const where = own ? [] : ["-n", name];
    const links = JSON.parse(ip(...where, "-d", "-j", "link")) as Link[];
    expect(
      facts.interfaces!.map(({ index, name: called, kind, mac, mtu, up, master, peer }) => ({
        index,
        called,
        kind,
        mac,
        mtu,
        up,
        master,
        peer: peer && (peer.namespace === inode ? peer.name : peer.index),
      })),
    ).toEqual(
      links.map((link) => ({
        index: link.ifindex,
        called: link.ifname,
        kind: link.linkinfo?.info_kind,
        mac: link.address?.length === 17 ? link.address : undefined,
        mtu: link.mtu,
        up: link.flags.includes("UP"),
        master: link.master,
        peer: link.link ?? link.link_index,
      })),
    );
    const addresses = (
      JSON.parse(ip(...where, "-4", "-j", "addr")) as { ifname: string; addr_info: { local: string }[] }[]
    )
      .filter(({ ifname }) => ifname !== "lo")
      .flatMap(({ ifname, addr_info }) => addr_info.map(({ local }) => `${local} ${ifname}`));
    const named = facts.addresses.filter(
      ({ address, interface: on }) => address.includes(".") && !["lo", ""].includes(on),
    );
    expect(addresses).toEqual(expect.arrayContaining(named.map(({ address, interface: on }) => `${address} ${on}`)));
    if (which === "n") expect(named.map(({ interface: on }) => on).sort()).toEqual(["cni0", "up0"]);
    const routes = (family: string) =>
      (JSON.parse(ip(...where, family, "-j", "route")) as (Hop & { dst: string; nexthops?: Hop[] })[]).flatMap(
        ({ dst, nexthops, ...one }) => (nexthops ?? [one]).map(({ gateway, dev }) => `${dst} ${gateway ?? ""} ${dev}`),
      );
    expect(facts.routes!.map(({ to, via, dev }) => `${to} ${via ?? ""} ${dev}`).sort()).toEqual(
      [...routes("-4"), ...routes("-6")].sort(),
    );
  });

  it("both ends of a wire name each other, also where only a pin holds one", () => {
    for (const [name, end] of [
      [one, "v2"],
      [two, "v3"],
    ] as const) {
      const inside = factsOf(inodeOf(name)).interfaces!.find((link) => link.name === "eth0")!;
      const outside = factsOf(inodeOf(node)).interfaces!.find((link) => link.name === end)!;
      expect(inside.peer).toEqual({ namespace: inodeOf(node), index: outside.index, name: end });
      expect(outside.peer).toEqual({ namespace: inodeOf(name), index: inside.index, name: "eth0" });
      expect(outside.master).toBe("cni0");
    }
  });

  it("a wire that is off its bridge is a finding, of a pod whose addresses the bridge has", async () => {
    const pod = (ip: string, net: number): Pod => ({
      key: `lab/${ip}`,
      name: ip,
      runtime: "lab",
      sandbox: { state: "none", why: "" },
      containers: [],
      namespaces: { net },
      host: [],
      ips: [ip],
    });
    const loose = async () => {
      const read = assemble(await readNode(localConnection(), { deep: true, reader: "perl" }));
      const pods = [pod("10.88.7.2", inodeOf(one)), pod("10.88.7.3", inodeOf(two))];
      return findings({ ...read, pods }).filter(({ rule }) => rule === "dangling-wire");
    };
    expect(await loose()).toEqual([]);
    ip("-n", node, "link", "set", "v2", "nomaster");
    const [found, ...others] = await loose();
    expect(others).toEqual([]);
    expect(found?.at?.podKey).toBe("lab/10.88.7.2");
    expect(found?.evidence[1]).toBe("packets for 10.88.7.2 go to the bridge cni0, and v2 is on no bridge");
    ip("-n", node, "link", "set", "v2", "master", "cni0", "down");
    expect((await loose())[0]?.evidence[1]).toBe("v2 is down");
    ip("-n", node, "link", "set", "v2", "up");
  });

  it.for(["perl", "awk"] as const)("who listens, by %s, is who ss says", async (reader) => {
    const read = assemble(await readNode(localConnection(), { deep: true, reader }));
    const ours = listenersOf(read, inodeOf(one))!.map(
      (listening) => `${listening.protocol.slice(0, 3)} ${endpoint(listening)} ${whoWords(listening).join(", ")}`,
    );
    const theirs = execFileSync("ip", ["netns", "exec", one, "ss", "-Hlntup"], { encoding: "utf8" });
    const said = theirs
      .trim()
      .split("\n")
      .map((line) => {
        const [protocol, , , , where] = line.split(/\s+/);
        const who = [...line.matchAll(/\("([^"]+)",pid=(\d+)/g)].map(([, name, pid]) => `${name} (${pid})`);
        // ss writes an IPv6 socket that takes IPv4 too as "*".
        return `${protocol} ${where!.replace("*:5353", "[::]:5353")} ${who.sort().join(", ")}`;
      });
    expect(ours.sort()).toEqual(said.sort());
    expect(said).toHaveLength(2);
    expect(said.filter((line) => line.includes(", "))).toHaveLength(1);
  });

  it("without perl ip(8) is asked, and says the same of each namespace", async () => {
    const read = assemble(await readNode(localConnection(), { deep: true, reader: "awk" }));
    for (const inode of [statSync("/proc/self/ns/net").ino, inodeOf(node), inodeOf(one), inodeOf(two), inodeOf(odd)]) {
      const { interfaces, routes } = networkOf(read, inode);
      const ours = factsOf(inode);
      expect(interfaces).toEqual(ours.interfaces);
      const sorted = (list: typeof routes) => list?.map((route) => JSON.stringify(route)).sort();
      expect(sorted(routes)).toEqual(sorted(ours.routes));
    }
    const behind = statSync(second).ino;
    for (const one of [read, snapshot]) {
      const { interfaces, addresses } = networkOf(one, behind);
      expect(interfaces).toEqual([expect.objectContaining({ name: "lo", mtu: 1400 })]);
      expect(addresses.map(({ address }) => address).sort()).toEqual(["127.0.0.1", "::1"]);
    }
    expect(read.gaps.filter(({ what }) => what === GAP_WHATS.wires)).toEqual([]);
  });

  it.runIf(existsSync(BUSYBOX))("busybox's ip tells all but kinds and other ends, and that is a gap", async () => {
    const bare = bareNode();
    try {
      const read = assemble(await readNode(bare.connection(), { deep: true }));
      for (const inode of [inodeOf(node), inodeOf(one), inodeOf(two), inodeOf(odd)]) {
        const { interfaces, routes } = networkOf(read, inode);
        const ours = factsOf(inode);
        expect(interfaces).toEqual(ours.interfaces!.map(({ kind: _, peer: __, ...all }) => all));
        const sorted = (list: typeof routes) => list?.map((route) => JSON.stringify(route)).sort();
        // Of a route with several ways it tells none.
        expect(sorted(routes)).toEqual(sorted(ours.routes!.filter(({ to }) => to !== "10.90.0.0/16")));
      }
      expect(read.gaps.filter(({ what }) => what === GAP_WHATS.wires).map(({ why }) => why)).toEqual([
        GAP_WHYS["plain-wires"],
      ]);
    } finally {
      bare.remove();
    }
  });

  it("without perl an alias that passes for an interface takes its own namespace's away, and a gap says so", async () => {
    alias("9: via: <UP> mtu 1500\\    link/ether 00:11:22:33:44:55");
    // The pin that is left stands at a place with a blank.
    const inode = inodeOf(odd);
    ip("netns", "del", odd);
    const read = assemble(await readNode(localConnection(), { deep: true, reader: "awk" }));
    expect(networkOf(read, inode).interfaces).toBeUndefined();
    expect(networkOf(read, inode).addresses.map(({ address }) => address)).toEqual(
      factsOf(inode).addresses.map(({ address }) => address),
    );
    expect(networkOf(read, inodeOf(two)).interfaces).toEqual(factsOf(inodeOf(two)).interfaces);
    expect(read.gaps).toContainEqual(expect.objectContaining({ what: GAP_WHATS.wires, why: GAP_WHYS["forged-wires"] }));
  });

  it.for([["mawk"], ["gawk"], [BUSYBOX, "awk"]].filter(([program]) => there(program!)))(
    "a table of megabytes is escaped in time that grows with it, by %s",
    ([program = "", ...words]) => {
      const ask = `BEGIN { init_escape(); text = "e\\\\ \\033[31m"; for (i = 0; i < 17; i++) text = text text; print length(enc(text)) }`;
      const args = [...words, awkCore + ask];
      // In time that grows with its square: hours.
      const options = { encoding: "utf8", timeout: 50_000, env: { ...process.env, LC_ALL: "C" } } as const;
      expect(Number(execFileSync(program, args, options))).toBe(13 * 2 ** 17);
    },
  );

  it("a namespace of hostile size and names is a gap, by either reader, and takes nobody else's away", async () => {
    const batch = (name: string, lines: string[]) =>
      execFileSync("ip", ["-n", name, "-batch", "-"], { input: lines.join("\n") });
    const many = (lines: number, line: (i: number) => string) => Array.from({ length: lines }, (_, i) => line(i));
    batch(
      two,
      many(10_000, (i) => `route add 10.90.${i >> 8}.${i & 255}/32 dev eth0`),
    );
    batch(crowd, [
      ...many(2100, (i) => `link add d${i} type veth peer name p${i}`),
      "link add late type bridge",
      "link set d7 master late",
    ]);
    // Each byte of what tells of them has to be escaped.
    ip("-n", crowd, "link", "set", "p3", "name", "\x1b[31m\\x");
    for (const reader of ["perl", "awk"] as const) {
      const reading = await readNode(localConnection(), { deep: true, reader });
      expect(reading.gaps).toContainEqual(
        expect.objectContaining({ what: GAP_WHATS.wires, why: GAP_WHYS["most-wires"] }),
      );
      const read = assemble(reading);
      const { interfaces } = networkOf(read, inodeOf(crowd));
      expect(interfaces!.length).toBeGreaterThan(3900);
      expect(interfaces!.map(({ name }) => name)).toContain("\x1b[31m\\x");
      // Its bridge is beyond what is kept: it is on something, or not told, and never on nothing.
      const loose = interfaces!.filter(({ name, master }) => name === "d7" && master === undefined);
      expect(loose).toEqual([]);
      // Their other ends are told by number where others' namespaces have the same.
      const plain = (from: Snapshot) => networkOf(from, inodeOf(one)).interfaces!.map(({ peer: _, ...all }) => all);
      expect(plain(read)).toEqual(plain(snapshot));
    }
  });
});
