/** A node that somebody else made and names, for what cannot be tried on this machine: another kernel, its clock, systemd. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOnNode } from "../../src-main/actions/remote.ts";
import { connectSsh } from "../../src-main/ssh/connect.ts";
import type { Connection } from "../../src-main/transport/transport.ts";

export interface Elsewhere {
  root: Connection;
  /** An ordinary user of that node. */
  user: Connection;
  userName: string;
  close(): void;
}

/**
 * Logs in to the node that PODGLASS_SOAK_NODE names as root (`root@127.0.0.1:2223`), and as the ordinary user
 * PODGLASS_SOAK_USER (default inspector), both by the key file PODGLASS_SOAK_KEY. Undefined where no node is named.
 * Whatever host key it has is believed: it is a node for trying out.
 */
export async function elsewhere(): Promise<Elsewhere | undefined> {
  const {
    PODGLASS_SOAK_NODE: target,
    PODGLASS_SOAK_KEY: key,
    PODGLASS_SOAK_USER: userName = "inspector",
  } = process.env;
  if (target === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "podglass-elsewhere-"));
  const login = (as: string) =>
    connectSsh(
      as,
      {
        configFile: "none",
        identityFiles: key === undefined ? [] : [key],
        userKnownHostsFiles: [join(folder, "known_hosts")],
      },
      { hostKey: async () => true, prompts: async () => null, progress: () => {} },
    );
  const root = await login(target);
  const user = await login(`${userName}@${target.replace(/^.*@/, "")}`);
  const close = () => {
    root.close();
    user.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { root, user, userName, close };
}

/** Runs a script there and gives its words. Throws with what its shell said when it failed. */
export async function said(connection: Connection, script: string, ...args: string[]): Promise<string> {
  const { code, lines, stderr } = await runOnNode(connection, `#podglass:try/1\nset -eu\n${script}\n`, args, {
    silenceMs: 120_000,
  });
  const text = lines.map(({ word, name, rest }) => [word, name, rest].join(" ").trimEnd()).join("\n");
  if (code !== 0) throw new Error(`${connection.label}: status ${code}: ${stderr.trim()} ${text}`);
  return text;
}
