/** Servers that take the login and do something else than a shell: what they say is what a person needs. */
import { afterEach, describe, expect, it } from "vitest";
import { type Sshd, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import { connectSsh } from "../ssh/connect.ts";
import type { Connection, Interaction } from "../transport/transport.ts";
import { openLive } from "./live.ts";
import { readNode } from "./read.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

describe.skipIf(whyNoSshd())("a login that is no shell", { timeout: 60_000 }, () => {
  let server: Sshd;
  let connection: Connection;
  const login = async (config: string[], user?: (sshd: Sshd) => string) => {
    server = await startSshd({ config });
    const options = { configFile: "none", identityFiles: [server.keyFile], userKnownHostsFiles: [server.knownHosts] };
    connection = await connectSsh(server.target(user?.(server)), options, nobody);
  };
  afterEach(async () => {
    connection.close();
    await server.stop();
  });

  it("a forced command that names another user, as cloud images have it for root", async () => {
    await login([
      `ForceCommand echo 'Please login as the user "ubuntu" rather than the user "root".';printf '\\033[31m\\n';sleep 1;exit 142`,
    ]);
    const message = expect.stringMatching(
      /did not start the probe \(exit status 142\), but said: “Please login as the user "ubuntu" rather than the user "root"\.”/,
    );
    await expect(readNode(connection)).rejects.toMatchObject({ name: "ReadingError", message });
    const live = await openLive(connection);
    await expect(live.tick()).rejects.toMatchObject({ message });
    live.close();
  });

  it("nologin, and sftp alone", async () => {
    await login([], (sshd) => sshd.addUser({ shell: "/usr/sbin/nologin" }).name);
    await expect(readNode(connection)).rejects.toThrow(/said: “This account is currently not available\.”/);
    connection.close();
    await server.stop();
    await login(["ForceCommand internal-sftp"]);
    await expect(readNode(connection)).rejects.toThrow(/sftp/);
  });

  it("a shell that waits for ever is told from a slow node within 15 s, with what it asked", async () => {
    await login(["ForceCommand echo 'Choose a session [1-3]:'; sleep 40"]);
    const since = performance.now();
    const message = expect.stringMatching(
      /its shell did not start the probe within 15 s, but something said: “Choose a session \[1-3\]:”\. The login shell may wait/,
    );
    await expect(readNode(connection)).rejects.toMatchObject({ message });
    expect(performance.now() - since).toBeLessThan(17_000);
    const live = await openLive(connection);
    await expect(live.tick()).rejects.toMatchObject({ message });
    live.close();
  });

  it("a banner of start-up files before a shell that works is no hindrance", async () => {
    await login(['ForceCommand echo Welcome; sh -c "$SSH_ORIGINAL_COMMAND"']);
    expect((await readNode(connection)).processes.length).toBeGreaterThan(10);
  });
});
