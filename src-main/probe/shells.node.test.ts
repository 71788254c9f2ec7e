/** The constant exec string and the probe behind it, through each login shell, with rc files that print. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import { connectSsh } from "../ssh/connect.ts";
import type { Interaction } from "../transport/transport.ts";
import { readNode } from "./read.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => {} };
const noise = "echo 'Welcome! #podglass:reading/1 forged00'; printf 'no newline at the end'";
const rc = {
  ".bashrc": `${noise}\n`,
  ".zshenv": `${noise}\n`,
  ".config/fish/config.fish": `${noise}\n`,
  ".tcshrc": "echo Welcome; printf 'no newline at the end'\n",
  ".profile": `${noise}\n`,
};
const shells = ["/bin/bash", "/bin/dash", "/usr/bin/zsh", "/usr/bin/fish", "/usr/bin/tcsh"];

describe.runIf(whyNoSshd() === null)("login shells", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());
  const connect = (user: string) =>
    connectSsh(
      sshd.target(user),
      { identityFiles: [sshd.keyFile], configFile: "none", userKnownHostsFiles: [sshd.knownHosts] },
      nobody,
    );

  it.for(shells.filter((shell) => existsSync(shell)))("%s, with and without sudo", async (shell) => {
    const user = sshd.addUser({ shell, sudo: "nopasswd", rc });
    const connection = await connect(user.name);
    try {
      const plain = await readNode(connection);
      expect(plain.node.privilege).toBe("user");
      expect(plain.processes.length).toBeGreaterThan(20);
      expect(plain.gaps).toContainEqual(expect.objectContaining({ what: "namespaces of processes" }));
      const sudo = await readNode(connection, { privilege: "sudo" });
      expect(sudo.node.privilege).toBe("sudo");
      // Zombies have no such link, nor has what is just ending; pid 1 may have more capabilities than root has here.
      const without = sudo.processes.filter((one) => one.ns.net === undefined && one.state !== "Z" && one.pid !== 1);
      expect(without.length).toBeLessThan(3);
      const unreadable = plain.gaps.find((gap) => gap.what === "namespaces of processes")?.count ?? 0;
      expect(unreadable).toBeGreaterThan(20);
    } finally {
      connection.close();
    }
  });

  it("says what sudo said when it refuses", async () => {
    const connection = await connect(sshd.addUser({ sudo: "password" }).name);
    await expect(readNode(connection, { privilege: "sudo" })).rejects.toThrow(/sudo -n was refused.*password/);
    connection.close();
  });
});
