import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, type SshdUser, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import { runScript } from "../transport/testing/run-script.ts";
import type { Connection, Interaction } from "../transport/transport.ts";
import { connectSsh } from "./connect.ts";
import { withSudo } from "./sudo.ts";

const script = "#podglass:whoami/1\nid -un; printf '%s|' \"$@\"; cat; echo words >&2\n";

describe.skipIf(whyNoSshd())("sudo on a real server", () => {
  let server: Sshd;
  let asking: SshdUser;
  let free: SshdUser;
  let none: SshdUser;
  const open: Connection[] = [];

  beforeAll(async () => {
    server = await startSshd();
    asking = server.addUser({ sudo: "password" });
    free = server.addUser({ sudo: "nopasswd" });
    none = server.addUser();
  }, 30_000);
  afterAll(() => server.stop());

  const login = async (
    user: SshdUser,
    answers: (string | null)[],
  ): Promise<{ connection: Connection; asked: string[] }> => {
    const asked: string[] = [];
    const person: Interaction = {
      hostKey: async () => false,
      prompts: async (question) => {
        asked.push(`${question.kind}: ${question.detail}`);
        const answer = answers[asked.length - 1] ?? null;
        return answer === null ? null : [answer];
      },
      progress: () => {},
    };
    const options = { configFile: "none", identityFiles: [server.keyFile], userKnownHostsFiles: [server.knownHosts] };
    const ssh = await connectSsh(server.target(user.name), options, person);
    open.push(ssh);
    return { connection: withSudo(ssh, person), asked };
  };
  const whoami = (connection: Connection) =>
    runScript(connection, script, ["a b", "$x"], { sudo: true, input: "the rest\nof stdin" });
  const root = "root\na b|$x|the rest\nof stdin";
  afterAll(() => {
    for (const connection of open) connection.close();
  });

  it("gives the password after sudo asked, once for all commands, and hands the script its own stdin and stderr", async () => {
    const { connection, asked } = await login(asking, [asking.password]);
    const both = await Promise.all([whoami(connection), whoami(connection)]);
    for (const one of [...both, await whoami(connection)]) {
      expect(one.stdout.toString()).toBe(root);
      expect(one.stderr).toBe("words\n");
      expect(one.code).toBe(0);
    }
    expect(asked).toHaveLength(1);
  });

  it("asks again after a wrong password, and does not ask where sudo does not", async () => {
    const twice = await login(asking, ["wrong", asking.password]);
    expect((await whoami(twice.connection)).stdout.toString()).toBe(root);
    expect(twice.asked).toHaveLength(2);
    const never = await login(free, []);
    expect((await whoami(never.connection)).stdout.toString()).toBe(root);
    expect(never.asked).toHaveLength(0);
  });

  it("says why nobody is let through: no rights, no password", async () => {
    const { connection } = await login(none, [none.password]);
    await expect(whoami(connection)).rejects.toThrow(/not in the sudoers file/);
    const given = await login(asking, [null]);
    await expect(whoami(given.connection)).rejects.toThrow(/wants a password and none was given/);
    await expect(whoami(given.connection)).rejects.not.toThrow(asking.password);
  }, 30_000);

  it("leaves what needs no root as it is", async () => {
    const { connection, asked } = await login(asking, []);
    const { stdout } = await runScript(connection, script, []);
    expect(stdout.toString()).toMatch(new RegExp(`^${asking.name}\n`));
    expect(asked).toHaveLength(0);
  });
});
