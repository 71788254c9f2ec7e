import fc from "fast-check";
import { expect, test } from "vitest";
import type { Snapshot } from "../../src-shared/model.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { redact } from "./redact.ts";
import { isPlain } from "./vocabulary.ts";

const base = syntheticSnapshot({ pods: 12 });

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

test("stand-ins are the same for the same salt, others for another, and structure and numbers stay", () => {
  const one = redact(base, "salt");
  expect(redact(base, "salt")).toEqual(one);
  expect(redact(base, "other").pods[0]?.name).not.toBe(one.pods[0]?.name);
  expect(one.pods.map((pod) => pod.sandbox.state)).toEqual(base.pods.map((pod) => pod.sandbox.state));
  expect(one.processes.map((process) => process.pid)).toEqual(base.processes.map((process) => process.pid));
  const paths = new Set(one.cgroups.map((group) => group.path));
  for (const process of one.processes) if (process.cgroup.v2) expect(paths).toContain(process.cgroup.v2);
  for (const pod of one.pods) for (const id of pod.containers) expect(one.containers.map((c) => c.id)).toContain(id);
  for (const [i, group] of base.cgroups.entries()) expect(one.cgroups[i]?.files).toEqual(group.files);
  expect(one.cgroups.some((group) => group.path.startsWith("/kubepods"))).toBe(true);
});
