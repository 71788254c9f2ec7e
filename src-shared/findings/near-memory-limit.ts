/**
 * Kills by the OOM killer, each told once: at the group whose own limit was hit, or, where the victim's group is gone
 * with its limit, at the nearest group that lives, as "below here". Close to that limit it will happen again.
 */
import { killsLaid, limitHits } from "../cgroups/oom-kills.ts";
import type { CgroupNode } from "../cgroups/tree.ts";
import { bytes, count, inert, percent } from "../format.ts";
import type { OomKill } from "../model.ts";
import type { CgroupReport, Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule, repeatsOuter, truncate, type View } from "./view.ts";

/** The kernel reclaims at the limit, so an honest working set this close has little left to give back. */
const NEAR = 0.9;
/** A kill that the kernel log dates no longer ago than this is what a person came for, in a first reading too. */
const RECENT_MS = 10 * 60_000;

/** What is told at one place. */
interface Story {
  killed: number;
  /** Since the reading before. */
  fresh: number;
  logged: OomKill[];
}

export const nearMemoryLimit: Rule = (view): Finding[] => {
  const atLimit = new Map<string, Story>();
  const noLimit = new Map<string, Story>();
  const gone = new Map<string, Story>();
  const laid = killsLaid(view.tree);
  const before = view.before && killsLaid(view.before.tree);
  for (const [path, killed] of laid) {
    const was = before?.get(path);
    const since = (now: number, then: number | undefined) => (before ? Math.max(0, now - (then ?? 0)) : 0);
    const limit = limitOf(view, path);
    if (killed.own > 0) add(limit ? atLimit : noLimit, limit ?? path, killed.own, since(killed.own, was?.own));
    if (killed.gone > 0) add(gone, path, killed.gone, since(killed.gone, was?.gone) - movedDown(view, before, path));
  }
  for (const kill of view.snapshot.oomKills ?? []) {
    if (kill.limitCgroup === undefined) continue;
    const place = view.report.has(kill.limitCgroup) ? outermost(view, kill.limitCgroup) : undefined;
    if (place !== undefined) storyAt(atLimit, place).logged.push(kill);
    else gone.get(nearestAlive(view, kill.limitCgroup))?.logged.push(kill);
  }
  return [
    ...[...atLimit].flatMap(([path, story]) => atItsLimit(view, path, story)),
    ...[...noLimit].flatMap(([path, story]) => hereWithoutLimit(view, path, story)),
    ...[...gone].flatMap(([path, story]) => belowHere(view, path, story)),
  ];
};

const storyAt = (stories: Map<string, Story>, path: string): Story => {
  const story = stories.get(path) ?? { killed: 0, fresh: 0, logged: [] };
  stories.set(path, story);
  return story;
};

const add = (stories: Map<string, Story>, path: string, killed: number, fresh: number): void => {
  const story = storyAt(stories, path);
  story.killed += killed;
  story.fresh += Math.max(0, fresh);
};

/** Old kills of children that were removed in between: they are the parent's "gone" now, and not fresh. */
const movedDown = (view: View, before: ReturnType<typeof killsLaid> | undefined, path: string): number => {
  let moved = 0;
  for (const [other, { own, gone }] of before ?? [])
    if (other !== path && !view.report.has(other) && nearestAlive(view, other) === path) moved += own + gone;
  return moved;
};

const nearestAlive = (view: View, path: string): string => {
  let at = path;
  while (at !== "" && !view.report.has(at)) at = at.slice(0, at.lastIndexOf("/"));
  return at === "" ? "/" : at;
};

/** Of limits on the way up the one that was hit, where the kernel counts that; else the nearest. None: the node was short. */
const limitOf = (view: View, path: string): string | undefined => {
  const way: { path: string; hits?: number }[] = [];
  for (let node: CgroupNode | undefined = view.tree.byPath.get(path); node; node = node.parent)
    if (view.report.get(node.path)?.limits.memoryMaxBytes !== undefined)
      way.push({ path: node.path, hits: limitHits(node) });
  const counted = way.every(({ hits }) => hits !== undefined);
  const hit = counted ? way.find(({ hits }) => hits! > 0) : way[0];
  return hit && outermost(view, hit.path);
};

/** crun writes a container's limit twice, on the scope and in <scope>/container: one story, at the scope. */
const outermost = (view: View, path: string): string => {
  const report = view.report.get(path);
  return report && repeatsOuter(view, report, "memoryMaxBytes") ? path.slice(0, path.lastIndexOf("/")) : path;
};

const atItsLimit = (view: View, path: string, story: Story): Finding[] => {
  const report = view.report.get(path)!;
  const limit = report.limits.memoryMaxBytes;
  if (limit === undefined) return [];
  const used = report.usage.workingSetBytes ?? report.usage.memoryBytes;
  const near = used !== undefined && used >= NEAR * limit;
  const severity = isFresh(view, story) ? "critical" : near ? "warning" : "info";
  const killed = Math.max(story.killed, story.logged.length);
  const kind = report.usage.workingSetBytes === undefined ? "usage with page cache" : "working set";
  return [
    {
      ...told(view, report, severity),
      title:
        severity === "critical"
          ? `OOM kill at its memory limit, ${count(killed, "process", "processes")} killed so far`
          : severity === "warning"
            ? `At its memory limit, ${count(killed, "process", "processes")} killed so far`
            : `${count(killed, "process was", "processes were")} killed at this memory limit`,
      evidence: [
        `${used === undefined ? "usage not read" : `${kind} ${bytes(used)}`} of ${bytes(limit)}${used === undefined ? "" : ` (${percent(used / Math.max(1, limit))})`}, limit set by ${inert(path, 300)}`,
        ...counted(view, story),
      ],
      why: "At the limit the kernel first takes page cache back, then kills. Which process it takes depends on size and oom_score_adj, not on who asked for the last page; with memory.oom.group the whole container goes.",
      todo: "Raise the limit, or find what grows. podglass cgroups shows the headroom; the order in which the kernel would kill is beside it.",
    },
  ];
};

const hereWithoutLimit = (view: View, path: string, story: Story): Finding[] => [
  {
    ...told(view, view.report.get(path)!, isFresh(view, story) ? "critical" : "info"),
    title: `${count(story.killed, "process was", "processes were")} killed here, at no limit of its own`,
    evidence: [`no memory limit on the way up from ${inert(path, 300)} was hit`, ...counted(view, story)],
    why: "The node itself had no memory left, or a limit that is no longer there was hit. For the whole node oom_score_adj decides who dies, so a small process of a BestEffort pod can go for a large one elsewhere.",
    todo: "See what uses the node's memory (podglass cgroups), and give the pods that matter requests: they lower oom_score_adj.",
  },
];

const belowHere = (view: View, path: string, story: Story): Finding[] => {
  const report = view.report.get(path)!;
  return [
    {
      ...told(view, report, isFresh(view, story) ? "critical" : "info"),
      title: `${count(story.killed, "process was", "processes were")} killed below here, in a group that is gone`,
      evidence: [
        `${inert(path, 300)} counts them, and no group below it that lives does: the limit went with its group`,
        ...counted(view, story),
      ],
      why: "A container that was killed at its memory limit is restarted in a new group, and the counter of the old group stays with its parent alone. It is not the limit of this place that was hit.",
      todo: "Look at why containers here ended (OOMKilled), and raise the memory limit of the one that was.",
    },
  ];
};

const told = (view: View, report: CgroupReport, severity: Finding["severity"]) => ({
  rule: "near-memory-limit",
  severity,
  where: placeOfCgroup(view, report),
  link: "https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files",
  at: atCgroup(report),
});

const counted = (view: View, { killed, fresh, logged }: Story): string[] => [
  `oom_kill ${killed === 0 ? "not counted here" : killed}${view.before ? `, ${fresh} of them since the reading before` : ""}`,
  ...truncate(
    logged.map(({ line }) => `kernel log: ${inert(line, 300)}`),
    3,
  ),
];

/** Both by the node's clock. A kill that the log does not date is not known to be recent. */
const isFresh = ({ before, snapshot }: View, { fresh, logged }: Story): boolean =>
  (before !== undefined && fresh > 0) ||
  logged.some(({ at }) => {
    const age = at === undefined ? Number.NaN : Date.parse(snapshot.takenAt) - Date.parse(at);
    return age >= 0 && age <= RECENT_MS;
  });
