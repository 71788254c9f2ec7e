import { lazy } from "react";
import { cgroupCount, troubleCount, worstOf } from "../state/derived.ts";
import { useNewEvents } from "../state/happened.ts";
import type { View } from "./view.ts";

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
    id: "wires",
    title: "Wires",
    scope: "node",
    icon: "wire",
    order: 66,
    component: lazy(() => import("./wires/wires.tsx")),
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
    count: troubleCount,
    worst: worstOf,
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
    id: "fleet",
    title: "Fleet",
    scope: "everywhere",
    icon: "node",
    order: 90,
    component: lazy(() => import("./fleet/fleet.tsx")),
  },
  {
    id: "events",
    title: "Events",
    scope: "node",
    icon: "clock",
    order: 65,
    useNews: useNewEvents,
    component: lazy(() => import("./events/events.tsx")),
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
  {
    id: "log",
    title: "Log",
    scope: "everywhere",
    icon: "list",
    order: 115,
    component: lazy(() => import("./log/log.tsx")),
  },
  {
    id: "settings",
    title: "Settings",
    scope: "everywhere",
    icon: "sun",
    order: 120,
    component: lazy(() => import("./settings/settings.tsx")),
  },
];

export const viewOf = (id: string): View | undefined => VIEWS.find((view) => view.id === id);

export const viewsOf = (scope: View["scope"]): View[] =>
  VIEWS.filter((view) => view.scope === scope && view.parent === undefined).sort((a, b) => a.order - b.order);
