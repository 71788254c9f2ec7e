/**
 * What a window that was taken over could send: every request by name, with junk and with well-formed input that names
 * real nodes, pods and plans; over the Inspector itself (as IPC hands it on) and over the WebSocket. The node is the
 * demo's server, opened as a real one: every action must be confirmed outside of the window, and the person says no.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ACTIONS } from "../../src-shared/actions.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type RequestName, requests } from "../../src-shared/requests.ts";
import { type Demo, startDemo } from "../demo/demo.ts";
import { Inspector } from "../inspector.ts";
import { startServer } from "./serve.ts";
import type { ShellPowers } from "./shell.ts";

const names = Object.keys(requests) as RequestName[];
const folder = mkdtempSync(join(tmpdir(), "podglass-fuzz-"));
let demo: Demo;
let inspector: Inspector;
let target: string;
let nodeId: string;
const planIds: string[] = [];
let before: Snapshot;
let confirmations = 0;

const shell: ShellPowers = {
  actions: "confirm",
  confirm: async () => {
    confirmations += 1;
    return false;
  },
  saveFile: async () => false,
  openFile: async () => null,
};
const ask = async <T>(name: RequestName, input: unknown): Promise<T> =>
  (await inspector.request(name, input, shell)) as T;
const snapshot = async (): Promise<Snapshot> =>
  (await ask<{ snapshot: Snapshot }>("node.snapshot", { nodeId })).snapshot;

beforeAll(async () => {
  demo = await startDemo({});
  writeFileSync(join(folder, "key"), demo.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "known_hosts"), `[${demo.host}]:${demo.port} ${demo.hostPublicKey}\n`);
  mkdirSync(join(folder, "state"));
  inspector = new Inspector({
    stateDir: join(folder, "state"),
    actions: "confirm",
    source: {
      configFile: "none",
      identityFiles: [join(folder, "key")],
      userKnownHostsFiles: [join(folder, "known_hosts")],
      strictHostKeyChecking: "yes",
    },
  });
  target = `ssh://${demo.user}@${demo.host}:${demo.port}`;
  const read = new Promise<void>((resolve) => {
    const stop = inspector.subscribe((event) => {
      if (event.type !== "snapshot") return;
      stop();
      resolve();
    });
  });
  ({ nodeId } = await ask<{ nodeId: string }>("node.open", { target, options: { everyMs: 0 } }));
  await read;
  before = await snapshot();
  for (const pod of before.pods)
    for (const action of ["pin", "drop"])
      planIds.push(
        ...(await ask<{ planId: string }>("action.plan", { nodeId, podKey: pod.key, action }).then(
          ({ planId }) => [planId],
          () => [],
        )),
      );
}, 30_000);

afterAll(async () => {
  await inspector.close();
  await demo.close();
  rmSync(folder, { recursive: true });
});

const junk = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.constantFrom(
    "",
    "-x",
    "../../etc/passwd",
    "$(reboot)",
    "'; reboot #",
    "\u0000",
    "\u202e\u001b[2J",
    "x".repeat(100_000),
    "__proto__",
    -1,
    1e308,
    Number.NaN,
    null,
  ),
);

/** Well-formed as far as one field goes: real identities among the junk. Targets lead nowhere but to this machine. */
const field = (name: string): fc.Arbitrary<unknown> => {
  const known: Record<string, () => unknown[]> = {
    nodeId: () => [nodeId],
    podKey: () => before.pods.map((pod) => pod.key),
    planId: () => planIds,
    action: () => [...ACTIONS],
    target: () => [target, "127.0.0.1:1", "-oProxyCommand=x", "", "\u0000", "/dev/null", join(folder, "key")],
    options: () => [
      undefined,
      {},
      { acceptRestart: true, pinFirst: true },
      { name: "fuzz", sandbox: "pinned" },
      { readOnly: false, sudo: true },
    ],
    name: () => ["fuzz", "web", "a.svg"],
    kind: () => ["svg", "json", "recording"],
    base64: () => ["AAAA"],
    everyMs: () => [0, 3_600_000],
    atMs: () => [0, 5],
    pods: () => [1],
    rounds: () => [1],
    values: () => [{ theme: "dark" }, { ["__proto__"]: { polluted: 1 } }],
    answers: () => [null, ["yes"]],
    deep: () => [true],
  };
  const values = known[name];
  return values
    ? fc.oneof(
        { arbitrary: fc.constant(0).chain(() => fc.constantFrom(...values())), weight: 9 },
        { arbitrary: junk, weight: 1 },
      )
    : junk;
};

const FIELDS = [
  "nodeId",
  "podKey",
  "planId",
  "action",
  "target",
  "options",
  "name",
  "kind",
  "base64",
  "everyMs",
  "atMs",
  "pods",
  "rounds",
  "values",
  "answers",
  "deep",
  "askId",
  "journalId",
  "redact",
];

/** The fields that the request has, each there or not, and now and then one too many. */
const inputFor = (name: RequestName): fc.Arbitrary<unknown> => {
  const own = FIELDS.filter((key) => key in requests[name].shape);
  const shaped = fc.record(Object.fromEntries(own.map((key) => [key, field(key)])), { requiredKeys: [] });
  return fc.oneof(
    { arbitrary: shaped, weight: 8 },
    { arbitrary: shaped.map((value) => ({ ...value, extra: 1 })), weight: 1 },
    { arbitrary: junk, weight: 1 },
  );
};

/** Closing the node is allowed to a window, and would end the run: it is tried on others. */
const harmless = (name: string, input: unknown): boolean =>
  !(
    ["node.close", "node.cancel", "node.retry"].includes(name) &&
    (input as { nodeId?: unknown } | null)?.nodeId === nodeId
  ) &&
  !(
    name === "node.open" &&
    typeof (input as { target?: unknown } | null)?.target === "string" &&
    ![target, "127.0.0.1:1", "-oProxyCommand=x", "", "\u0000", "/dev/null", join(folder, "key")].includes(
      (input as { target: string }).target,
    )
  );

const nothingActed = async (): Promise<void> => {
  await ask("node.refresh", { nodeId, deep: true });
  const after = await snapshot();
  const essence = ({ pods, namespaces }: Snapshot) => ({
    pods: pods.map(({ key, sandbox, containers }) => [key, sandbox.state, sandbox.pid, containers]),
    pins: namespaces.flatMap(({ pins }) => pins.map(({ path }) => path)),
  });
  expect(essence(after)).toEqual(essence(before));
  const journal = await ask<{ state: string }[]>("journal.list", { nodeId });
  expect(journal).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
};

describe("a window that was taken over", () => {
  it("crashes nothing and changes nothing through requests", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), inputFor(name))),
        async ([name, input]) => {
          fc.pre(harmless(name, input));
          await inspector.request(name, input, shell).then(
            () => undefined,
            (error: unknown) => {
              expect(error).toBeInstanceOf(Error);
              expect((error as Error).message.length).toBeLessThan(4_000);
            },
          );
        },
      ),
      { numRuns: 400 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), junk, async (name, input) => {
        await expect(inspector.request(`x${name}`, input, shell)).rejects.toThrow("no request");
      }),
    );
    await nothingActed();
  }, 120_000);

  it("gets every plan put before a person, who says no", async () => {
    expect(planIds.length).toBeGreaterThan(0);
    const asked = confirmations;
    const answers = await Promise.allSettled(planIds.map((planId) => ask("action.do", { nodeId, planId })));
    expect(answers.every(({ status }) => status === "rejected")).toBe(true);
    expect(confirmations).toBeGreaterThan(asked);
    await expect(ask("lab.up", { nodeId, options: { name: "fuzz", sandbox: "pinned" } })).rejects.toThrow();
    await expect(ask("lab.down", { nodeId, name: "fuzz" })).rejects.toThrow();
    await expect(ask("lab.bench", { nodeId, pods: 1 })).rejects.toThrow();
    await nothingActed();
  });

  it("gets no further through the WebSocket", async () => {
    mkdirSync(join(folder, "page"));
    writeFileSync(join(folder, "page/index.html"), "");
    const server = await startServer({ inspector, folder: join(folder, "page"), lingerMs: 60_000 });
    try {
      const { origin } = new URL(server.url);
      const entered = await fetch(server.url, { redirect: "manual" });
      const cookie = String(entered.headers.get("set-cookie")).split(";")[0] as string;
      const address = `${origin.replace("http", "ws")}${String(entered.headers.get("refresh")).replace("0;url=", "")}socket`;
      const open = () =>
        new Promise<WebSocket>((resolve, reject) => {
          const fresh = new WebSocket(address, { headers: { Cookie: cookie, Origin: origin } });
          fresh.on("open", () => resolve(fresh)).on("error", reject);
        });
      let socket = await open();
      let id = 0;
      /** Sends; waits for the answer or for the server to hang up on junk. */
      const send = (text: string | Buffer) =>
        new Promise<void>((resolve) => {
          const seen = (data: unknown) => String(data).includes('"id":') && done();
          const done = () => {
            socket.off("message", seen).off("close", done);
            resolve();
          };
          socket.on("message", seen).on("close", done);
          socket.send(text);
        });
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), inputFor(name))),
            fc.string(),
            fc.uint8Array({ maxLength: 50 }),
          ),
          async (message) => {
            if (socket.readyState !== socket.OPEN) socket = await open();
            if (typeof message === "string") return send(message);
            if (message instanceof Uint8Array) return send(Buffer.from(message));
            const [name, input] = message;
            fc.pre(harmless(name, input) && name !== "file.save");
            id += 1;
            await send(JSON.stringify({ id, name, input }));
          },
        ),
        { numRuns: 200 },
      );
      socket.terminate();
    } finally {
      await server.close();
    }
    await nothingActed();
  }, 120_000);

  it("leaves no secret in what is kept on disk", () => {
    const key = readFileSync(join(folder, "key"), "utf8").split("\n")[3] as string;
    expect(readFileSync(join(folder, "state/settings.json"), "utf8")).not.toContain(key);
  });
});
