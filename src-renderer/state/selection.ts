import { create } from "zustand";

/**
 * What is under the pointer and what is kept, by the keys of drawing/item-key.ts ("host" for the node's own).
 */
export interface Selection {
  hovered?: string;
  selected?: string;
}

export const useSelection = create<Selection>(() => ({}));

export const hover = (hovered: string | undefined): void => {
  if (useSelection.getState().hovered !== hovered) useSelection.setState({ hovered });
};

/** Selecting what is selected already lets it go. */
export const select = (selected: string | undefined): void =>
  useSelection.setState((now) => ({ selected: now.selected === selected ? undefined : selected }));

export const letGo = (): void => useSelection.setState({ hovered: undefined, selected: undefined });
