/** The way to a host as the system's ssh would go it: by which jump host, and what logins to pace together. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Match exec may take its time (ms). */
const LIMIT_MS = 20_000;

export interface Way {
  /** As ssh_config and -J write it: the last of them is the next before the host. */
  jump?: string;
  server: string;
  /** Logins with the same word meet the same server first: it is a jump host, or led to by a command. */
  first: string;
  /** ssh_config has it share its connections already: that is left alone. */
  shares: boolean;
}

/**
 * What ssh makes of its words and its configuration for a host (ssh -G). Undefined where it says nothing; what is wrong is
 * told when it is started.
 */
export async function wayOf(words: readonly string[], host: string): Promise<Way | undefined> {
  const said = await run("ssh", ["-G", ...words, "--", host], { cwd: "/", timeout: LIMIT_MS, maxBuffer: 1024 * 1024 })
    .then(({ stdout }) => stdout)
    .catch(() => undefined);
  if (said === undefined) return undefined;
  const value = (keyword: string): string | undefined => {
    const line = said.split("\n").find((one) => one.startsWith(`${keyword} `));
    const text = line?.slice(keyword.length + 1).trim();
    return text === "none" || text === "" ? undefined : text;
  };
  const jump = value("proxyjump");
  const server = `${value("hostname")}:${value("port")}`;
  return {
    ...(jump === undefined ? {} : { jump }),
    server,
    // Of a command only the text is known, which is the same for all that it leads to.
    first: jump ?? value("proxycommand") ?? server,
    shares: value("controlpath") !== undefined,
  };
}
