/** Test nodes that have less: this machine as a mount namespace in which /usr/bin holds nothing but busybox. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../transport/transport.ts";

export const BUSYBOX = "/usr/bin/busybox";

/** Shell text that leaves busybox alone in the place of every tool; "$0" is the folder, "$1" the command. */
const STRIP = [
  'for d in /usr/local/bin /usr/local/sbin; do [ -d "$d" ] && mount --bind "$0/empty" "$d"; done',
  'mount --bind "$0/sbin" /usr/sbin',
  'mount --bind "$0/bin" /usr/bin',
  'PATH=/usr/bin exec /usr/bin/sh -c "$1"',
].join("; ");

export interface BareNode {
  folder: string;
  /** Run as `unshare --mount sh -c STRIP folder command`. */
  args(command: string): string[];
  connection(): Connection;
  remove(): void;
}

export function bareNode(): BareNode {
  const folder = mkdtempSync(join(tmpdir(), "podglass-bare-"));
  execFileSync("mkdir", ["-p", ...["bin", "sbin", "empty"].map((name) => join(folder, name))]);
  // Bind mounts show it to whoever logs in there, also to ordinary users.
  chmodSync(folder, 0o755);
  if (existsSync("/usr/sbin/sshd")) execFileSync("cp", ["/usr/sbin/sshd", join(folder, "sbin", "sshd")]);
  writeFileSync(join(folder, "bin", "bash"), '#!/usr/bin/busybox sh\nexec /usr/bin/busybox sh "$@"\n', { mode: 0o755 });
  execFileSync("cp", [BUSYBOX, join(folder, "bin", "busybox")]);
  for (const name of execFileSync(BUSYBOX, ["--list"], { encoding: "utf8" }).trim().split("\n")) {
    const link = join(folder, "bin", name);
    if (name !== "busybox" && !existsSync(link)) symlinkSync("busybox", link);
  }
  const args = (command: string) => ["--mount", "/bin/sh", "-c", STRIP, folder, command];
  return {
    folder,
    args,
    connection: () => spawned("unshare", args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** This machine as a node whose awk is GNU's, where that is installed. */
export const GAWK = "/usr/bin/gawk";
export const gawkNode = (): Connection =>
  spawned("unshare", (command) => [
    "--mount",
    "sh",
    "-c",
    `mount --bind ${GAWK} /usr/bin/mawk && exec sh -c "$0"`,
    command,
  ]);

/** A connection whose commands are given to a program: another sh, another view of the machine. */
export function spawned(program: string, args: (command: string) => string[]): Connection {
  return {
    label: program,
    user: "root",
    closed: new Promise(() => {}),
    close: () => {},
    exec: async (command) => {
      const child = spawn(program, args(command), { stdio: ["pipe", "pipe", "pipe"] });
      const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
        child.once("close", (code, signal) => resolve({ code, signal }));
        child.once("error", () => resolve({ code: 127, signal: null }));
      });
      const kill = () => {
        child.stdin.destroy();
        child.kill("SIGHUP");
      };
      return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exit, kill };
    },
  };
}
