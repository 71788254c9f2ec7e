/** Shell 2: the same window in a browser, on loopback, behind a token. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { contentType, securityHeaders } from "./content-security.ts";
import { builtWindow, type PageFiles, pageFiles } from "./page-files.ts";
import { Door } from "./serve/auth-gate.ts";
import { MOST_MESSAGE, talk } from "./serve/socket-session.ts";
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
  /** How long nodes stay open after the last page went (ms): a reload comes back within this. */
  lingerMs?: number;
}

const LINGER_MS = 30_000;

/** Listens on 127.0.0.1 only. Throws what listen throws (EADDRINUSE). */
export async function startServer(options: ServeOptions): Promise<{ url: string; close(): Promise<void> }> {
  const door = new Door();
  const files = pageFiles(options.folder ?? builtWindow());
  const server = createServer((request, response) => {
    const entry = door.enter(request);
    if (entry.kind === "exchange") {
      response.writeHead(303, { ...securityHeaders(), "Set-Cookie": entry.cookie, Location: entry.location }).end();
    } else if (entry.kind === "inside") {
      void answer(files, entry.path, door.origin, request.method === "HEAD").then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        () => response.writeHead(500).end(),
      );
    } else response.writeHead(403, { "Content-Length": "0", Connection: "close" }).end();
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE, perMessageDeflate: false });
  const pages = pageCounter(options, sockets);
  server.on("upgrade", (request, socket: Duplex, head) => {
    socket.on("error", () => socket.destroy());
    if (!door.mayTalk(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      pages.come(page);
      talk(page, options.inspector, options.allowActions ? "allowed" : "never", options.version ?? "");
    });
  });
  server.requestTimeout = 10_000;
  await listening(server, options.port ?? 0);
  door.listen((server.address() as AddressInfo).port);
  return {
    url: door.address,
    close: async () => {
      pages.stop();
      for (const page of sockets.clients) page.terminate();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

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
