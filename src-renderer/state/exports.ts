import { create } from "zustand";

/** What the page on the screen can be taken away as: its menu and the palette offer the same. */
export interface Exporting {
  group: string;
  name: string;
  run: () => void;
}

export const useExports = create<{ items: () => readonly Exporting[] }>(() => ({ items: () => [] }));

/** A page's own, until it goes; what came after it stays. */
export function offerExports(items: () => readonly Exporting[]): () => void {
  useExports.setState({ items });
  return () => {
    if (useExports.getState().items === items) useExports.setState({ items: () => [] });
  };
}
