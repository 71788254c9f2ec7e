/** A node on which something never answers: a mount whose server is gone, a process whose memory map is locked (stuck.c). */
import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Stuck {
  /** "process": whose command line cannot be read. */
  pid: number;
  /** What stands in the mount namespace in which the folder is dead. */
  server: number;
  stop(): Promise<void>;
}

/** Why none can be made here, or null: for skips by name. */
export function whyNoStuck(): string | null {
  if (process.platform !== "linux") return "not Linux";
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync("/usr/bin/cc") && !existsSync("/usr/bin/gcc")) return "no C compiler";
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return "no /dev/fuse";
  }
}

/** A process that hangs whoever reads its command line. */
export const stuckProcess = (): Promise<Stuck> => start("process", mkdtempSync(join(tmpdir(), "podglass-stuck-")), []);

/** A folder that answers nobody, in a mount namespace of its own: enter it with nsenter -t <server> -m. */
export const stuckFolder = (folder: string): Promise<Stuck> =>
  start("mount", folder, ["unshare", "--mount", "--propagation", "private"]);

async function start(kind: "process" | "mount", folder: string, wrap: string[]): Promise<Stuck> {
  const built = mkdtempSync(join(tmpdir(), "podglass-stuck-"));
  const program = join(built, "stuck");
  execFileSync("gcc", ["-O1", "-pthread", "-o", program, new URL("./stuck.c", import.meta.url).pathname]);
  const [command = program, ...args] = [...wrap, program, folder, kind];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const told = new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  const pid = await Promise.race([told, ended.then(() => "")]);
  if (pid === "") throw new Error("the FUSE server that should stop answering did not start");
  return {
    pid: Number(pid),
    server: child.pid ?? 0,
    stop: async () => {
      child.stdin.end();
      await ended;
      rmSync(built, { recursive: true, force: true });
      if (kind === "process") rmSync(folder, { recursive: true, force: true });
    },
  };
}
