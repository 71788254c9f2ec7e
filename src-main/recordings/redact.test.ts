import fc from "fast-check";
import { expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { itemId, itemOrder, LISTS } from "../../src-shared/diff/delta.ts";
import { OWNER_EVIDENCE, SANDBOX_EVIDENCE } from "../../src-shared/evidence.ts";
import { GAP_REMEDIES, GAP_WHATS, GAP_WHYS } from "../../src-shared/gaps.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { sandboxWhy } from "../../src-shared/reasons.ts";
import { known } from "../../src-shared/sentences.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { DemoNode } from "../demo/node.ts";
import { sceneOf, scenes } from "../demo/scenes/index.ts";
import { recordedSnapshot } from "../testing/recorded.ts";
import { isPlain } from "./common-words.ts";
import { redactor } from "./redact.ts";

const base = syntheticSnapshot({ pods: 12 });
const redact = (snapshot: Snapshot, salt: string): Snapshot => redactor(salt)(snapshot);

/** Every word, id and address in any text or key of a value. */
function tokens(value: unknown, into = new Set<string>()): Set<string> {
  if (typeof value === "string") for (const word of value.split(/[^\p{L}\p{N}]+/u)) into.add(word.toLowerCase());
  else if (Array.isArray(value)) for (const item of value) tokens(item, into);
  else if (typeof value === "object" && value !== null)
    for (const [key, inside] of Object.entries(value)) {
      tokens(inside, into);
      if (key.includes(".") || key.includes("/")) tokens(key, into);
    }
  return into;
}

const telling = (word: string) => word.length > 2 && !isPlain(word) && !/^\d+$/.test(word);

/** What identifies: names, command lines, addresses, labels, ids. */
function secrets(snapshot: Snapshot): Set<string> {
  const found = new Set<string>();
  for (const pod of snapshot.pods)
    for (const text of [pod.name, pod.namespace, pod.uid, pod.key, pod.labels, pod.sandbox.id, pod.cgroupPath])
      tokens(text, found);
  for (const one of snapshot.containers) tokens([one.id, one.name, one.image, one.labels, one.oci], found);
  for (const one of snapshot.processes) tokens([one.comm, one.cmdline, one.cgroup], found);
  for (const one of snapshot.namespaces) tokens(one.pins, found);
  tokens([snapshot.node.hostname, snapshot.node.bootId], found);
  return new Set([...found].filter(telling));
}

test("no word of a name, a command line, a label or an id is left", () => {
  const out = redact(base, "salt");
  const text = JSON.stringify(out).toLowerCase();
  const left = [...secrets(base)].filter((word) =>
    new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, "u").test(text),
  );
  expect(left).toEqual([]);
  for (const ip of base.pods.flatMap((pod) => pod.ips)) expect(text).not.toContain(`"${ip}"`);
});

test("whatever a secret looks like and wherever it stands, it is gone", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 40, unit: "grapheme" }), fc.nat(6), (secret, where) => {
      const snapshot = structuredClone(base);
      const [pod, container, process] = [snapshot.pods[0], snapshot.containers[0], snapshot.processes.at(-1)];
      if (!pod || !container || !process) throw new Error("the synthetic node is empty");
      if (where === 0) pod.name = secret;
      if (where === 1) process.cmdline = ["/bin/app", `--token=${secret}`];
      if (where === 2) pod.labels = { [secret]: "x", app: secret };
      if (where === 3)
        container.oci = { path: "/x", namespaces: [], annotations: { [`example.com/${secret}`]: secret } };
      if (where === 4) snapshot.gaps.push({ what: `files of ${secret}`, why: "permission denied", count: 1 });
      if (where === 5) snapshot.node.hostname = secret;
      if (where === 6) process.cgroup = { v2: `/system.slice/${secret}.service` };
      const words = [...tokens(secret)].filter(
        (word) => telling(word) && !/^[0-9a-f]+$/.test(word) && !tokens(base).has(word),
      );
      const after = tokens(redact(snapshot, "salt"));
      expect(words.filter((word) => after.has(word))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

type Slot = { holder: Record<string | number, unknown>; key: string | number };

/** Every place of a snapshot that holds a text. */
function slots(value: unknown, into: Slot[] = []): Slot[] {
  if (typeof value !== "object" || value === null) return into;
  const holder = value as Slot["holder"];
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    if (typeof holder[key] === "string") into.push({ holder, key });
    else slots(holder[key], into);
  }
  return into;
}

test.each(["hybrid-v1", "printed-broken"] as const)(
  "a secret in any text of a real node, %s, or as a name in any of its maps, is gone",
  async (name) => {
    const real = await recordedSnapshot(name);
    const known = tokens(real);
    const count = slots(real).length;
    expect(count).toBeGreaterThan(1000);
    const secrets = fc.oneof(
      fc.string({ minLength: 4, maxLength: 40, unit: "grapheme" }),
      fc.stringMatching(/^[a-z]{4,12}([-./_:@=][a-z0-9]{4,12}){0,3}$/),
      fc.constantFrom(
        "198.51.100.7",
        "2001:db8:7::1",
        "02:42:c6:33:64:07",
        "/home/alice/acme.key",
        "token=hunter2secret",
      ),
    );
    fc.assert(
      fc.property(secrets, fc.nat(count - 1), fc.boolean(), (secret, at, asKey) => {
        const snapshot = structuredClone(real);
        const slot = slots(snapshot)[at] as Slot;
        const isMap = !Array.isArray(slot.holder) && typeof slot.key === "string" && /[./_-]/.test(slot.key);
        if (asKey && isMap) slot.holder[secret] = slot.holder[slot.key];
        else slot.holder[slot.key] = secret;
        const words = [...tokens(secret)].filter(
          (word) => telling(word) && !/^[0-9a-f]+$/.test(word) && !known.has(word),
        );
        const out = redactor("salt")(snapshot);
        const after = tokens(out);
        expect(words.filter((word) => after.has(word))).toEqual([]);
        if (/^[\d.]{8,}$|::|^02:/.test(secret)) expect(JSON.stringify(out).includes(`"${secret}"`)).toBe(false);
      }),
      { numRuns: 40 },
    );
  },
);

test("stand-ins are the same for the same salt, others for another, and structure and numbers stay", () => {
  const one = redact(base, "salt");
  expect(redact(base, "salt")).toEqual(one);
  expect(redact(base, "other").pods[0]?.name).not.toBe(one.pods[0]?.name);
  // Lists are in the order of the new names.
  const states = (snapshot: Snapshot) => snapshot.pods.map((pod) => pod.sandbox.state).sort();
  expect(states(one)).toEqual(states(base));
  expect(one.processes.map((process) => process.pid)).toEqual(base.processes.map((process) => process.pid));
  const paths = new Set(one.cgroups.map((group) => group.path));
  for (const process of one.processes) if (process.cgroup.v2) expect(paths).toContain(process.cgroup.v2);
  for (const pod of one.pods) for (const id of pod.containers) expect(one.containers.map((c) => c.id)).toContain(id);
  const files = (snapshot: Snapshot) => snapshot.cgroups.map((group) => JSON.stringify(group.files)).sort();
  expect(files(one)).toEqual(files(base));
  for (const name of LISTS) {
    const ids = (one[name] as unknown[]).map(itemId[name] as (item: unknown) => string);
    expect(new Set(ids).size, `two of ${name} became one`).toBe((base[name] as unknown[]).length);
    const sorted = [...(one[name] as unknown[])].sort(itemOrder[name] as (a: unknown, b: unknown) => number);
    expect(one[name], "sorted by the new names").toEqual(sorted);
  }
  expect(one.cgroups.some((group) => group.path.startsWith("/kubepods"))).toBe(true);
});

test("one stand-in stays throughout a recording, and no two names share one", () => {
  const redact = redactor("salt", ["Harmless"]);
  // Few digits, many numbers: without care two of them would become one path.
  const many = Array.from({ length: 900 }, (_, i) => ({
    ...(base.cgroups[0] as Snapshot["cgroups"][number]),
    path: `/harmless/${i + 100}`,
    pids: [],
  }));
  const before = redact({ ...base, cgroups: many });
  const paths = before.cgroups.map((group) => group.path);
  expect(new Set(paths).size).toBe(900);
  expect(paths.every((path) => path.startsWith("/harmless/"))).toBe(true);
  // A number that is a pid now was a name before, and the other way round.
  const [first] = base.processes;
  if (!first) throw new Error("the synthetic node is empty");
  const later = redact({ ...base, cgroups: many, processes: [{ ...first, pid: 700 }] });
  expect(later.cgroups.map((group) => group.path)).toEqual(paths);
});

test("our own sentences are the same ones afterwards, with other parts", () => {
  const told = (snapshot: Snapshot) =>
    [
      ...snapshot.pods.flatMap(({ sandbox, owner }) => [
        ...(sandbox.reasons ?? []).map(({ code }) => code),
        ...(sandbox.evidence ?? []).map((text) => known(SANDBOX_EVIDENCE, text)?.code ?? text),
        owner && (known(OWNER_EVIDENCE, owner.evidence)?.code ?? owner.evidence),
      ]),
      ...snapshot.gaps.flatMap(({ what, why, mend = "" }) => [
        known(GAP_WHATS, what)?.code ?? what,
        known(GAP_WHYS, why)?.code ?? why,
        known(GAP_REMEDIES, mend)?.code ?? mend,
      ]),
    ].sort();
  const codes = new Set<string | undefined>();
  for (const { id } of scenes) {
    const snapshot = assemble(
      new DemoNode(sceneOf(id), () => Date.parse("2026-11-21T12:00:00Z")).reading({ deep: id !== "sick" }),
    );
    const out = redact(snapshot, "salt");
    expect(told(out), id).toEqual(told(snapshot));
    for (const { runtime, sandbox } of out.pods) expect(sandbox.why).toBe(sandboxWhy(runtime, sandbox.reasons ?? []));
    for (const code of told(out)) codes.add(code);
  }
  expect(codes.size).toBeGreaterThan(15);
});

test("a reading that has no reasons as data says so, and nothing of its words is left", () => {
  const old = structuredClone(base);
  for (const { sandbox } of old.pods) {
    delete sandbox.reasons;
    sandbox.why = "kept for acme, whose invoice pod it is";
  }
  const text = JSON.stringify(redact(old, "salt"));
  expect(text).not.toMatch(/acme|invoice/);
  expect(text).toContain("did not keep reasons as data");
});

test("what is told of the kernel and of programs is a number that everybody has", () => {
  const node = {
    ...base.node,
    kernel: "6.18.4-acme-prod7",
    runtimes: [{ name: "containerd" as const, version: "1.7.2+acme" }],
  };
  const { node: out } = redact({ ...base, node }, "salt");
  expect(out.kernel).toMatch(/^6\.18\.4-n[0-9a-f]{7}-n[0-9a-f]{7}$/);
  expect(out.runtimes[0]?.version).toMatch(/^1\.7\.2\+n[0-9a-f]{7}$/);
});
