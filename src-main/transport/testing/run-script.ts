/** For tests: a script of ours from its beginning to its end, with all that it said. */
import { type ScriptOptions, startScript } from "../script.ts";
import { type Connection, ConnectionError } from "../transport.ts";

interface ScriptResult {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

/** `input` follows the script on its stdin. Throws ConnectionError("lost") where the connection went away meanwhile. */
export async function runScript(
  connection: Connection,
  script: string,
  args: readonly string[],
  { input = "", ...options }: ScriptOptions & { input?: string } = {},
): Promise<ScriptResult> {
  const channel = await startScript(connection, script, args, options);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  channel.stdout.on("data", (chunk: Buffer) => out.push(chunk)).on("error", () => {});
  channel.stderr.on("data", (chunk: Buffer) => err.push(chunk)).on("error", () => {});
  channel.stdin.end(input);
  const { code, signal } = await channel.exit;
  if (code === null && signal === null)
    throw new ConnectionError("lost", `the connection to ${connection.label} was lost while a script ran there`);
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") };
}
