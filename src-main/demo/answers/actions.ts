/** Answers the scripts that pin, unpin, drop and restore (src-main/actions), step by step as they do it. */
import { count } from "../../../src-shared/format.ts";
import type { DemoNode } from "../node.ts";
import type { Answer } from "./answer.ts";
import {
  aloneInPidNamespace,
  enterProcess,
  groupPath,
  groupsAndPairs,
  type Pair,
  pairsOf,
  pinAt,
  pinsHold,
  sameNamespaces,
} from "./looking.ts";
import { Refusal, type Say, scripted } from "./say.ts";

const manifestPath = (folder: string): string => `${folder}/manifest.json`;

const checks = scripted(({ node, args }, say) => {
  const [folder = "", pid = "0", start = "", , cgroup = "", standIn = "0"] = args;
  const { groups, pairs } = groupsAndPairs(args.slice(6));
  say("fact", "uid", 0);
  const manifest = node.files.get(manifestPath(folder));
  if (manifest !== undefined) say("fact", "manifest", manifest);
  for (const { type } of pairs) {
    const there = pinAt(node, `${folder}/${type}`);
    if (there) say("fact", "pin", there);
  }
  for (const group of groups) {
    const path = groupPath(group);
    if (!node.kernel.cgroups.groups.has(path)) say("no", "cgroup", `the group ${group} is gone`);
    for (const task of node.kernel.tasks.values())
      if (task.cgroup === `${path}/podglass-pause`) say("fact", "stand-in", task.pid);
  }
  if (pid === "0") return;
  const task = enterProcess(node, pid, start, cgroup);
  sameNamespaces(task, pairs);
  say("ok", "identity", `process ${pid}, started at tick ${start}, in ${cgroup}`);
  aloneInPidNamespace(node, task, standIn === "1");
  say("ok", "pid-namespace", "nobody else is in its PID namespace or below it");
});

const pin = scripted(({ node, args }, say) => {
  const [folder = "", pid = "", start = "", , cgroup = "", manifest = ""] = args;
  const pairs = pairsOf(args.slice(6));
  say("step", "identity");
  sameNamespaces(enterProcess(node, pid, start, cgroup), pairs);
  say("ok", "identity", `process ${pid}, started at tick ${start}, is the plan's`);
  for (const { type, inode } of pairs) {
    const there = pinAt(node, `${folder}/${type}`);
    if (there && there !== `${type}:[${inode}]`)
      throw new Refusal("pinned", `${folder}/${type} holds ${there} already: unpin it first`);
  }
  writeManifest(node, folder, manifest, say);
  for (const { type, inode } of pairs) mount(node, folder, { type, inode }, say);
});

function mount(node: DemoNode, folder: string, { type, inode }: Pair, say: Say): void {
  say("step", type);
  const path = `${folder}/${type}`;
  const there = pinAt(node, path) !== undefined;
  if (!there) node.kernel.bind(path, inode);
  say("ok", type, there ? "was pinned already" : `${type}:[${inode}] at ${path}`);
}

const unpin = scripted(({ node, args }, say) => {
  const [folder = "", pid = "0", start = "", , cgroup = "", keep = "0", manifest = ""] = args;
  const mounted = ["net", "ipc", "uts", "user"].filter((type) => pinAt(node, `${folder}/${type}`));
  if (mounted.length === 0 && !node.files.has(manifestPath(folder)))
    throw new Refusal("pinned", `there is no ${folder}: nothing is pinned`);
  say("step", "last-holder");
  if (pid === "0") say("ok", "last-holder", "the pod is gone, nobody needs them");
  else {
    sameNamespaces(enterProcess(node, pid, start, cgroup), pairsOf(args.slice(8 + 2 * Number(args[7]))));
    say("ok", "last-holder", `process ${pid} holds them too`);
  }
  writeManifest(node, folder, manifest, say, "says that it is being unpinned");
  for (const type of mounted) {
    say("step", type);
    node.kernel.unmount(`${folder}/${type}`);
    say("ok", type, `${folder}/${type} unmounted`);
  }
  if (keep === "0") node.files.delete(manifestPath(folder));
});

const drop = scripted(({ node, args }, say) => {
  const [folder = "", pid = "", start = "", , cgroup = "", , manifest = "", standIn = "0"] = args;
  const { groups, pairs } = groupsAndPairs(args.slice(8));
  say("step", "checks");
  const task = enterProcess(node, pid, start, cgroup);
  sameNamespaces(task, pairs);
  pinsHold(node, folder, pairs);
  aloneInPidNamespace(node, task, standIn === "1");
  say("ok", "checks", `process ${pid} is the plan's, every namespace is pinned, and nobody ends with it`);
  writeManifest(node, folder, manifest, say, `${manifestPath(folder)} says that process ${pid} is being dropped`);
  say("step", "term");
  node.kernel.kill(task.pid);
  say("ok", "term", `process ${pid} ended on TERM`);
  for (const group of groups) node.kernel.cgroups.remove(`${groupPath(group)}/podglass-pause`);
  pinsHold(node, folder, pairs);
});

const restore = scripted(async ({ node, args }, say, ask) => {
  const [folder = "", pid = "", start = ""] = args;
  const { groups, pairs } = groupsAndPairs(args.slice(3));
  say("step", "checks");
  pinsHold(node, folder, pairs);
  if (node.kernel.tasks.get(Number(pid))?.startTicks === Number(start))
    throw new Refusal("identity", `process ${pid} lives: there is nothing to restore`);
  say("ok", "checks", `the pins hold the same namespaces, and process ${pid} is gone`);
  say("step", "group");
  const path = groupPath(groups[0] ?? "");
  if (!node.kernel.cgroups.groups.has(path)) throw new Refusal("cgroup", `the group ${groups[0]} is gone`);
  const leaf = node.kernel.cgroups.make(`${path}/podglass-pause`).path;
  say("ok", "group", `podglass-pause below ${count(groups.length, "group")}`);
  say("step", "stand-in");
  const task =
    [...node.kernel.tasks.values()].find((one) => one.cgroup === leaf) ??
    node.kernel.fork(1, {
      comm: "sleep",
      cmdline: ["sleep", "2147483647"],
      cgroup: leaf,
      rssBytes: 700 * 1024,
      ns: Object.fromEntries(pairs.map(({ type, inode }) => [type, inode])),
    });
  say("ok", "stand-in", `process ${task.pid} holds them`);
  writeManifest(node, folder, await ask(task.pid, task.startTicks), say);
  say("fact", "stand-in", task.pid, task.startTicks);
});

function writeManifest(node: DemoNode, folder: string, text: string, say: Say, words = manifestPath(folder)): void {
  say("step", "manifest");
  node.files.set(manifestPath(folder), text);
  say("ok", "manifest", words);
}

const manifests = scripted(({ node }, say) => {
  for (const [path, text] of node.files)
    if (/^\/run\/podglass\/pins\/[^/]+\/manifest\.json$/.test(path)) say("fact", "manifest", text);
});

export const actionAnswers: [string, Answer][] = [
  ["manifests", manifests],
  ["checks", checks],
  ["pin", pin],
  ["unpin", unpin],
  ["drop", drop],
  ["restore", restore],
];
