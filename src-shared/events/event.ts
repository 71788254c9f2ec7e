/** What happened on a node, as sentences with kind, subject, before and after. */
import { inert } from "../format.ts";
import type { Container, Pod } from "../model.ts";
import type { Severity } from "../reports.ts";

export const EVENT_SCHEMA = "podglass.event/1";

export const EVENT_KINDS = [
  "pod-new",
  "pod-gone",
  "container-started",
  "container-ended",
  "container-restarted",
  "sandbox-changed",
  "oom-kill",
  "pin-new",
  "pin-gone",
  "limit-changed",
  "finding-new",
  "finding-gone",
  "process-stuck",
  "node-rebooted",
  "runtime-restarted",
  "node-lost",
  "node-back",
  "action",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface PodglassEvent {
  schema: typeof EVENT_SCHEMA;
  /** ISO 8601, by the node's clock. */
  at: string;
  /** The target, as the person named it. */
  node: string;
  kind: EventKind;
  /** A pod's key. */
  pod?: string;
  /** A container's id. */
  container?: string;
  /** One sentence without a full stop. */
  text: string;
  before?: unknown;
  after?: unknown;
}

/** An event before it is known whose node it is on; `at` where the node told a better time than that of the reading. */
export type Happening = Omit<PodglassEvent, "schema" | "node" | "at"> & { at?: string };

/** "shop/web", made safe to show. */
export const podName = (pod: Pick<Pod, "name" | "namespace" | "key">): string => {
  const name = inert(pod.name, 100) || inert(pod.key, 100);
  return pod.namespace ? `${inert(pod.namespace, 63)}/${name}` : name;
};

export const containerName = (container: Pick<Container, "name" | "id">): string =>
  inert(container.name, 80) || inert(container.id, 12);

/** The same kind more often than this in one step is one line with a count. */
const MOST_OF_A_KIND = 3;
const NAMED = 3;

const PLURALS: Record<EventKind, (count: number) => string> = {
  "pod-new": (count) => `${count} pods are new`,
  "pod-gone": (count) => `${count} pods are gone`,
  "container-started": (count) => `${count} containers started`,
  "container-ended": (count) => `${count} containers ended`,
  "container-restarted": (count) => `${count} containers restarted`,
  "sandbox-changed": (count) => `the sandboxes of ${count} pods changed`,
  "oom-kill": (count) => `${count} groups had OOM kills`,
  "pin-new": (count) => `${count} namespaces were pinned`,
  "pin-gone": (count) => `${count} pins are gone`,
  "limit-changed": (count) => `${count} limits changed`,
  "finding-new": (count) => `${count} findings are new`,
  "finding-gone": (count) => `${count} findings are gone`,
  "process-stuck": (count) => `${count} processes are stuck`,
  "node-rebooted": (count) => `the node was booted ${count} times`,
  "runtime-restarted": (count) => `${count} runtimes restarted`,
  "node-lost": (count) => `the node was lost ${count} times`,
  "node-back": (count) => `the node came back ${count} times`,
  action: (count) => `${count} actions were done`,
};

const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

const severityIn = (value: unknown): Severity | undefined =>
  SEVERITIES.find((one) => one === (value as { severity?: unknown } | undefined)?.severity);

/** Whether a person who looks elsewhere should be told at once: the node is away, or something critical was found. */
export const isUrgent = ({ kind, after }: Pick<PodglassEvent, "kind" | "after">): boolean =>
  kind === "node-lost" || (kind === "finding-new" && severityIn(after) === "critical");

/** Keeps a flood readable: more than three of a kind in one step become one event that counts them and names the first. */
export function collapsed(happenings: readonly Happening[]): Happening[] {
  const byKind = new Map<EventKind, Happening[]>();
  for (const one of happenings) {
    const list = byKind.get(one.kind);
    if (list) list.push(one);
    else byKind.set(one.kind, [one]);
  }
  return [...byKind.values()].flatMap((list) => {
    const [first] = list;
    if (list.length <= MOST_OF_A_KIND || first === undefined) return list;
    const texts = [...new Set(list.map(({ text }) => text))];
    const named = `${texts.slice(0, NAMED).join("; ")}${texts.length > NAMED ? "; …" : ""}`;
    const worst = SEVERITIES.find((one) => list.some(({ after }) => severityIn(after) === one));
    return [
      {
        kind: first.kind,
        ...(first.pod !== undefined && list.every(({ pod }) => pod === first.pod) ? { pod: first.pod } : {}),
        text: `${PLURALS[first.kind](list.length)}: ${named}`,
        ...(worst === undefined ? {} : { after: { severity: worst } }),
      },
    ];
  });
}
