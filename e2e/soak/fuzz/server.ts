/**
 * The doors of `podglass serve`: request lines and upgrades of anybody, and all that the page itself may send, as requests
 * and as bytes below them. The node behind it is the demo's server, opened as a real one: nothing may be done to it.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { WebSocket } from "ws";
import { startDemo } from "../../../src-main/demo/demo.ts";
import { Inspector } from "../../../src-main/inspector.ts";
import { startServer } from "../../../src-main/shells/serve.ts";
import { ACTIONS } from "../../../src-shared/actions.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { type RequestName, requests } from "../../../src-shared/requests.ts";
import { JUNK, pick, random, spoiled } from "./random.ts";

const names = Object.keys(requests) as RequestName[];
/** A socket that is not answered is given up after so many milliseconds. */
const PATIENCE_MS = 2000;

/** Sends bytes and resolves when the other end has had enough of them. */
const throwAt = (port: number, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    socket.on("error", () => resolve()).on("close", () => resolve());
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.resume();
  });

/** One frame as RFC 6455 5.2 has it, masked as a browser's is. */
function webSocketFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.alloc(payload.length < 126 ? 2 : 4);
  head[0] = 0x81;
  head[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at % 4] as number))]);
}

export interface ServedNode {
  /** A request line or the first bytes of a WebSocket, by whoever can reach the port. */
  request(): Promise<void>;
  /** A message of the page, with junk in the place of what it should have. */
  message(): Promise<void>;
  /** Bytes of a WebSocket that was let in, spoiled below its messages. */
  bytes(): Promise<void>;
  /** What was done though nothing may be, or is not answered any more. */
  wrong(): Promise<string[]>;
  close(): Promise<void>;
}

const shell = {
  actions: "never" as const,
  confirm: async () => false,
  saveFile: async () => false,
  openFile: async () => null,
};

export async function serveNode(folder: string): Promise<ServedNode> {
  const demo = await startDemo({});
  const state = join(folder, "state");
  const page = join(folder, "page");
  for (const each of [state, page]) mkdirSync(each);
  writeFileSync(join(folder, "key"), demo.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "known_hosts"), `[${demo.host}]:${demo.port} ${demo.hostPublicKey}\n`);
  writeFileSync(join(page, "index.html"), "");
  const inspector = new Inspector({
    stateDir: state,
    actions: "confirm",
    source: {
      configFile: "none",
      identityFiles: [join(folder, "key")],
      userKnownHostsFiles: [join(folder, "known_hosts")],
      strictHostKeyChecking: "yes",
    },
  });
  const ask = async <T>(name: RequestName, input: unknown): Promise<T> =>
    (await inspector.request(name, input, shell)) as T;
  const target = `ssh://${demo.user}@${demo.host}:${demo.port}`;
  const read = new Promise<void>((resolve) => {
    const stop = inspector.subscribe((event) => {
      if (event.type !== "snapshot") return;
      stop();
      resolve();
    });
  });
  const { nodeId } = await ask<{ nodeId: string }>("node.open", { target, options: { everyMs: 0 } });
  await read;
  const snapshot = async () => (await ask<{ snapshot: Snapshot }>("node.snapshot", { nodeId })).snapshot;
  const essence = ({ pods, namespaces }: Snapshot) =>
    JSON.stringify([
      pods.map(({ key, sandbox, containers }) => [key, sandbox.state, sandbox.pid, containers]),
      namespaces.flatMap(({ pins }) => pins.map(({ path }) => path)),
    ]);
  const first = await snapshot();
  const before = essence(first);

  const server = await startServer({ inspector, folder: page, lingerMs: 3_600_000 });
  const { origin, host, port } = new URL(server.url);
  const entered = await fetch(server.url, { redirect: "manual" });
  const cookie = String(entered.headers.get("set-cookie")).split(";")[0] as string;
  const inside = String(entered.headers.get("refresh")).replace("0;url=", "");
  const upgrade = Buffer.from(
    `GET ${inside}socket HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );

  /** Real names among the junk. Targets lead nowhere but to this server, a closed port and what is no host. */
  const values: Record<string, readonly unknown[]> = {
    nodeId: [nodeId],
    podKey: first.pods.map(({ key }) => key),
    action: [...ACTIONS],
    target: [target, "127.0.0.1:1", "-oProxyCommand=x", "/dev/null", "docker:-x", join(folder, "key")],
    options: [undefined, {}, { acceptRestart: true, pinFirst: true }, { name: "fuzz", sandbox: "pinned" }],
    everyMs: [0, 3_600_000],
    atMs: [0, 5],
    operation: [{ do: "kill", name: "fuzz", member: "c1" }],
    experiment: [{ do: "kill", pid: 1 }],
    values: [{ theme: "dark" }, JSON.parse('{"__proto__":{"polluted":1}}')],
    answers: [null, ["yes"]],
    name: ["fuzz", "a.svg"],
    kind: ["svg", "recording"],
    base64: ["AAAA"],
  };
  const junk = (): unknown => pick([...JUNK, -1, 1e308, null, [], {}, "x".repeat(10_000)]);
  /** Leaving the node is a page's right and would end the run: that is tried with other names. */
  const LEAVES = ["node.close", "node.cancel", "node.retry", "node.every"];
  let id = 0;
  const text = (): string => {
    const name = pick(names);
    const input: Record<string, unknown> = {};
    for (const key of Object.keys(requests[name].shape)) {
      const known = values[key];
      const own = !(key === "nodeId" && LEAVES.includes(name));
      if (random.below(12) > 0) input[key] = known && own && random.below(8) > 0 ? pick(known) : junk();
    }
    if (random.below(20) === 0) input.extra = 1;
    id += 1;
    const file = name === "file.open" && random.below(4) === 0 ? { name: pick(JUNK), base64: "AAAA" } : undefined;
    return JSON.stringify({ id, name, input, file });
  };
  /** Spoiled JSON could name another host than those above. */
  const harmless = (message: string) => message.includes('"node.open"') === false;

  let socket: WebSocket | undefined;
  const open = () =>
    new Promise<WebSocket>((resolve, reject) => {
      const fresh = new WebSocket(`${origin.replace("http", "ws")}${inside}socket`, {
        headers: { Cookie: cookie, Origin: origin },
      });
      fresh.on("open", () => resolve(fresh)).on("error", reject);
    });
  return {
    request() {
      const line = `${pick(["GET", "POST", "HEAD", "OPTIONS"])} ${pick(["/", "//", inside, `${inside}../x`, "/?token=x", "http://x/", "*"])} HTTP/1.1\r\n`;
      const of = `Host: ${pick([host, "evil", ""])}\r\n${pick(["", `Cookie: ${cookie}\r\n`, "Origin: http://evil\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"])}`;
      return throwAt(Number(port), spoiled(Buffer.from(`${line}${of}Connection: close\r\n\r\n\x81\x85abcd`, "latin1")));
    },
    async message() {
      if (socket?.readyState !== WebSocket.OPEN) socket = await open();
      const whole = text();
      const damaged = random.below(5) === 0 && harmless(whole) ? spoiled(Buffer.from(whole)) : whole;
      const page = socket;
      await new Promise<void>((resolve) => {
        const seen = (data: unknown) => String(data).startsWith('{"id":') && done();
        const done = () => {
          clearTimeout(timer);
          page.off("message", seen).off("close", done);
          resolve();
        };
        const timer = setTimeout(done, PATIENCE_MS);
        page.on("message", seen).on("close", done);
        page.send(damaged);
      });
    },
    bytes() {
      const frames = Buffer.concat(
        Array.from({ length: 1 + random.below(3) }, () => {
          const whole = text();
          return webSocketFrame(harmless(whole) ? whole : "{}");
        }),
      );
      return throwAt(Number(port), Buffer.concat([upgrade, spoiled(frames)]));
    },
    async wrong() {
      const found: string[] = [];
      await ask("node.refresh", { nodeId, deep: true });
      if (essence(await snapshot()) !== before) found.push("the node behind the server is not as it was");
      if (existsSync(join(state, "journal.jsonl"))) found.push("the journal knows of an action");
      if (({} as { polluted?: unknown }).polluted !== undefined) found.push("every object has a field of the page's");
      const answer = await fetch(`http://${host}/`).then(
        ({ status }) => status,
        () => 0,
      );
      if (answer !== 403) found.push(`the server answers ${answer} afterwards`);
      const page = await open().catch(() => undefined);
      if (!page) found.push("the page is not let in any more");
      page?.terminate();
      return found;
    },
    async close() {
      socket?.terminate();
      await server.close();
      await inspector.close();
      await demo.close();
    },
  };
}
