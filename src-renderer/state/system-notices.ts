/** Notices of the system from a page in a browser; the desktop window has its own. */
import type { ApiEvent } from "../../src-shared/api.ts";
import { shellApi } from "./client.ts";
import { go } from "./route.ts";

/** Whether they can come: in the desktop window always, from a page as far as its browser has them. */
export const noticesAvailable = (): boolean => shellApi().shell.kind === "desktop" || "Notification" in window;

/** Asks the person's browser; true where they will come. */
export async function allowNotices(): Promise<boolean> {
  if (shellApi().shell.kind === "desktop") return true;
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

/** Shows one while the page is not what the person looks at. */
export function showNotice({ nodeId, title, text }: Extract<ApiEvent, { type: "notice" }>): void {
  if (shellApi().shell.kind === "desktop" || document.hasFocus()) return;
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const notice = new Notification(title, { body: text });
  notice.addEventListener("click", () => {
    window.focus();
    go("pods", { nodeId });
  });
}
