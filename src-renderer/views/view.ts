import type { ComponentType, LazyExoticComponent } from "react";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Severity } from "../../src-shared/reports.ts";
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
  /** Beside its name where it has no number: what is new there since one looked. A hook. */
  useNews?: (nodeId: string) => number;
  /** The worst that the number counts, for its colour and sign. */
  worst?: (snapshot: Snapshot) => Severity | undefined;
}
