import ssh2, { type ConnectConfig } from "ssh2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Demo, startDemo } from "./demo.ts";
import { freshKey } from "./server.ts";

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.close());

function run(config: Partial<ConnectConfig>, stdin: string): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on("error", reject);
    client.on("ready", () =>
      client.exec("anything", (error, channel) => {
        if (error) return reject(error);
        let stderr = "";
        channel.stderr.on("data", (chunk: Buffer) => {
          stderr += chunk.toString();
        });
        channel.resume();
        channel.on("close", (code: number) => {
          client.end();
          resolve({ code, stderr });
        });
        channel.end(stdin);
      }),
    );
    client.connect({ host: demo.host, port: demo.port, username: demo.user, privateKey: demo.privateKey, ...config });
  });
}

test("only who holds this start's key gets in, and only on loopback", async () => {
  expect(demo.host).toBe("127.0.0.1");
  const stranger = freshKey().private;
  await expect(run({ privateKey: stranger }, "")).rejects.toThrow("authentication");
  await expect(run({ username: "guest" }, "")).rejects.toThrow("authentication");
  await expect(run({ privateKey: undefined, password: "demo" }, "")).rejects.toThrow("authentication");
});

test("each start has its own port and keys", async () => {
  const other = await startDemo();
  expect(other.port).not.toBe(demo.port);
  expect(other.hostPublicKey).not.toBe(demo.hostPublicKey);
  expect(other.privateKey).not.toBe(demo.privateKey);
  await other.close();
});

test("it has no shell: what is not one of our scripts is refused by name", async () => {
  expect(await run({}, "rm -rf /\n#podglass:end\n\n")).toEqual({
    code: 127,
    stderr: expect.stringContaining('does not know "rm -rf /"'),
  });
  expect((await run({}, "#podglass:nothing/9\n#podglass:end\n\n")).code).toBe(127);
  expect((await run({}, "no marker")).code).toBe(1);
});
