/**
 * A throw-away sshd on a random loopback port, with throw-away keys, for tests and benches that run as root on Linux.
 * Users are made on the machine under random names and removed again.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SshdUser {
  name: string;
  password: string;
}

export interface Sshd {
  port: number;
  /** The sshd process: its children are what a bench accounts to the node. */
  pid: number;
  folder: string;
  /** Private key that root and every user accept, no passphrase. */
  keyFile: string;
  knownHosts: string;
  /** "root@127.0.0.1:port" or another user's. */
  target(user?: string): string;
  /** `sudo`: "none", "nopasswd", or "password" (asks for the user's own). `rc` is written to the shell's start-up file. */
  addUser(options?: { shell?: string; sudo?: "none" | "nopasswd" | "password"; rc?: Record<string, string> }): SshdUser;
  stop(): Promise<void>;
}

/** Why no sshd can be started here, or null: for skips by name. */
export function whyNoSshd(): string | null {
  if (process.platform !== "linux") return "not Linux";
  if (process.getuid?.() !== 0) return "not root";
  return existsSync("/usr/sbin/sshd") ? null : "no /usr/sbin/sshd";
}

export interface SshdOptions {
  /** Extra lines of sshd_config. */
  config?: string[];
  /** What starts sshd in its stead: a program and its arguments, given sshd's own. */
  start?: (sshd: string[]) => string[];
}

/** Throws when sshd does not listen within 10 s, with what it said. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), "podglass-sshd-"));
  // Ordinary users' sessions read authorized_keys too.
  chmodSync(folder, 0o755);
  const at = (name: string) => join(folder, name);
  for (const name of ["host", "id"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "podglass-test", "-f", at(name)]);
  }
  const port = await freePort();
  writeFileSync(at("authorized_keys"), readFileSync(at("id.pub")), { mode: 0o644 });
  writeFileSync(at("known_hosts"), `[127.0.0.1]:${port} ${readFileSync(at("host.pub"), "utf8")}`);
  const config = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `PidFile ${at("sshd.pid")}`,
    `HostKey ${at("host")}`,
    `AuthorizedKeysFile ${at("authorized_keys")}`,
    "StrictModes no",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication yes",
    "UsePAM yes",
    "UseDNS no",
    ...(options.config ?? []),
  ];
  writeFileSync(at("sshd_config"), `${config.join("\n")}\n`);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const sshd = ["/usr/sbin/sshd", "-D", "-e", "-f", at("sshd_config")];
  const [program = "", ...args] = options.start?.(sshd) ?? sshd;
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000);
  });
  const users: string[] = [];
  const stop = async () => {
    await ended(child);
    for (const user of users) removeUser(user);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(port, child);
  } catch (error) {
    await stop();
    throw new Error(`the test sshd did not start: ${words || String(error)}`);
  }
  return {
    port,
    pid: child.pid ?? 0,
    folder,
    keyFile: at("id"),
    knownHosts: at("known_hosts"),
    target: (user = "root") => `${user}@127.0.0.1:${port}`,
    addUser: (options = {}) => {
      const user = addUser(folder, options);
      users.push(user.name);
      return user;
    },
    stop,
  };
}

function addUser(folder: string, options: { shell?: string; sudo?: string; rc?: Record<string, string> }): SshdUser {
  const name = `pg${randomBytes(4).toString("hex")}`;
  const password = randomBytes(9).toString("hex");
  const home = join(folder, "home", name);
  mkdirSync(join(folder, "home"), { recursive: true, mode: 0o755 });
  execFileSync("useradd", ["-m", "-d", home, "-s", options.shell ?? "/bin/bash", name], { stdio: "ignore" });
  execFileSync("chpasswd", { input: `${name}:${password}\n`, stdio: ["pipe", "ignore", "ignore"] });
  for (const [file, text] of Object.entries(options.rc ?? {})) {
    mkdirSync(join(home, file, ".."), { recursive: true });
    writeFileSync(join(home, file), text);
  }
  execFileSync("chown", ["-R", name, home]);
  if (options.sudo === "nopasswd" || options.sudo === "password") {
    const rule = `${name} ALL=(root) ${options.sudo === "nopasswd" ? "NOPASSWD: " : ""}ALL\n`;
    writeFileSync(`/etc/sudoers.d/podglass-${name}`, rule, { mode: 0o440 });
  }
  return { name, password };
}

function removeUser(name: string): void {
  rmSync(`/etc/sudoers.d/podglass-${name}`, { force: true });
  const held = (command: string, args: string[]): string => {
    try {
      return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    } catch {
      return "";
    }
  };
  for (const pid of held("ps", ["-o", "pid=", "-u", name]).split("\n")) {
    try {
      if (pid.trim()) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  held("userdel", ["-rf", name]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (child.exitCode !== null) throw new Error("it ended at once");
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it does not listen");
}

/** Ends the listener and the sessions below it: each session is a child that would outlive it. */
async function ended(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const sessions = childrenOf(pid);
  child.kill("SIGTERM");
  await exited;
  for (const session of sessions) {
    try {
      process.kill(session, "SIGTERM");
    } catch {
      // Already gone.
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
