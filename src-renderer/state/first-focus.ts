import { useEffect } from "react";

/** Whether the person has gone on to something else since the page was asked for: with the pointer, by Tab, or by typing. */
let elsewhere = false;

const goneOn = (event: Event): void => {
  const typing = document.activeElement instanceof HTMLInputElement;
  if (!(event instanceof KeyboardEvent) || event.key === "Tab" || typing) elsewhere = true;
};

/** Watches what the person does. */
export function followFocus(): void {
  addEventListener("pointerdown", goneOn, true);
  addEventListener("keydown", goneOn, true);
}

/** A page was asked for: what was done until now led there. */
export const pageAsked = (): void => {
  elsewhere = false;
};

/**
 * Gives the focus to what a page is for once it stands, `when` it is known. A page that is drawn late leaves the focus where
 * a person has put it meanwhile.
 */
export function useFirstFocus(find: () => HTMLElement | null | undefined, when = true): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to focus
  useEffect(() => {
    if (when && !elsewhere) find()?.focus({ preventScroll: true });
  }, [when]);
}
