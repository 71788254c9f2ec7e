import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Snapshot } from "../../src-shared/model.ts";
import { cgroupCount, findingsKnown, findingsOf } from "../state/derived.ts";
import type { IconName } from "../ui/icons.tsx";

/** What every screen is given. A screen of scope "everywhere" may be open with no node. */
export interface ViewProps {
  nodeId: string | undefined;
  params: Record<string, string>;
}

export interface View {
  id: string;
  title: string;
  /** node: a page of one node, below it in the side bar, shown once there is a snapshot. everywhere: beside the nodes. */
  scope: "node" | "everywhere";
  icon: IconName;
  order: number;
  component: LazyExoticComponent<ComponentType<ViewProps>>;
  /** Not in the side bar; reached from `parent`, whose entry is lit meanwhile. */
  parent?: string;
  /** The number beside its name in the side bar; must be cheap. */
  count?: (snapshot: Snapshot) => number | undefined;
}

/** Every screen, in one list: the side bar, the palette and the router read it. Add yours here. */
const VIEWS: View[] = [
  {
    id: "pods",
    title: "Pods",
    scope: "node",
    icon: "list",
    order: 10,
    component: lazy(() => import("./pods/pods.tsx")),
    count: (snapshot) => snapshot.pods.length,
  },
  {
    id: "pod",
    title: "Pod",
    scope: "node",
    icon: "list",
    order: 11,
    parent: "pods",
    component: lazy(() => import("./pod/pod.tsx")),
  },
  {
    id: "picture",
    title: "Picture",
    scope: "node",
    icon: "picture",
    order: 20,
    component: lazy(() => import("./picture/picture.tsx")),
  },
  {
    id: "cgroups",
    title: "Cgroups",
    scope: "node",
    icon: "tree",
    order: 30,
    component: lazy(() => import("./cgroups/cgroups.tsx")),
    count: cgroupCount,
  },
  {
    id: "findings",
    title: "Findings",
    scope: "node",
    icon: "warn",
    order: 40,
    component: lazy(() => import("./findings/findings.tsx")),
    count: (snapshot) => (findingsKnown(snapshot) ? findingsOf(snapshot).length : undefined),
  },
  {
    id: "lab",
    title: "Lab",
    scope: "node",
    icon: "flask",
    order: 50,
    component: lazy(() => import("./lab/lab.tsx")),
  },
  {
    id: "journal",
    title: "Journal",
    scope: "node",
    icon: "book",
    order: 60,
    component: lazy(() => import("./journal/journal.tsx")),
  },
  {
    id: "compare",
    title: "Compare",
    scope: "everywhere",
    icon: "swap",
    order: 100,
    component: lazy(() => import("./compare/compare.tsx")),
  },
  {
    id: "lessons",
    title: "Lessons",
    scope: "everywhere",
    icon: "book",
    order: 110,
    component: lazy(() => import("./lessons/lessons.tsx")),
  },
];

export const viewOf = (id: string): View | undefined => VIEWS.find((view) => view.id === id);

export const viewsOf = (scope: View["scope"]): View[] =>
  VIEWS.filter((view) => view.scope === scope && view.parent === undefined).sort((a, b) => a.order - b.order);
