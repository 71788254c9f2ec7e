import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Sshd, type SshdUser, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import type { ApiEvent, Ask } from "../../src-shared/api.ts";
import { Inspector } from "../inspector.ts";
import type { ShellPowers } from "../shells/shell.ts";

const PASSPHRASE = "a passphrase that nobody may see";
const WRONG = "a wrong password that nobody may see";
const shell: ShellPowers = {
  actions: "never",
  confirm: async () => false,
  saveFile: async () => false,
  openFile: async () => null,
};

describe.skipIf(whyNoSshd())("secrets that a person typed", () => {
  let server: Sshd;
  let user: SshdUser;
  let inspector: Inspector;
  const folder = mkdtempSync(join(tmpdir(), "podglass-secrets-"));
  const said: string[] = [];
  const asks: Ask[] = [];

  beforeAll(async () => {
    server = await startSshd({ config: ["AuthenticationMethods publickey,keyboard-interactive"] });
    user = server.addUser({ sudo: "password" });
    const key = join(folder, "id_rsa");
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", PASSPHRASE, "-f", key]);
    chmodSync(key, 0o600);
    appendFileSync(join(server.folder, "authorized_keys"), readFileSync(`${key}.pub`));
    writeFileSync(
      join(folder, "config"),
      `Host *\n IdentityAgent none\n IdentityFile ${key}\n UserKnownHostsFile ${server.knownHosts}\n`,
    );
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((chunk: string | Uint8Array) => said.push(String(chunk)) > 0);
    inspector = new Inspector({
      stateDir: join(folder, "state"),
      actions: "never",
      everyMs: 500,
      source: { configFile: join(folder, "config") },
    });
  }, 30_000);
  afterAll(async () => {
    vi.restoreAllMocks();
    await inspector?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  const ask = async (name: string, input: unknown): Promise<unknown> => {
    const answer = await inspector
      .request(name, input, shell)
      .catch((error: Error) => `${error.stack} ${JSON.stringify(error)}`);
    said.push(JSON.stringify(answer) ?? "");
    return answer;
  };

  /** Answers as a person would, the first password wrong; resolves when the node is live or refused. */
  const open = (answersFor: (question: Ask) => string[] | null): Promise<ApiEvent> =>
    new Promise((resolve) => {
      const stop = inspector.subscribe((event) => {
        said.push(JSON.stringify(event));
        if (event.type === "ask") {
          asks.push(event.ask);
          void ask("ask.answer", { askId: event.ask.askId, answers: answersFor(event.ask) });
        }
        if (event.type !== "node" || !["live", "refused", "stale"].includes(event.state.phase)) return;
        stop();
        resolve(event);
      });
      void ask("node.open", { target: server.target(user.name), options: { sudo: true } });
    });

  it("are in nothing that is told, printed or kept, whether they are right or wrong", async () => {
    let wrong = 0;
    const opened = await open((question) => {
      if (question.kind === "passphrase") return [PASSPHRASE];
      wrong += 1;
      return [wrong === 1 ? WRONG : user.password];
    });
    expect(asks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["passphrase", "keyboard", "sudo"]));
    expect(opened).toMatchObject({ state: { phase: "live" } });
    const nodeId = opened.type === "node" ? opened.state.nodeId : "";
    const listening = inspector.subscribe((event) => said.push(JSON.stringify(event)));
    await ask("record.start", { nodeId });
    await ask("node.refresh", { nodeId, deep: true });
    // What the node itself sees: no command line has them.
    const lines = execFileSync("sh", ["-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true"], {
      encoding: "latin1",
      maxBuffer: 64 << 20,
    });
    await ask("record.stop", { nodeId });
    await ask("node.states", {});
    await ask("node.close", { nodeId });
    asks.length = 0;
    const refused = await open((question) => (question.kind === "passphrase" ? [WRONG] : [WRONG]));
    expect(refused).toMatchObject({ state: { phase: "refused" } });
    listening();

    const kept = readdirSync(join(folder, "state"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    const key = readFileSync(join(folder, "id_rsa"), "utf8").split("\n")[2] as string;
    const everything = [...said, ...kept, lines].join("\n");
    expect(kept.length).toBeGreaterThan(0);
    for (const secret of [PASSPHRASE, WRONG, user.password, key])
      for (const form of [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)])
        expect(everything.includes(form), `${form.slice(0, 12)}… was told, printed or kept`).toBe(false);
  }, 60_000);
});
