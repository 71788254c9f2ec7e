/** Walls in sentences, beside the kernel's own words. */
import { expect, it } from "vitest";
import { DemoNode } from "../../src-main/demo/node.ts";
import { sceneOf } from "../../src-main/demo/scenes/index.ts";
import { assemble } from "../assemble/assemble.ts";
import type { ProcessSecurity } from "../model.ts";
import { type CAPABILITIES, capabilityMask, capabilityNames, isEveryCapability } from "./capabilities.ts";
import { outsideId, rootSentence } from "./identity.ts";
import { wallsToNode } from "./to-node.ts";
import { usersOf } from "./users.ts";
import { wallsOf } from "./walls.ts";

it("a mask is its names and back; what is newer than the list has its number", () => {
  // capsh --decode=00000000a80425fb, which containerd and Docker give.
  expect(capabilityNames("00000000a80425fb").join(",")).toBe(
    "CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP,NET_BIND_SERVICE,NET_RAW,SYS_CHROOT,MKNOD,AUDIT_WRITE,SETFCAP",
  );
  for (const hex of ["0000000000000000", "00000000a80425fb", "000001ffffffffff"])
    expect(capabilityMask(capabilityNames(hex) as (typeof CAPABILITIES)[number][])).toBe(hex);
  expect(capabilityNames("0000020000000000")).toEqual(["CAP_41"]);
  expect(["000001ffffffffff", "0000003fffffffff", "000001fffffffffe", "0"].map(isEveryCapability)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it("maps as sentences", () => {
  const map = "0 1000 1\n1 100000 65536";
  expect([0, 1, 65536, 65537].map((uid) => outsideId(map, uid))).toEqual([1000, 100000, 165535, undefined]);
  expect(rootSentence("0 100000 65536", false)).toBe("root inside is 100000 outside");
  expect(rootSentence("1 100000 65536", false)).toBe("there is no root inside");
  expect(rootSentence(undefined, undefined)).toContain("could not be read");
  expect(rootSentence("0 0 4294967295", true)).toBe("root inside is root on the node");
});

const snapshot = () => assemble(new DemoNode(sceneOf("default"), () => Date.now()).reading({ deep: true }));

it("says of a container what its first process may do, beside its runtime's default", () => {
  const node = snapshot();
  const app = node.containers.find(({ name }) => name === "shell")!;
  const process = node.processes.find(({ pid }) => pid === app.pid)!;
  const said = (change: Partial<ProcessSecurity>) => {
    process.security = {
      seccomp: 2,
      noNewPrivs: false,
      capEff: "00000000a80425fb",
      capBnd: "00000000a80425fb",
      ...change,
    };
    return Object.fromEntries(wallsOf(node, app)!.map(({ name, says, thin }) => [name, `${thin ? "! " : ""}${says}`]));
  };
  expect(said({})).toEqual({
    identity: "! root inside is root on the node; it runs as 0",
    capabilities: "containerd's default",
    gains: "a set-uid program may give it more",
    calls: "a seccomp filter stands before its system calls",
    label: "no security module gives it a label",
    devices: "those that every container has",
  });
  const given = (oci: object) => {
    app.oci = { ...app.oci!, ...oci };
    return said({}).devices;
  };
  expect(given({ devices: ["/dev/fuse", "/dev/kvm"] })).toBe("! it has /dev/fuse, /dev/kvm of the node");
  expect(given({ devices: Array.from({ length: 14 }, (_, i) => `/dev/sd${i}`) })).toMatch(
    /sd11 and 2 more of the node$/,
  );
  expect(given({ allDevices: true })).toBe("! it may open every device of the node");
  const more = "00000000a80435fb";
  expect(said({ capEff: more, capBnd: more }).capabilities).toBe("! containerd's default and NET_ADMIN");
  expect(said({ capEff: "0000000000000000" }).capabilities).toBe("none, at most containerd's default");
  const all = "000001ffffffffff";
  expect(said({ capEff: all, capBnd: all, seccomp: 0, label: "unconfined" })).toMatchObject({
    capabilities: "! all 41 of them",
    calls: "! every system call is open to it",
    label: "! unconfined",
  });
  delete process.security;
  expect(wallsOf(node, app)).toBeUndefined();
});

it("tells a pod with users of its own from the others by its maps", () => {
  const node = snapshot();
  const pod = node.pods.find(({ name }) => name === "debug")!;
  expect(usersOf(node, pod)).toBe("node");
  const members = node.processes.filter(({ pid }) =>
    node.containers.some((one) => one.podKey === pod.key && one.pid === pid),
  );
  expect(members.length).toBeGreaterThan(1);
  const inode = 4026549999;
  node.namespaces.push({ ...node.namespaces.find(({ type }) => type === "user")!, inode, initial: false });
  const said = (maps: (string | undefined)[]) => {
    for (const [at, process] of members.entries()) {
      process.namespaces.user = inode;
      process.security = { ...process.security!, uidMap: maps[at % maps.length] };
    }
    // An index is made once of each snapshot.
    return usersOf({ ...node }, pod);
  };
  expect(said(["0 100000 65536"])).toBe("own");
  expect(said(["0 0 65536"])).toBe("same");
  expect(said(["0 100000 65536", "0 0 65536"])).toBe("mixed");
  expect(said(["0 100000 65536", undefined])).toBe("unknown");
  for (const { namespaces } of members) delete namespaces.user;
  expect(usersOf({ ...node }, pod)).toBe("unknown");
  for (const one of node.containers) if (one.podKey === pod.key) one.pid = null;
  expect(usersOf({ ...node }, pod)).toBe("none");
});

it("says of each wall between a pod and its node how thick it is where it is thinnest", () => {
  const node = snapshot();
  const containers = node.containers.filter(
    ({ podKey }) => podKey === node.pods.find(({ name }) => name === "debug")!.key,
  );
  const members = node.processes.filter(({ pid }) => containers.some((one) => one.pid === pid));
  const said = (security: Partial<ProcessSecurity>, net?: number) => {
    members[0]!.security = { seccomp: 0, noNewPrivs: false, capEff: "0", capBnd: "0", ...security };
    if (net !== undefined) members[0]!.namespaces.net = net;
    return wallsToNode({ ...node }, containers);
  };
  for (const one of members) one.security = { seccomp: 2, noNewPrivs: true, capEff: "0", capBnd: "0" };
  expect(said({})).toMatchObject({ net: "stands", mnt: "stands", user: "none" });
  const all = "000001ffffffffff";
  expect(said({ capEff: all })).toMatchObject({ net: "thin", mnt: "thin", user: "none" });
  expect(said({ capEff: all, seccomp: 2 })).toMatchObject({ net: "unknown" });
  expect(said({}, node.namespaces.find(({ type, initial }) => type === "net" && initial)!.inode).net).toBe("none");
  expect(wallsToNode(node, [{ ...containers[0]!, pid: null }])).toEqual({});
  // Alive, and its process was not read: the wall that others have says nothing of its own.
  expect(wallsToNode(node, [...containers, { ...containers[0]!, pid: 999_999 }])).toMatchObject({ mnt: "unknown" });
});
