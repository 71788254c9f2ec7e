import { notify } from "../state/notices.ts";

/** Puts a text on the clipboard and says so; where the system refuses, gives the text to be copied by hand. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify({ tone: "info", text: `Copied ${what}.` });
  } catch {
    notify({ tone: "warn", text: `The system refused the clipboard. Select the text and copy it: ${text}` });
  }
}
