/** `--via` over what people use: a plain shell, ssh as a command, nsenter into a process. */
import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Interaction } from "../transport/transport.ts";
import { sourceOf } from "./targets.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => undefined };

/** Two readings, one of them deep. */
async function look(via: string, options: { sudo?: boolean; answers?: string[] } = {}): Promise<Snapshot> {
  const source = await sourceOf("a-label", { via, sudo: options.sudo ?? false });
  expect(source).toMatchObject({ target: "a-label", label: "a-label", kind: "program", live: true });
  const interaction = { ...nobody, prompts: async () => options.answers ?? null };
  const opened = await source.open(interaction, new AbortController().signal);
  try {
    await opened.read({});
    return await opened.read({ deep: true });
  } finally {
    opened.close();
  }
}

describe.skipIf(whyNoSshd() !== null)("--via", { timeout: 120_000 }, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server?.stop());
  const ssh = (user: string): string =>
    `ssh -T -F none -i "${server.keyFile}" -o UserKnownHostsFile=${server.knownHosts} -o 'StrictHostKeyChecking yes' -p ${server.port} ${user}@127.0.0.1`;

  it("a shell here, and ssh with a shell there and with the login's own", async () => {
    for (const via of ["sh", `${ssh("root")} sh`, ssh("root")]) {
      const { node, processes } = await look(via);
      expect(node.privilege).toBe("root");
      expect(processes.some(({ pid }) => pid === process.pid)).toBe(true);
    }
  });

  it("sudo behind it, with and without a password", async () => {
    const free = server.addUser({ sudo: "nopasswd" });
    expect((await look(`${ssh(free.name)} sh`)).node.privilege).toBe("user");
    expect((await look(`${ssh(free.name)} sh`, { sudo: true })).node.privilege).toBe("sudo");
    const asked = server.addUser({ sudo: "password" });
    expect((await look(`${ssh(asked.name)} sh`, { sudo: true, answers: [asked.password] })).node.privilege).toBe(
      "sudo",
    );
  });

  it("nsenter into another's namespaces", async () => {
    const child = spawn("unshare", ["-fpm", "--mount-proc", "--kill-child", "sleep", "1000000"], { stdio: "ignore" });
    try {
      await expect.poll(async () => (await look(`nsenter -t ${child.pid} -m sh`)).processes.length).toBeGreaterThan(0);
      const inside = spawn("sh", ["-c", `cat /proc/${child.pid}/task/${child.pid}/children`]);
      const pid = await new Promise<string>((resolve) =>
        inside.stdout.on("data", (data) => resolve(String(data).trim())),
      );
      const { processes } = await look(`nsenter -t ${pid} -m -p sh`);
      expect(processes.find((one) => one.pid === 1)?.comm).toBe("sleep");
      expect(processes.length).toBeLessThan(10);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("says what ssh says where it does not get through", async () => {
    await expect(look(`ssh -T -F none -o BatchMode=yes -p ${server.port} root@127.0.0.1 sh`)).rejects.toThrow(
      /^ssh did not lead to a shell on a-label: (Host key verification failed|.*Permission denied)/,
    );
    await expect(look("ssh -T -p 1 127.0.0.1 sh")).rejects.toMatchObject({ kind: "unreachable" });
    await expect(look("ssh | sh")).rejects.toMatchObject({ kind: "config" });
  });
});
