import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { ApiEvent } from "../../src-shared/api.ts";
import { startServer } from "./serve.ts";
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
let origin: string;
let port: number;

const inspector: Answering = {
  async request(name, input, shell) {
    asked.push({ name, input, shell });
    if (name === "node.states") return [{ nodeId: "n1" }];
    if (name === "bad") throw new Error("That cannot be.");
    if (name === "file.open")
      return shell.openFile().then((path) => (path === null ? null : readFileSync(path, "utf8")));
    return { echo: input };
  },
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  close: async () => {},
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "podglass-serve-"));
  mkdirSync(join(folder, "page/assets"), { recursive: true });
  writeFileSync(join(folder, "secret"), "outside of the page");
  writeFileSync(join(folder, "page/index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(folder, "page/assets/a.js"), "1");
  asked = [];
  listeners = new Set();
  server = await startServer({ inspector, folder: join(folder, "page"), lingerMs: 50 });
  origin = new URL(server.url).origin;
  port = Number(new URL(server.url).port);
});
afterEach(async () => {
  await server.close();
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

/** Spends the token as a browser does. */
async function enter(): Promise<{ folder: string; cookie: string }> {
  const { pathname, search } = new URL(server.url);
  const answer = await get(pathname + search);
  expect(answer.status).toBe(303);
  const set = String(answer.headers["set-cookie"]);
  expect(set).toMatch(/^podglass=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/[0-9a-f]{24}\/$/);
  return { folder: String(answer.headers.location), cookie: set.split(";")[0] as string };
}

const talk = (path: string, headers: Record<string, string>): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}talk`, { headers });
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

describe("the door of podglass serve", () => {
  it("gives nothing without the token, and takes the token once", async () => {
    for (const path of ["/", "/index.html", "/assets/a.js", "/?token=", "/?token=wrong", "/talk"]) {
      const answer = await get(path);
      expect([path, answer.status, answer.body]).toEqual([path, 403, ""]);
    }
    const { folder: inside, cookie } = await enter();
    const { pathname, search } = new URL(server.url);
    expect((await get(pathname + search)).status).toBe(403);
    expect((await get(inside)).status).toBe(403);
    expect((await get(inside, { Cookie: "podglass=guess" })).status).toBe(403);
    expect((await get("/000000000000000000000000/", { Cookie: cookie })).status).toBe(403);
    expect(await get(inside, { Cookie: cookie })).toMatchObject({
      status: 200,
      body: "<!doctype html><title>page</title>",
    });
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
    await expect(talk(inside, { ...with_, Origin: "http://evil.example" })).rejects.toThrow("403");
    await expect(talk(inside, with_)).rejects.toThrow("403");
    await expect(talk(inside, { Origin: origin })).rejects.toThrow("403");
    await expect(talk("/", { ...with_, Origin: origin })).rejects.toThrow("403");
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

describe("the socket of podglass serve", () => {
  const inside = async (): Promise<WebSocket> => {
    const { folder: path, cookie } = await enter();
    return talk(path, { Cookie: cookie, Origin: origin });
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
    const first = await talk(path, { Cookie: cookie, Origin: origin });
    const closed = new Promise((resolve) => first.on("close", resolve));
    const second = await talk(path, { Cookie: cookie, Origin: origin });
    expect(await closed).toBe(4000);
    expect(await say(second, { id: 1, name: "any", input: null })).toMatchObject({ id: 1 });
    second.close();
  });
});
