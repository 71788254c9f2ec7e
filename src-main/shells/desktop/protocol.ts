/** podglass://app/…: the built window and nothing else. */
import type { Session } from "electron";
import { contentType, securityHeaders } from "../content-security.ts";
import type { PageFiles } from "../page-files.ts";
import { developing } from "./developing.ts";
import { isOurs, SCHEME } from "./origin.ts";

/** The scheme itself is made known in boot.cjs. */
export function serveWindow(session: Session, files: PageFiles): void {
  const fromSources = developing();
  session.protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    if (fromSources && isOurs(request.url) && request.method === "GET") return fromSources(url);
    const path = decodeURIComponent(url.pathname).replace(/^\//, "") || "index.html";
    const bytes = isOurs(request.url) && request.method === "GET" ? await files.read(path) : null;
    if (!bytes) return new Response(null, { status: 404 });
    return new Response(new Uint8Array(bytes), {
      headers: { ...securityHeaders(), "Content-Type": contentType(path) },
    });
  });
}
