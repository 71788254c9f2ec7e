/** What a process may do elsewhere: the kernel's own words written out beside the rule, over random trees of user namespaces. */
import { expect, it } from "vitest";
import { lookup } from "../lookup.ts";
import type { Namespace, NamespaceType, Process, Snapshot } from "../model.ts";
import { type Random, seeded } from "../testing/random.ts";
import { namespaceOf } from "../testing/snapshot.ts";
import { allowedIn, enterSentence, findNamespace, groundSentence } from "./allowed.ts";
import { CAPABILITIES, type Capability, capabilityMask } from "./capabilities.ts";
import { hasCapability, powerIn } from "./capable.ts";
import { ownersOf } from "./owners.ts";

const space = (type: NamespaceType, inode: number, more: Partial<Namespace> = {}) =>
  namespaceOf(type, inode, { initial: false, ...more });
const node = (namespaces: Namespace[], processes: Process[]): Snapshot =>
  ({ namespaces, processes, containers: [], pods: [] }) as unknown as Snapshot;

const USER = 1000;
const UIDS = [0, 1, 2];
const CAPS: readonly Capability[] = ["SYS_ADMIN", "SYS_CHROOT", "NET_ADMIN", "CHOWN"];

/** A tree of user namespaces, a net and a pid namespace of some, and processes somewhere in it, all of it known. */
function world(random: Random) {
  const users = [space("user", USER, { initial: true, ownerUid: 0 })];
  for (let at = 1; at < 2 + random.below(8); at++)
    users.push(space("user", USER + at, { parent: random.pick(users).inode, ownerUid: random.pick(UIDS) }));
  const pids = [space("pid", 3000, { initial: true, owner: USER })];
  for (let at = 1; at < 4; at++)
    pids.push(space("pid", 3000 + at, { parent: random.pick(pids).inode, owner: random.pick(users).inode }));
  const others = (["net", "mnt", "uts", "time"] as const).map((type, at) =>
    space(type, 4000 + at, { owner: random.pick(users).inode }),
  );
  const processes = Array.from({ length: 4 }, (_, at) => {
    const full = random.next() < 0.3;
    const capEff = capabilityMask(full ? CAPABILITIES : CAPS.filter(() => random.next() < 0.6));
    return {
      pid: 10 + at,
      state: "S",
      uid: random.pick(UIDS),
      namespaces: { user: random.pick(users).inode, pid: random.pick(pids).inode },
      security: { seccomp: 0, noNewPrivs: false, capEff, capBnd: capEff },
    } as unknown as Process;
  });
  return { users, spaces: [...users, ...pids, ...others], processes };
}
type World = ReturnType<typeof world>;

/** cap_capable(), security/commoncap.c, line by line; true is 0 there, false -EPERM. */
function capCapable({ users }: World, process: Process, target: number, cap: Capability): boolean {
  const at = (inode: number) => users.find((one) => one.inode === inode)!;
  const level = (inode: number): number => (at(inode).initial ? 0 : 1 + level(at(inode).parent!));
  const own = process.namespaces.user!;
  for (let ns = target; ; ns = at(ns).parent!) {
    if (ns === own) return (BigInt(`0x${process.security!.capEff}`) >> BigInt(CAPABILITIES.indexOf(cap))) % 2n === 1n;
    if (level(ns) <= level(own)) return false;
    if (at(ns).parent === own && at(ns).ownerUid === process.uid) return true;
  }
}

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

it("says of each capability what cap_capable() says", () => {
  for (const seed of SEEDS) {
    const all = world(seeded(seed));
    const find = lookup(node(all.spaces, all.processes));
    for (const process of all.processes)
      for (const { inode } of all.users)
        for (const cap of [...CAPS, "BPF"] as const)
          if (
            hasCapability(powerIn(find, process, inode), cap) !== (capCapable(all, process, inode, cap) ? "yes" : "no")
          )
            expect.fail(JSON.stringify([seed, process, inode, cap]));
  }
});

it("a fact less never turns a yes into a no or a no into a yes, and more capabilities never allow less", () => {
  for (const seed of SEEDS.slice(0, 40)) {
    const random = seeded(seed);
    const all = world(random);
    const before = node(all.spaces, all.processes);
    const forgotten = all.spaces.map((one) => {
      const less = { ...one };
      for (const name of ["owner", "parent", "ownerUid"] as const) if (random.next() < 0.25) delete less[name];
      return less;
    });
    const strangers = all.processes.map((one) => {
      const { security, ...rest } = one;
      const less: Process = { ...rest, namespaces: { ...one.namespaces } };
      if (random.next() < 0.7) less.security = security;
      if (random.next() < 0.2) delete less.namespaces.user;
      if (random.next() < 0.2) delete less.namespaces.pid;
      return less;
    });
    const after = node(forgotten, strangers);
    const every = capabilityMask(CAPABILITIES);
    const mighty = all.processes.map((one) => ({ ...one, security: { ...one.security!, capEff: every } }));
    const stronger = node(all.spaces, mighty);
    for (const [at, process] of all.processes.entries())
      for (const [where, target] of all.spaces.entries()) {
        const known = allowedIn(before, process, target);
        expect(known.enter, JSON.stringify([seed, known])).not.toBe("unknown");
        const guess = allowedIn(after, strangers[at]!, forgotten[where]!);
        expect([known.enter, "unknown"], JSON.stringify([seed, known, guess])).toContain(guess.enter);
        if (guess.capabilities !== undefined && guess.capabilities !== "all")
          expect(guess.capabilities).toEqual(known.capabilities);
        if (known.enter === "yes") expect(allowedIn(stronger, mighty[at]!, target).enter).toBe("yes");
        expect(groundSentence(guess.ground) + enterSentence(guess.why)).not.toContain("undefined");
      }
  }
});

const root = { seccomp: 0, noNewPrivs: false, capEff: capabilityMask(CAPABILITIES), capBnd: "0" } as const;
const users = [
  space("user", 1, { initial: true, ownerUid: 0 }),
  space("user", 2, { parent: 1, ownerUid: 1000 }),
  space("net", 5, { owner: 2 }),
  space("pid", 6, { initial: true, owner: 1 }),
  space("pid", 7, { owner: 1, parent: 6 }),
  space("time", 8, { owner: 1 }),
];
const one = (more: Partial<Process>): Process =>
  ({ pid: 9, state: "S", uid: 0, namespaces: { user: 1, pid: 6 }, security: root, ...more }) as unknown as Process;
const enters = (process: Process, inode: number) => {
  const snapshot = node(users, [process]);
  const said = allowedIn(snapshot, process, findNamespace(snapshot, String(inode))!);
  return `${said.enter}: ${enterSentence(said.why)}`;
};

it("in words: what stands in the way, and what cannot be known", () => {
  expect(enters(one({}), 5)).toBe("yes: it could enter, with an open file of it");
  expect(enters(one({ uid: 1000, security: { ...root, capEff: "0" } }), 2)).toMatch(/^yes/);
  expect(enters(one({ uid: 1000, security: { ...root, capEff: "0" } }), 5)).toMatch(
    /^no: .* in its own user namespace/,
  );
  expect(enters(one({ security: { ...root, seccomp: 2 } }), 5)).toMatch(/^unknown: .*seccomp/);
  expect(enters(one({ security: { ...root, label: "cri-containerd.apparmor.d (enforce)" } }), 5)).toMatch(/^unknown/);
  expect(enters(one({ security: { ...root, label: "unconfined" } }), 5)).toMatch(/^yes/);
  expect(enters(one({ security: undefined }), 5)).toMatch(/^unknown: .*capabilities were not read/);
  expect(enters(one({ threads: 3 }), 8)).toMatch(/^no: .*3 threads/);
  expect(enters(one({ namespaces: { user: 1, pid: 7 } }), 6)).toMatch(/^no: .*never one above/);
  expect(enters(one({ namespaces: { user: 1, pid: 6 } }), 7)).toMatch(/^yes/);
  expect(enters(one({ state: "Z" }), 5)).toMatch(/^no: it has ended/);
  expect(enters(one({}), 1)).toMatch(/^no: it is in it/);
});

it("a uid that stands for whoever is not known makes nobody the maker", () => {
  const odd = [users[0]!, space("user", 2, { parent: 1, ownerUid: 65534 })];
  const nobody = one({ uid: 65534, security: { ...root, capEff: "0" } });
  const said = (process: Process) => powerIn(lookup(node(odd, [process])), process, 2);
  expect(said(nobody)).toEqual({ has: undefined, ground: { code: "maker", namespace: 2 } });
  expect(said(one({ uid: 1000, security: { ...root, capEff: "0" } })).has).toEqual([]);
});

it("the tree of owners has each user namespace once, whatever a node says of what is above", () => {
  const circle = [
    space("user", 1, { initial: true }),
    space("user", 3, { parent: 4 }),
    space("user", 4, { parent: 3 }),
    space("user", 2, { parent: 1 }),
    space("user", 9, { parent: 2 }),
    space("user", 8, { parent: 77 }),
    space("net", 5, { owner: 2 }),
    space("uts", 6, {}),
  ];
  const { rows, unread } = ownersOf(node(circle, []));
  expect(rows.map(({ space: { inode }, level, loose }) => [inode, level, loose === true])).toEqual([
    [1, 0, false],
    [2, 1, false],
    [9, 2, false],
    [8, 0, true],
    [3, 0, true],
    [4, 1, false],
  ]);
  expect(rows.find(({ space: { inode } }) => inode === 2)?.owns.map(({ inode }) => inode)).toEqual([5]);
  expect(unread.map(({ inode }) => inode)).toEqual([6]);
});
