import { useEffect, useRef } from "react";

/** "mod" is Ctrl, or Cmd on a Mac. A key is named as KeyboardEvent.key says it, lower case, e.g. "mod+k", "/", "escape". */
export type Keys = Record<string, (event: KeyboardEvent) => unknown>;

const stack: { current: Keys }[] = [];

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type)));

const nameOf = (event: KeyboardEvent): string => {
  const key = event.key.toLowerCase();
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // "?" needs Shift on many keyboards and is still "?"; a letter with Shift is another key.
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
};

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  // While a person types, only chords and Escape are ours; while a dialog is open, nothing below it hears.
  if (typing(event.target) && !name.startsWith("mod+") && name !== "escape") return;
  if (document.querySelector("dialog[open]") !== null) return;
  for (let i = stack.length - 1; i >= 0; i--) {
    const handler = stack[i]?.current[name];
    if (handler !== undefined && handler(event) !== false) {
      event.preventDefault();
      return;
    }
  }
}

let listening = false;

/** Keys that work while the component is on the screen; the latest one hears first, and passes on by returning false. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!listening) {
      listening = true;
      addEventListener("keydown", handle);
    }
    stack.push(latest);
    return () => {
      stack.splice(stack.indexOf(latest), 1);
    };
  }, []);
}

const isMac = (): boolean => /mac/i.test(navigator.platform);
export const MOD = isMac() ? "⌘" : "Ctrl ";
