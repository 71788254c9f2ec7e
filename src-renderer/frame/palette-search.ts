import { inert, inertPath } from "../../src-shared/format.ts";
import { isZombie } from "../../src-shared/liveness.ts";
import { lookup } from "../../src-shared/lookup.ts";
import type { Pod, Snapshot } from "../../src-shared/model.ts";
import type { NodeSummary } from "../../src-shared/questions/summary.ts";
import { itemKey } from "../drawing/item-key.ts";
import { attempt } from "../state/client.ts";
import { findingsOf } from "../state/derived.ts";
import { useExports } from "../state/exports.ts";
import { grouped } from "../state/grouped.ts";
import { useLessonList } from "../state/lessons.ts";
import { useNodes } from "../state/nodes.ts";
import { copyLink, openFile } from "../state/open.ts";
import { startRecording, stopRecording } from "../state/record.ts";
import { go, goToNode, setParams, useRoute } from "../state/route.ts";
import { select } from "../state/selection.ts";
import { setSetting } from "../state/settings.ts";
import type { IconName } from "../ui/icons.tsx";
import { SANDBOX } from "../ui/sandbox.ts";
import { SEVERITY } from "../ui/severity.ts";
import { plural } from "../ui/words.ts";
import { findingId } from "../views/findings/places.ts";
import { offersOf } from "../views/pod/actions.tsx";
import { viewsOf } from "../views/registry.ts";

export interface Hit {
  id: string;
  group: "Go to" | "Commands" | "Lessons" | "Findings" | "Pods" | "Containers" | "Processes" | "Namespaces" | "Cgroups";
  icon: IconName;
  name: string;
  note: string;
  mono?: boolean;
  keys?: string;
  go: () => void;
}

/** Shown of each kind; more words narrow it. */
const MOST = 7;

const matches = (words: readonly string[], ...texts: (string | undefined)[]): boolean => {
  const text = texts.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
};

/** Collects up to MOST hits without looking at the rest. */
function take<T>(list: readonly T[], wanted: (item: T) => boolean, make: (item: T) => Hit): Hit[] {
  const hits: Hit[] = [];
  for (const item of list) {
    if (!wanted(item)) continue;
    hits.push(make(item));
    if (hits.length === MOST) break;
  }
  return hits;
}

/** What of one node a text finds. Pure but for what a hit does when it is chosen. */
function searchNode(snapshot: Snapshot, nodeId: string, label: string, words: readonly string[]): Hit[] {
  const find = lookup(snapshot);
  const inPicture = (at: string) => go("picture", { nodeId, params: { at } });
  const toPod = (key: string, selected?: string) => {
    // Who looks at the whole node stays there: the picture flies to what was found.
    if (useRoute.getState().view === "picture") return inPicture(selected ?? itemKey.pod(key));
    go("pod", { nodeId, params: { pod: key } });
    // After the page has let go of what was selected on the page before.
    if (selected !== undefined) setTimeout(() => select(selected), 0);
  };
  const pods = take(
    snapshot.pods,
    (pod) => matches(words, ...podWords(pod)),
    (pod) => podHit(pod, nodeId, label, () => toPod(pod.key)),
  );
  if (words.length === 0) return pods;
  const containers = take(
    snapshot.containers,
    (one) => one.kind !== "sandbox" && matches(words, one.name, one.id, one.image),
    (one) => {
      const pod = find.pod(one.podKey ?? "");
      return {
        id: `${nodeId} container ${one.id}`,
        group: "Containers",
        icon: "list",
        name: inert(one.name, 80),
        note: inert([pod ? `in ${pod.name}` : "of no pod", one.runtime, label].join(", "), 100),
        go: () => (pod ? toPod(pod.key, itemKey.container(one.id)) : inPicture(itemKey.container(one.id))),
      };
    },
  );
  const processes = take(
    snapshot.processes,
    (one) => matches(words, String(one.pid), one.comm) || (words.length === 1 && String(one.pid) === words[0]),
    (one) => {
      const container = find.containerOfPid(one.pid);
      const pod = find.pod(container?.podKey ?? "");
      return {
        id: `${nodeId} process ${one.pid}`,
        group: "Processes",
        icon: isZombie(one) ? "zombie" : "process",
        name: `${one.pid} ${inert(one.comm, 40)}`,
        mono: true,
        note: inert([pod ? `in ${pod.name}` : "of no pod", label].join(", "), 100),
        go: () => {
          if (!pod) return inPicture(itemKey.process(one));
          setSetting("pod.right", "processes");
          toPod(pod.key, container && itemKey.container(container.id));
        },
      };
    },
  );
  const podByInode = new Map<string, string>();
  for (const pod of snapshot.pods)
    for (const [type, inode] of Object.entries(pod.namespaces)) podByInode.set(`${type}:${inode}`, pod.key);
  const spaces = take(
    snapshot.namespaces,
    (one) => matches(words, one.type, String(one.inode), ...one.pins.map(({ path }) => path)),
    (one) => {
      const member = one.pids.map((pid) => find.containerOfPid(pid)?.podKey).find((key) => key !== undefined);
      const key = podByInode.get(`${one.type}:${one.inode}`) ?? member;
      const pod = find.pod(key ?? "");
      const held =
        one.pids.length > 0
          ? plural(one.pids.length, "member")
          : one.pins.length > 0
            ? "held by a pin alone"
            : "no members";
      return {
        id: `${nodeId} namespace ${one.type} ${one.inode}`,
        group: "Namespaces",
        icon: one.initial ? "node" : one.pids.length === 0 ? "pin" : "tree",
        name: `${one.type}:[${one.inode}]`,
        mono: true,
        note: inert([one.initial ? "the node's own" : pod ? `of ${pod.name}` : held, label].join(", "), 100),
        go: () => (pod && !one.initial ? toPod(pod.key, itemKey.namespace(one)) : inPicture(itemKey.namespace(one))),
      };
    },
  );
  const seen = new Set<string>();
  const cgroups = take(
    snapshot.cgroups,
    (one) => !seen.has(one.path) && matches(words, one.path) && seen.add(one.path) !== undefined,
    (one) => ({
      id: `${nodeId} cgroup ${one.path}`,
      group: "Cgroups",
      icon: "tree",
      name: inertPath(one.path, 70),
      mono: true,
      note: label,
      go: () => go("cgroups", { nodeId, params: { at: one.path } }),
    }),
  );
  const found = take(
    grouped(findingsOf(snapshot)),
    (one) => words.length > 0 && matches(words, one.title, one.where, one.rule, "finding", one.severity),
    (one) => findingHit(one, nodeId, label),
  );
  return [...pods, ...containers, ...found, ...processes, ...spaces, ...cgroups];
}

/** Of a node that rests: its pods and findings; what is chosen is read then. */
function searchSummary(
  { pods, findings }: NodeSummary,
  nodeId: string,
  label: string,
  words: readonly string[],
): Hit[] {
  return [
    ...take(
      pods,
      ({ pod }) => matches(words, ...podWords(pod)),
      ({ pod }) => podHit(pod, nodeId, label, () => go("pod", { nodeId, params: { pod: pod.key } })),
    ),
    ...take(
      grouped(findings),
      (one) => words.length > 0 && matches(words, one.title, one.where, one.rule, "finding", one.severity),
      (one) => findingHit(one, nodeId, label),
    ),
  ];
}

const podWords = (pod: Pod) => [pod.name, pod.namespace, pod.runtime, pod.key, pod.uid, pod.ips.join(" ")];

const podHit = (pod: Pod, nodeId: string, label: string, open: () => void): Hit => ({
  id: `${nodeId} pod ${pod.key}`,
  group: "Pods",
  icon: SANDBOX[pod.sandbox.state].icon,
  name: inert(pod.name, 80),
  note: [pod.namespace, pod.runtime, label]
    .filter(Boolean)
    .map((one) => inert(String(one), 40))
    .join(", "),
  go: open,
});

const findingHit = (one: ReturnType<typeof grouped>[number], nodeId: string, label: string): Hit => ({
  id: `${nodeId} finding ${findingId(one)} ${one.title}`,
  group: "Findings",
  icon: SEVERITY[one.severity].icon,
  name: inert(one.title, 120),
  note: inert(`${one.where}, ${label}`, 80),
  go: () => go("findings", { nodeId, params: { finding: findingId(one) } }),
});

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Over all open nodes, the one on screen first. */
export function search(text: string, current: string | undefined): Hit[] {
  const { open, order } = useNodes.getState();
  const words = wordsOf(text);
  const nodes = [...order].sort((a, b) => Number(b === current) - Number(a === current));
  return nodes.flatMap((nodeId) => {
    const node = open[nodeId];
    if (node?.snapshot) return searchNode(node.snapshot, nodeId, node.state.label, words);
    return node?.summary ? searchSummary(node.summary, nodeId, node.state.label, words) : [];
  });
}

/** Pages and commands. */
export function commandHits(text: string, nodeId: string | undefined): Hit[] {
  const words = wordsOf(text);
  const hits: Hit[] = [];
  const add = (group: Hit["group"], icon: IconName, name: string, run: () => void, keys?: string) => {
    if (matches(words, name)) hits.push({ id: `${group} ${name}`, group, icon, name, note: "", keys, go: run });
  };
  if (nodeId !== undefined && useNodes.getState().open[nodeId]?.snapshot)
    viewsOf("node").forEach((view, i) => {
      add("Go to", view.icon, view.title, () => go(view.id, { nodeId }), String(i + 1));
    });
  for (const view of viewsOf("everywhere")) add("Go to", view.icon, view.title, () => go(view.id, { nodeId }));
  for (const id of useNodes.getState().order) {
    const state = useNodes.getState().open[id]?.state;
    if (id !== nodeId && state) add("Go to", "node", `Node ${state.label}`, () => goToNode(id));
  }
  add("Commands", "plus", "Add a node", () => go("welcome"), "n");
  add("Commands", "file", "Open a recording or a probe's output", () => void openFile());
  if (nodeId !== undefined) {
    add("Commands", "refresh", "Read the node now", () => void attempt("node.refresh", { nodeId }), "r");
    add(
      "Commands",
      "search",
      "Deep scan (mounts, kernel log)",
      () => void attempt("node.refresh", { nodeId, deep: true }),
    );
    add("Commands", "cross", "Close this node", () => void attempt("node.close", { nodeId }));
  }
  const { view, params } = useRoute.getState();
  const node = nodeId === undefined ? undefined : useNodes.getState().open[nodeId];
  const pod = view === "pod" ? node?.snapshot?.pods.find(({ key }) => key === params.pod) : undefined;
  if (node?.snapshot && pod && nodeId !== undefined && node.state.actions && !node.state.readOnly)
    for (const { action, words, icon } of offersOf(node.snapshot, pod))
      add("Commands", icon ?? "pause", `${words.replace("…", "")}: ${inert(pod.name, 60)}`, () =>
        go("pod", { nodeId, params: { ...params, do: action }, replace: true }),
      );
  if (pod) add("Commands", "right", "Tour of this pod", () => setParams({ tour: "1" }));
  if (node && nodeId !== undefined && node.state.kind !== "file")
    if (node.state.recordingTo === undefined)
      add("Commands", "record", "Record this node", () => void startRecording(nodeId));
    else add("Commands", "record", "Stop recording", () => void stopRecording(nodeId));
  if (view !== "welcome") add("Commands", "copy", "Copy a link to this page", copyLink);
  if (words.length > 0)
    for (const one of useExports.getState().items()) add("Commands", "out", `Export: ${one.name}`, one.run);
  if (words.length > 0)
    for (const lesson of useLessonList.getState().list?.lessons ?? [])
      if (matches(words, lesson.title, lesson.about, "lesson"))
        hits.push({
          id: `lesson ${lesson.id}`,
          group: "Lessons",
          icon: "book",
          name: lesson.title,
          note: "",
          go: () => go("lessons", { params: { lesson: lesson.id, step: "1" } }),
        });
  for (const theme of ["system", "light", "dark"])
    add("Commands", "sun", `Theme: ${theme}`, () => setSetting("theme", theme));
  for (const contrast of ["system", "normal", "more"])
    add("Commands", "sun", `Contrast: ${contrast}`, () => setSetting("contrast", contrast));
  return words.length === 0 ? hits.filter(({ name }) => !/^(Theme|Contrast)/.test(name)) : hits;
}
