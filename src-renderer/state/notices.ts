import { create } from "zustand";

export interface Notice {
  id: number;
  tone: "ok" | "warn" | "bad" | "info";
  text: string;
  /** What one can do about it; such a notice stays until it is closed. */
  offers?: { words: string; run: () => void }[];
}

let last = 0;

/** Short messages at the window's foot. Trouble stays until it is closed; the rest goes after five seconds. */
export const useNotices = create<{ notices: Notice[] }>(() => ({ notices: [] }));

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

export function notify(notice: Omit<Notice, "id">): void {
  last += 1;
  const id = last;
  // The same sentence twice is one notice: a failing refresh must not fill the screen.
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((other) => other.text !== notice.text), { ...notice, id }].slice(-4),
  }));
  if ((notice.tone === "ok" || notice.tone === "info") && notice.offers === undefined)
    setTimeout(() => dismiss(id), 5000);
}
