/** The way to the demo node: over SSH like to any other, with the host key and login key of this very start. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectSsh } from "../ssh/connect.ts";
import { passingFolder } from "../storage/passing-folder.ts";
import { type Connection, ConnectionError, type Interaction } from "../transport/transport.ts";
import { type Demo, startDemo } from "./demo.ts";

export interface OpenDemo {
  connection: Connection;
  demo: Demo;
  close(): void;
}

/** `scene` is an id of scenes/, empty for the default one. Throws ConnectionError("config") where there is none such. */
export async function openDemo(scene: string, interaction: Interaction, signal: AbortSignal): Promise<OpenDemo> {
  const demo = await startDemo(scene === "" ? {} : { scene }).catch((error: unknown) => {
    throw new ConnectionError("config", error instanceof Error ? error.message : String(error));
  });
  // Keys reach the ssh room as files, as anybody's do; these are good for this start only and gone once it is logged in.
  const folder = await passingFolder("podglass-demo-");
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
