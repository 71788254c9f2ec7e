import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { ApiEvent } from "../../src-shared/api.ts";
import { contained, startServer } from "./serve.ts";
import type { Answering, ShellPowers } from "./shell.ts";

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;
let asked: { name: string; input: unknown; shell: ShellPowers }[];
let listeners: Set<(event: ApiEvent) => void>;
let uses: string[];
let origin: string;
let port: number;

const inspector: Answering = {
  async request(name, input, shell) {
    asked.push({ name, input, shell });
    if (name === "node.states") return [{ nodeId: "n1" }];
    if (name === "bad") throw new Error("That cannot be.");
    if (name === "endless") return 1n;
    if (name === "file.open")
      return shell.openFile().then((file) => (file === null ? null : readFileSync(file.path, "utf8")));
    return { echo: input };
  },
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  close: async () => {},
};

/** A TMPDIR of our own: what is left there is ours. */
let temporary: string;
const usual = process.env.TMPDIR;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "podglass-serve-"));
  mkdirSync(join(folder, "page/assets"), { recursive: true });
  temporary = join(folder, "tmp");
  mkdirSync(temporary);
  process.env.TMPDIR = temporary;
  writeFileSync(join(folder, "secret"), "outside of the page");
  writeFileSync(join(folder, "page/index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(folder, "page/assets/a.js"), "1");
  asked = [];
  listeners = new Set();
  uses = [];
  const onToken = (use: string) => uses.push(use);
  server = await startServer({ inspector, folder: join(folder, "page"), lingerMs: 50, onToken });
  origin = new URL(server.url).origin;
  port = Number(new URL(server.url).port);
});
afterEach(async () => {
  await server.close();
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port, path, method, headers: { Host: `127.0.0.1:${port}`, ...headers } },
      (answer) => {
        let body = "";
        answer.on("data", (chunk) => {
          body += chunk;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      },
    );
    call.on("error", reject).end();
  });

/** Folders that files of pages are kept in. */
const uploads = (): string[] => readdirSync(temporary);

/** Spends the token as a browser does. */
async function enter(): Promise<{ folder: string; cookie: string }> {
  const { pathname, search } = new URL(server.url);
  const answer = await get(pathname + search);
  expect(answer.status).toBe(200);
  const set = String(answer.headers["set-cookie"]);
  expect(set).toMatch(/^podglass=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/[0-9a-f]{24}\/$/);
  return { folder: String(answer.headers.refresh).replace("0;url=", ""), cookie: set.split(";")[0] as string };
}

const openSocket = (path: string, headers: Record<string, string>): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}socket`, { headers });
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
    socket.on("unexpected-response", (_call, answer) => reject(new Error(String(answer.statusCode))));
  });

const say = (socket: WebSocket, message: unknown): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    socket.on("message", (data) => {
      const value = JSON.parse(String(data)) as Record<string, unknown>;
      if ("id" in value) resolve(value);
    });
    socket.send(JSON.stringify(message));
  });

describe("the auth gate of podglass serve", () => {
  it("gives nothing without the token, and takes the token once", async () => {
    for (const path of ["/", "/index.html", "/assets/a.js", "/?token=", "/?token=wrong", "/socket"]) {
      const answer = await get(path);
      expect([path, answer.status, answer.body]).toEqual([path, 403, ""]);
    }
    const { folder: inside, cookie } = await enter();
    expect((await get(inside)).status).toBe(403);
    expect((await get(inside, { Cookie: "podglass=guess" })).status).toBe(403);
    expect((await get("/000000000000000000000000/", { Cookie: cookie })).status).toBe(403);
    expect(await get(inside, { Cookie: cookie })).toMatchObject({
      status: 200,
      body: "<!doctype html><title>page</title>",
    });
  });

  it("takes the token from a GET alone, and says so when it comes twice", async () => {
    const { pathname, search } = new URL(server.url);
    expect((await get(pathname + search, {}, "HEAD")).status).toBe(403);
    expect((await get(pathname + search, { Origin: "http://evil.example" })).status).toBe(403);
    expect((await get(pathname + search, { Host: `evil.example:${port}` })).status).toBe(403);
    expect(uses).toEqual([]);
    await enter();
    expect(uses).toEqual(["first"]);
    const again = await get(pathname + search);
    expect([again.status, again.headers["set-cookie"]]).toEqual([403, undefined]);
    expect(again.body).toContain("somebody has used it");
    expect(uses).toEqual(["first", "again"]);
    expect((await get(`${pathname}?token=wrong`)).body).toBe("");
    expect(uses).toHaveLength(2);
  });

  it("sends strict headers with each page", async () => {
    const { folder: inside, cookie } = await enter();
    const { headers } = await get(`${inside}assets/a.js`, { Cookie: cookie });
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("refuses other hosts, other origins and other methods even with the cookie", async () => {
    const { folder: inside, cookie } = await enter();
    const with_ = { Cookie: cookie };
    expect((await get(inside, { ...with_, Host: `evil.example:${port}` })).status).toBe(403);
    expect((await get(inside, { ...with_, Host: `localhost:${port}` })).status).toBe(403);
    expect((await get(inside, { ...with_, Origin: "http://evil.example" })).status).toBe(403);
    expect((await get(inside, { ...with_, "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await get(inside, { ...with_, "Sec-Fetch-Site": "same-site" })).status).toBe(403);
    expect((await get(inside, with_, "POST")).status).toBe(403);
    expect((await get(inside, { ...with_, "Sec-Fetch-Site": "none" }, "HEAD")).status).toBe(200);
    await expect(openSocket(inside, { ...with_, Origin: "http://evil.example" })).rejects.toThrow("403");
    await expect(openSocket(inside, with_)).rejects.toThrow("403");
    await expect(openSocket(inside, { Origin: origin })).rejects.toThrow("403");
    await expect(openSocket("/", { ...with_, Origin: origin })).rejects.toThrow("403");
  });

  it("leads to no file outside of the page", async () => {
    const { folder: inside, cookie } = await enter();
    for (const path of [
      "../secret",
      "..%2fsecret",
      "%2e%2e/secret",
      "assets/../../secret",
      "/etc/passwd",
      "%00",
      "%zz",
      "assets",
    ])
      expect((await get(inside + path, { Cookie: cookie })).body).toBe("");
  });

  it("listens on loopback alone", async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one && !one.internal && one.family === "IPv4");
    for (const other of others) {
      const reached = await new Promise((resolve) => {
        const socket = connect({ host: other?.address, port, timeout: 1000 }, () => resolve(true));
        socket.on("error", () => resolve(false)).on("timeout", () => resolve(false));
      });
      expect(reached).toBe(false);
    }
    await expect(startServer({ inspector, folder, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

/** Sends bytes as they are; what came back until the server hung up, or for a while. */
const raw = (text: string | Buffer): Promise<string> =>
  new Promise((resolve) => {
    let said = "";
    const socket = connect({ host: "127.0.0.1", port });
    const done = () => {
      socket.destroy();
      resolve(said);
    };
    socket.on("data", (chunk) => {
      said += chunk;
    });
    socket.on("error", done).on("close", done).setTimeout(300, done);
    socket.end(text);
  });

describe("what any web page, or any program here, can send to the port", () => {
  const HOSTILE_TARGETS = [
    ..."// //x ///// //[ //[::1 //%zz /\\ /\\\\ http://[/ http://%/ http:// ://x * ? # /?token= /?token=%zz /?%".split(
      " ",
    ),
    "//user@evil:99999/",
    "http://a b/",
    `/${"a".repeat(8_000)}`,
    "/?token=\ud800",
    "/%00",
    "/\u00ff\u00fe",
  ];
  const UPGRADE =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

  /** The session that was there before is still there after. */
  async function survives(send: () => Promise<unknown>): Promise<void> {
    const { folder: inside, cookie } = await enter();
    const page = await openSocket(inside, { Cookie: cookie, Origin: origin });
    await send();
    expect(await say(page, { id: 7, name: "any", input: 1 })).toMatchObject({ id: 7, value: { echo: 1 } });
    page.close();
  }

  it(
    "asks for places that no URL has",
    () =>
      survives(async () => {
        for (const target of HOSTILE_TARGETS)
          for (const method of ["GET", "HEAD", "POST", "OPTIONS", "CONNECT", "TRACE", "get"])
            for (const more of ["", UPGRADE, `Origin: ${origin}\r\n${UPGRADE}`]) {
              const said = await raw(`${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`);
              expect([target, /^(HTTP\/1\.1 (4\d\d|200) |$)/.test(said)]).toEqual([target, true]);
              expect(said).not.toContain("Set-Cookie");
            }
      }),
    60_000,
  );

  it(
    "sends headers that are none, too many, too long, twice or half",
    () =>
      survives(async () => {
        const start = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
        for (const text of [
          "\r\n\r\n",
          "\0\0\0\0",
          "GET / HTTP/9.9\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          `${start}Host: other\r\n\r\n`,
          `${start}Cookie: podglass=${"x".repeat(60_000)}\r\n\r\n`,
          `${start}${"X: y\r\n".repeat(3_000)}\r\n`,
          `${start}Cookie: ;;;=;podglass;podglass=\r\n\r\n`,
          `${start}Expect: 100-continue\r\n\r\n`,
          `${start}Expect: the-moon\r\n\r\n`,
          `${start}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzz\r\n`,
          `${start}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
          `${start}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
          `${start}Sec-Fetch-Site: \u00ff\r\nOrigin: null\r\n\r\n`,
          start,
          start.slice(0, 9),
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          Buffer.from("160301020001fc0303", "hex"),
        ])
          expect(await raw(text)).not.toContain("Set-Cookie");
      }),
    60_000,
  );

  it("hangs up in the middle of a request, an upgrade and an answer", () =>
    survives(async () => {
      for (const text of ["GET / HTTP/1.1\r\n", `GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${UPGRADE}\r\n`])
        await Promise.all(
          Array.from(
            { length: 40 },
            () =>
              new Promise<void>((resolve) => {
                const socket = connect({ host: "127.0.0.1", port }, () => {
                  socket.write(text);
                  socket.resetAndDestroy();
                });
                socket.on("error", () => undefined).on("close", () => resolve());
              }),
          ),
        );
    }));

  it("sends frames to the socket that are none, with the cookie of a page that was taken over", async () => {
    const { folder: inside, cookie } = await enter();
    const hello = `GET ${inside}socket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\n${UPGRADE}\r\n`;
    for (const frame of [
      "ffffffffffff",
      "8100",
      "817f7fffffffffffffff00000000",
      "c18000000000",
      "88ff",
      "fa80deadbeef",
      "8981",
    ])
      await raw(Buffer.concat([Buffer.from(hello), Buffer.from(frame, "hex")]));
    const page = await openSocket(inside, { Cookie: cookie, Origin: origin });
    expect(await say(page, { id: 1, name: "any", input: null })).toMatchObject({ id: 1 });
    page.close();
  });

  it("keeps a listener's failure to the connection that caused it", async () => {
    const dropped: string[] = [];
    const listener = contained(
      async (name: string) => {
        if (name !== "good") throw new Error("what nobody foresaw");
      },
      (name) => dropped.push(name),
    );
    await Promise.all(["bad", "good", "worse"].map(listener));
    expect(dropped).toEqual(["bad", "worse"]);
  });
});

describe("the socket of podglass serve", () => {
  const inside = async (): Promise<WebSocket> => {
    const { folder: path, cookie } = await enter();
    return openSocket(path, { Cookie: cookie, Origin: origin });
  };

  it("carries requests, refusals and events, and never a permission to act", async () => {
    const socket = await inside();
    expect(await say(socket, { id: 1, name: "any", input: { a: 1 } })).toEqual({ id: 1, value: { echo: { a: 1 } } });
    expect(await say(socket, { id: 2, name: "bad", input: {} })).toMatchObject({ id: 2 });
    const shell = asked[0]?.shell as ShellPowers;
    expect(shell.actions).toBe("never");
    expect(await shell.confirm({} as never)).toBe(false);
    expect(await shell.saveFile("x", "json", new Uint8Array())).toBe(false);
    const event = new Promise((resolve) =>
      socket.on("message", (data) => String(data).includes("event") && resolve(JSON.parse(String(data)))),
    );
    for (const listener of listeners) listener({ type: "gone", nodeId: "n" });
    expect(await event).toEqual({ event: { type: "gone", nodeId: "n" } });
    socket.close();
  });

  it("opens a file that the page sends, under a harmless name, and forgets it when the page goes", async () => {
    const socket = await inside();
    const base64 = Buffer.from("what a node said").toString("base64");
    const sent = { id: 3, name: "file.open", input: {}, file: { name: "../../../etc/x", base64 } };
    expect(await say(socket, sent)).toEqual({ id: 3, value: "what a node said" });
    expect(uploads()).toHaveLength(1);
    socket.close();
    await expect.poll(uploads).toEqual([]);
  });

  it("leaves no file behind when the page goes before, while or after it is written, or the server ends", async () => {
    const base64 = Buffer.alloc(8 * 1024 * 1024).toString("base64");
    const file = (id: number) => JSON.stringify({ id, name: "file.open", input: {}, file: { name: "x", base64 } });
    const { folder: path, cookie } = await enter();
    for (const waitMs of [0, 1, 5, 20, 60]) {
      const socket = await openSocket(path, { Cookie: cookie, Origin: origin });
      for (let id = 0; id < 3; id += 1) socket.send(file(id));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      socket.terminate();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await expect.poll(uploads).toEqual([]);
    }
    const last = await openSocket(path, { Cookie: cookie, Origin: origin });
    last.on("error", () => undefined);
    await say(last, JSON.parse(file(1)));
    expect(uploads()).toHaveLength(1);
    await server.close();
    expect(uploads()).toEqual([]);
    server = await startServer({ inspector, folder: join(folder, "page") });
  });

  it("answers what cannot be told with words, and goes on", async () => {
    const socket = await inside();
    expect(await say(socket, { id: 4, name: "endless", input: {} })).toMatchObject({
      id: 4,
      error: expect.any(String),
    });
    expect(await say(socket, { id: 5, name: "any", input: 2 })).toMatchObject({ id: 5 });
    socket.close();
  });

  it("closes on what is no request, and leaves the nodes when no page is there any more", async () => {
    for (const junk of ["", "{", "[]", '{"id":-1,"name":"x"}', '{"id":1,"name":"x","more":1}', "null"]) {
      await server.close();
      server = await startServer({ inspector, folder: join(folder, "page"), lingerMs: 50 });
      origin = new URL(server.url).origin;
      port = Number(new URL(server.url).port);
      const socket = await inside();
      asked = [];
      const closed = new Promise((resolve) => socket.on("close", resolve));
      socket.send(junk);
      expect(await closed).toBe(1008);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(asked.map(({ name }) => name)).toEqual(["node.states", "node.close"]);
    expect(listeners.size).toBe(0);
  });

  it("has one page: the newest takes over", async () => {
    const { folder: path, cookie } = await enter();
    const first = await openSocket(path, { Cookie: cookie, Origin: origin });
    const closed = new Promise((resolve) => first.on("close", resolve));
    const second = await openSocket(path, { Cookie: cookie, Origin: origin });
    expect(await closed).toBe(4000);
    expect(await say(second, { id: 1, name: "any", input: null })).toMatchObject({ id: 1 });
    second.close();
  });
});
