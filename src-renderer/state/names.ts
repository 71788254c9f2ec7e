/** What a person calls their nodes, by target; and the nodes that they want first. Not arranged but told: kept by a reset. */
import type { NodeState } from "../../src-shared/api.ts";
import { useNodes } from "./nodes.ts";
import { isTexts, setSetting, useSettings } from "./settings.ts";

const NAMES = "nodes.names";
const FAVOURITES = "nodes.favourites";
const LONGEST = 60;

const namesOf = (value: unknown): Record<string, string> =>
  typeof value === "object" && value !== null && isTexts(Object.values(value)) ? (value as Record<string, string>) : {};

/** What a person calls the node of that target, if anything. */
export const ownName = (target: string): string | undefined => namesOf(useSettings.getState().values[NAMES])[target];

/** The node's state under that name. */
export function named(state: NodeState): NodeState {
  const name = ownName(state.target);
  return name === undefined ? state : { ...state, label: name };
}

/** An empty name gives the target's own back, at its next reading. */
export function renameNode(nodeId: string, name: string): void {
  const { open } = useNodes.getState();
  const node = open[nodeId];
  if (node === undefined) return;
  const { target } = node.state;
  const { [target]: _, ...others } = namesOf(useSettings.getState().values[NAMES]);
  const given = name.trim().slice(0, LONGEST);
  setSetting(NAMES, given === "" ? others : { ...others, [target]: given });
  const label = given === "" ? target : given;
  useNodes.setState({ open: { ...open, [nodeId]: { ...node, state: { ...node.state, label } } } });
}

const favouritesOf = (value: unknown): readonly string[] => (isTexts(value) ? value : []);
export const useFavourites = (): readonly string[] => favouritesOf(useSettings(({ values }) => values[FAVOURITES]));

export function favour(target: string, on: boolean): void {
  const others = favouritesOf(useSettings.getState().values[FAVOURITES]).filter((one) => one !== target);
  setSetting(FAVOURITES, on ? [...others, target] : others);
}

/** One place up or down among the open nodes; their order is kept with them. */
export function moveNode(nodeId: string, by: -1 | 1): void {
  const order = [...useNodes.getState().order];
  const at = order.indexOf(nodeId);
  const other = order[at + by];
  if (at < 0 || other === undefined) return;
  order[at + by] = nodeId;
  order[at] = other;
  useNodes.setState({ order });
}
