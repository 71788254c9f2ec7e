import { useSyncExternalStore } from "react";

const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

function subscribe(listener: () => void): () => void {
  addEventListener("resize", listener);
  return () => removeEventListener("resize", listener);
}

/** One rem in px: what is measured in px follows the text size too. */
export const useRem = (): number => useSyncExternalStore(subscribe, rem);
