/** Nothing is granted to the page but writing text to the clipboard, and nothing is fetched from anywhere but the app. */
import type { Session } from "electron";
import { developmentServer } from "./developing.ts";
import { isOurs } from "./origin.ts";

/** The "copy" buttons; Chromium asks for it only after a click. */
const GRANTED = "clipboard-sanitized-write";

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer((permission as string) === GRANTED && isOurs(contents.getURL())),
  );
  session.setPermissionCheckHandler(
    (contents, permission) => (permission as string) === GRANTED && contents !== null && isOurs(contents.getURL()),
  );
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event) => event.preventDefault());
  const reload = developmentServer()?.replace("http:", "ws:");
  session.webRequest.onBeforeRequest((details, answer) => {
    const local =
      isOurs(details.url) ||
      /^(data|blob|devtools):/.test(details.url) ||
      (reload !== undefined && details.url.startsWith(`${reload}/`));
    answer({ cancel: !local });
  });
}
