/** The way to the demo node: over SSH like to any other, with the host key and login key of this very start. */
import { lstat, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectSsh } from "../ssh/connect.ts";
import { type Connection, ConnectionError, type Interaction } from "../transport/transport.ts";
import { type Demo, startDemo } from "./demo.ts";

export interface OpenDemo {
  connection: Connection;
  demo: Demo;
  close(): void;
}

const PREFIX = "podglass-demo-";

/** A start that was killed while it logged in could not take its folder away: those of ours whose process is gone go now. */
export async function sweepLeft(within: string): Promise<void> {
  for (const name of await readdir(within).catch(() => [])) {
    const pid = Number(/^podglass-demo-([1-9]\d{0,9})-/.exec(name)?.[1]);
    if (!pid || runs(pid)) continue;
    const path = join(within, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() && found.uid === process.getuid?.())
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Only ESRCH says that there is no such process (kill(2)); what is another's lives. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** `scene` is an id of scenes/, empty for the default one. Throws ConnectionError("config") where there is none such. */
export async function openDemo(scene: string, interaction: Interaction, signal: AbortSignal): Promise<OpenDemo> {
  const demo = await startDemo(scene === "" ? {} : { scene }).catch((error: unknown) => {
    throw new ConnectionError("config", error instanceof Error ? error.message : String(error));
  });
  // Keys reach the ssh room as files, as anybody's do; these are good for this start only and gone once it is logged in.
  await sweepLeft(tmpdir());
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    const [key, known, config] = ["key", "known_hosts", "config"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(key, demo.privateKey, { mode: 0o600 });
    await writeFile(known, `[${demo.host}]:${demo.port} ${demo.hostPublicKey}\n`);
    await writeFile(config, "Host *\n  IdentityAgent none\n  IdentitiesOnly yes\n");
    const connection = await connectSsh(
      `ssh://${demo.user}@${demo.host}:${demo.port}`,
      { configFile: config, identityFiles: [key], userKnownHostsFiles: [known], strictHostKeyChecking: "yes" },
      interaction,
      signal,
    );
    return {
      connection,
      demo,
      close() {
        connection.close();
        void demo.close();
      },
    };
  } catch (error) {
    await demo.close();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
