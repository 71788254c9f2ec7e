import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Interaction } from "../transport/transport.ts";
import { connectSsh } from "./connect.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => {} };
const folder = mkdtempSync(join(tmpdir(), "podglass-failures-"));
const servers: Server[] = [];
const sockets = new Set<Socket>();

/** A server on loopback that does this with each connection; gives its port. */
const serving = (greet: (socket: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      greet(socket);
    });
    servers.push(server);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
const login = (port: number, signal?: AbortSignal) =>
  connectSsh(
    `me@127.0.0.1:${port}`,
    { configFile: "none", userKnownHostsFiles: [join(folder, "known_hosts")] },
    nobody,
    signal,
  );

describe("a server that is none, or goes away", () => {
  beforeAll(() => writeFileSync(join(folder, "known_hosts"), ""));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  it("refuses the connection", async () => {
    const port = await serving(() => {});
    await new Promise((done) => servers.pop()?.close(done));
    await expect(login(port)).rejects.toMatchObject({
      kind: "unreachable",
      message: `127.0.0.1:${port} refused the connection. Is sshd running there, and is that its port?`,
    });
  });

  it("hangs up at once, or in the middle of the handshake", async () => {
    await expect(login(await serving((socket) => socket.destroy()))).rejects.toMatchObject({ kind: "unreachable" });
    await expect(login(await serving((socket) => socket.end("SSH-2.0-Early_1\r\n")))).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("closed the connection before the login was done"),
    });
  });

  it("speaks something else, or too much", async () => {
    const web = await serving((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const flood = await serving((socket) => {
      socket.write("SSH-2.0-Flood_1\r\n");
      socket.write(Buffer.alloc(1_000_000, 0x41));
    });
    for (const port of [web, flood]) {
      const given = AbortSignal.timeout(3_000);
      await expect(login(port, given)).rejects.toMatchObject({ name: "ConnectionError" });
    }
  });

  it("says nothing, and is given up at a word", async () => {
    const stop = new AbortController();
    const waiting = login(await serving(() => {}), stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ kind: "cancelled" });
    const already = AbortSignal.abort();
    await expect(login(1, already)).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("has no known_hosts that can be read", async () => {
    const port = await serving((socket) => socket.write("SSH-2.0-x\r\n"));
    const options = { configFile: "none", userKnownHostsFiles: [folder] };
    await expect(connectSsh(`me@127.0.0.1:${port}`, options, nobody)).rejects.toMatchObject({
      kind: "hostkey",
      message: expect.stringContaining("so host keys cannot be checked"),
    });
  });
});
