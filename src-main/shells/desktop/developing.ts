/** npm run dev: the window's files come from Vite on this machine instead of the build. Never in a packaged app. */
import { securityHeaders } from "../content-security.ts";
import { isPackaged } from "./packaged.ts";

/** "http://127.0.0.1:PORT"; undefined where the build is shown. */
export function developmentServer(): string | undefined {
  const origin = process.env.PODGLASS_DEV;
  return !isPackaged() && origin && /^http:\/\/127\.0\.0\.1:\d+$/.test(origin) ? origin : undefined;
}

/** Answers a request for a page of ours from the development server; undefined where there is none. */
export function developing(): ((address: URL) => Promise<Response>) | undefined {
  const origin = developmentServer();
  if (origin === undefined) return undefined;
  return async (address) => {
    const answer = await fetch(`${origin}${address.pathname}${address.search}`);
    const headers = new Headers(answer.headers);
    for (const [name, value] of Object.entries(securityHeaders(origin.replace("http:", "ws:"))))
      if (name !== "Content-Security-Policy") headers.set(name, value); // the page brings one that lets Vite in
    headers.delete("content-encoding");
    return new Response(answer.body, { status: answer.status, headers });
  };
}
