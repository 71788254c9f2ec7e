/** Notices of the system, while the window is not what a person looks at; one opens the window at its node. */
import { type BrowserWindow, Notification } from "electron";
import type { ApiEvent } from "../../../src-shared/api.ts";
import { withoutMarkup } from "../../../src-shared/format.ts";
import type { Answering } from "../shell.ts";

/** Without a reference one is collected before it is clicked. */
const MOST_KEPT = 20;

export function showNotices(
  inspector: Answering,
  window: () => BrowserWindow | null,
  tell: (event: ApiEvent) => void,
): void {
  const kept: Notification[] = [];
  inspector.subscribe((event) => {
    if (event.type !== "notice" || window()?.isFocused() === true || !Notification.isSupported()) return;
    const notice = new Notification({ title: withoutMarkup(event.title), body: withoutMarkup(event.text) });
    notice.on("click", () => {
      const target = window();
      if (target?.isMinimized()) target.restore();
      target?.show();
      tell({ type: "show", nodeId: event.nodeId });
    });
    kept.push(notice);
    kept.splice(0, kept.length - MOST_KEPT);
    notice.show();
  });
}
