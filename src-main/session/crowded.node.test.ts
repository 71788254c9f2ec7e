import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import { sourceOf } from "../targets/targets.ts";
import { runScript } from "../transport/testing/run-script.ts";
import type { Interaction } from "../transport/transport.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

describe.skipIf(whyNoSshd())("a server that allows one command at a time", () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd({ config: ["MaxSessions 1"] });
  });
  afterAll(() => server.stop());

  it("is read live, and lets other commands in between", async () => {
    const options = { configFile: "none", identityFiles: [server.keyFile], userKnownHostsFiles: [server.knownHosts] };
    const source = await sourceOf(server.target(), options);
    const opened = await source.open(nobody, new AbortController().signal);
    try {
      const first = await opened.read({});
      expect((await opened.read({})).node.bootId).toBe(first.node.bootId);
      const connection = opened.connection;
      if (!connection) throw new Error("no connection");
      for (let round = 0; round < 3; round++) {
        const said = runScript(connection, "#podglass:hello/1\necho hello\n", []);
        const read = opened.read({});
        expect((await said).stdout.toString()).toBe("hello\n");
        expect((await read).processes.length).toBeGreaterThan(0);
      }
    } finally {
      opened.close();
    }
    expect(await opened.closed).toBeNull();
  }, 60_000);
});
