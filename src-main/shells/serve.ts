/** Shell 2: the same window in a browser, on loopback, behind a token. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { contentType, securityHeaders } from "./content-security.ts";
import { builtWindow, type PageFiles, pageFiles } from "./page-files.ts";
import { AuthGate } from "./serve/auth-gate.ts";
import { MOST_MESSAGE, openSocketSession } from "./serve/socket-session.ts";
import { Uploads } from "./serve/uploads.ts";
import type { Answering } from "./shell.ts";

export interface ServeOptions {
  inspector: Answering;
  /** 0 or absent: any free one. */
  port?: number;
  /** Actions on real nodes; the demo node always takes them. */
  allowActions?: boolean;
  version?: string;
  /** The built window; tests give their own. */
  folder?: string;
  /** Told when the one-time token comes, and when it comes again: then two have seen the address. */
  onToken?: (use: "first" | "again") => void;
  /** How long nodes stay open after the last page went (ms): a reload comes back within this. */
  lingerMs?: number;
}

const LINGER_MS = 30_000;

/**
 * Listens on 127.0.0.1 only. Throws what listen throws (EADDRINUSE). Whoever can reach the port may send anything, any
 * web page included, so nothing that happens to one connection reaches another: listeners are contained, and each
 * socket, request and server has somebody who hears its errors.
 */
export async function startServer(options: ServeOptions): Promise<{ url: string; close(): Promise<void> }> {
  const gate = new AuthGate();
  const files = pageFiles(options.folder ?? builtWindow());
  const uploads = new Uploads();
  const server = createServer(
    contained(
      async (request: IncomingMessage, response: ServerResponse) => {
        response.on("error", () => response.destroy());
        const entry = gate.enter(request);
        if (entry.kind === "exchange") {
          options.onToken?.("first");
          response.writeHead(200, { ...securityHeaders(), ...welcome(entry) }).end(forwardingPage(entry.location));
        } else if (entry.kind === "inside") {
          const { status, headers, body } = await answer(files, entry.path, gate.origin, request.method === "HEAD");
          response.writeHead(status, headers).end(body);
        } else if (entry.kind === "spent") {
          options.onToken?.("again");
          response.writeHead(403, { ...securityHeaders(), "Content-Type": "text/plain; charset=utf-8" }).end(SPENT);
        } else response.writeHead(403, { "Content-Length": "0", Connection: "close" }).end();
      },
      (_request, response) => response.destroy(),
    ),
  );
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE, perMessageDeflate: false });
  const pages = pageCounter(options, sockets);
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    if (!gate.admitsSocket(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      pages.come(page);
      openSocketSession(page, {
        inspector: options.inspector,
        actions: options.allowActions ? "allowed" : "never",
        version: options.version ?? "",
        uploads,
      });
    });
  };
  server.on(
    "upgrade",
    contained(upgrade, (_request, socket) => socket.destroy()),
  );
  server.requestTimeout = 10_000;
  await listening(server, options.port ?? 0);
  // A connection that could not be accepted (no more open files) is no reason to end those that were.
  server.on("error", () => undefined);
  gate.listen((server.address() as AddressInfo).port);
  return {
    url: gate.address,
    close: async () => {
      pages.stop();
      for (const page of sockets.clients) page.terminate();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
      await uploads.close();
    },
  };
}

/**
 * Not a redirect: a browser that comes from elsewhere (the file that `--open` writes) would take the whole chain for
 * another site's doing and keep the cookie back. The page that it gets here goes on by itself.
 */
const welcome = ({ cookie, location }: { cookie: string; location: string }): Record<string, string> => ({
  "Content-Type": "text/html; charset=utf-8",
  "Set-Cookie": cookie,
  Refresh: `0;url=${location}`,
});
const forwardingPage = (location: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Podglass</title><a href="${location}">Podglass</a>\n`;

const SPENT =
  "This address works once, and somebody has used it. If that was you, go back to that window. If it was not, somebody else has it: end podglass serve in its terminal, and start it anew.\n";

/** A listener whose failure ends what it was called for, and nothing else. `drop` must not throw. */
export const contained =
  <Args extends unknown[]>(work: (...args: Args) => void | Promise<void>, drop: (...args: Args) => void) =>
  async (...args: Args): Promise<void> => {
    try {
      await work(...args);
    } catch {
      drop(...args);
    }
  };

async function answer(files: PageFiles, path: string, origin: string, headOnly: boolean) {
  const name = path === "" ? "index.html" : path;
  const bytes = await files.read(name);
  if (!bytes) return { status: 404, headers: { "Content-Length": "0" }, body: undefined };
  const headers = {
    ...securityHeaders(origin.replace("http:", "ws:")),
    "Content-Type": contentType(name),
    "Content-Length": String(bytes.length),
  };
  return { status: 200, headers, body: headOnly ? undefined : bytes };
}

/** One page at a time: a newer one takes over. When none has been there for a while, nodes are left: nobody is looking. */
function pageCounter(options: ServeOptions, sockets: WebSocketServer) {
  let timer: NodeJS.Timeout | null = null;
  let over = false;
  const leave = async () => {
    const states = (await options.inspector.request("node.states", {}, nobody)) as { nodeId: string }[];
    for (const { nodeId } of states) await options.inspector.request("node.close", { nodeId }, nobody);
  };
  return {
    come(page: WebSocket) {
      if (timer) clearTimeout(timer);
      for (const other of sockets.clients) if (other !== page) other.close(4000, "opened in another tab");
      page.on("close", () => {
        if (over) return;
        if ([...sockets.clients].some((other) => other.readyState === other.OPEN)) return;
        if (timer) clearTimeout(timer);
        timer = setTimeout(() => void leave().catch(() => undefined), options.lingerMs ?? LINGER_MS);
        timer.unref();
      });
    },
    stop() {
      over = true;
      if (timer) clearTimeout(timer);
    },
  };
}

const nobody = {
  actions: "never" as const,
  confirm: async () => false,
  saveFile: async () => false,
  openFile: async () => null,
};

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((done, fail) => {
    server.once("error", fail);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.off("error", fail);
      done();
    });
  });
