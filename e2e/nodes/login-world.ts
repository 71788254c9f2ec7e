/**
 * Three throw-away ssh servers in a row, a user with a password on them, and every kind of key: what a login can need.
 * `ssh` and Podglass are given the same ssh_config, so that what they do can be compared.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectSsh, type SshConnection } from "../../src-main/ssh/connect.ts";
import { ConnectionError, type Interaction } from "../../src-main/transport/transport.ts";
import { type Sshd, startSshd } from "./sshd.ts";

export const AUTHS = ["agent", "ed25519", "rsa with passphrase", "password", "keyboard-interactive"] as const;
export const PATHS = ["direct", "one hop", "two hops"] as const;
export const HOST_KEYS = ["known", "unknown", "changed", "revoked", "hashed"] as const;
export type Auth = (typeof AUTHS)[number];
export type Path = (typeof PATHS)[number];
export type HostKey = (typeof HOST_KEYS)[number];

/** What became of a login, in the words that both clients can be held to. */
export type Result = "in" | "unknown key" | "changed key" | "revoked key" | "not let in" | string;

const PASSPHRASE = "correct horse passphrase";

export class LoginWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "podglass-login-"));
  readonly servers: Sshd[] = [];
  user = "";
  password = "";
  #agent: ChildProcess | undefined;

  readonly at = (name: string): string => join(this.folder, name);

  async start(): Promise<this> {
    try {
      for (const name of ["ed25519", "agent"]) this.#keygen(["-t", "ed25519", "-N", "", "-f", this.at(name)]);
      this.#keygen(["-t", "rsa", "-b", "2048", "-N", PASSPHRASE, "-f", this.at("rsa")]);
      this.#keygen(["-t", "ed25519", "-N", "", "-f", this.at("other")]);
      this.servers.push(await startSshd());
      const account = (this.servers[0] as Sshd).addUser();
      this.user = account.name;
      this.password = account.password;
      for (let index = 1; index < 3; index++) this.servers.push(await startSshd());
      for (const server of this.servers)
        for (const name of ["ed25519", "rsa", "agent"])
          appendFileSync(join(server.folder, "authorized_keys"), readFileSync(this.at(`${name}.pub`)));
      this.#agent = spawn("ssh-agent", ["-D", "-a", this.at("agent.sock")], { stdio: "ignore" });
      for (let turn = 0; turn < 100; turn++) {
        const added = spawnSync("ssh-add", ["-q", this.at("agent")], { env: this.#env(), stdio: "ignore" });
        if (added.status === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // What a person would type, given to ssh without a terminal; the host key question too.
      const askpass = `#!/bin/sh\ncase $1 in *passphrase*) echo '${PASSPHRASE}' ;; *) echo '${this.password}' ;; esac\n`;
      writeFileSync(this.at("askpass"), askpass, { mode: 0o700 });
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#agent?.kill();
    for (const server of [...this.servers].reverse()) await server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** ssh_config and known_hosts for one cell; gives the config's path. `broken` says which server's key is not as it should be. */
  prepare(auth: Auth, path: Path, hostKey: HostKey, options: { strict?: string; broken?: number } = {}): string {
    const { strict = "yes", broken = 0 } = options;
    const known = this.servers.map((server, index) => {
      const state = index === broken ? hostKey : "known";
      const name = `[127.0.0.1]:${server.port}`;
      const key = (file: string) => readFileSync(file, "utf8").split(" ").slice(0, 2).join(" ");
      const right = key(join(server.folder, "host.pub"));
      if (state === "unknown") return "";
      if (state === "changed") return `# an older key\n${name} ${key(this.at("other.pub"))}\n`;
      if (state === "revoked") return `${name} ${right}\n@revoked * ${right}\n`;
      return `${name} ${right}\n`;
    });
    writeFileSync(this.at("known_hosts"), known.join(""), { mode: 0o600 });
    if (hostKey === "hashed")
      execFileSync("ssh-keygen", ["-q", "-H", "-f", this.at("known_hosts")], { stdio: "ignore" });
    rmSync(this.at("known_hosts.old"), { force: true });

    const method =
      { agent: "publickey", ed25519: "publickey", "rsa with passphrase": "publickey" }[auth as string] ?? auth;
    const key = { ed25519: "ed25519", "rsa with passphrase": "rsa" }[auth as string];
    const jumps = { direct: "", "one hop": "hop1", "two hops": "hop1,hop2" }[path];
    const host = (name: string, server: Sshd) => `Host ${name}\n  HostName 127.0.0.1\n  Port ${server.port}\n`;
    const [target, hop1, hop2] = this.servers as [Sshd, Sshd, Sshd];
    const lines = [
      host("target", target) + (jumps ? `  ProxyJump ${jumps}\n` : ""),
      host("hop1", hop1),
      host("hop2", hop2),
      "Host *",
      `  User ${this.user}`,
      `  UserKnownHostsFile ${this.at("known_hosts")}`,
      "  GlobalKnownHostsFile /dev/null",
      `  StrictHostKeyChecking ${strict}`,
      `  PreferredAuthentications ${method}`,
      "  NumberOfPasswordPrompts 1",
      auth === "agent" ? `  IdentityAgent ${this.at("agent.sock")}` : "  IdentityAgent none",
      `  IdentityFile ${key ? this.at(key) : "none"}`,
    ];
    writeFileSync(this.at("config"), `${lines.join("\n")}\n`);
    return this.at("config");
  }

  /** What ssh itself gives. */
  ssh(config: string): Result {
    const { status, stderr } = spawnSync("ssh", ["-F", config, "target", "true"], {
      env: { ...this.#env(), DISPLAY: "none:0", SSH_ASKPASS: this.at("askpass"), SSH_ASKPASS_REQUIRE: "force" },
      encoding: "utf8",
      timeout: 30_000,
    });
    if (status === 0) return "in";
    if (/REVOKED HOST KEY/i.test(stderr)) return "revoked key";
    if (/HOST IDENTIFICATION HAS CHANGED/.test(stderr)) return "changed key";
    if (/host key is known for|Host key verification failed/.test(stderr)) return "unknown key";
    if (/Permission denied/.test(stderr)) return "not let in";
    return `ssh: ${stderr.trim()}`;
  }

  /** What Podglass gives; every question is answered as the person would. */
  async podglass(config: string, told: string[] = []): Promise<Result> {
    let connection: SshConnection | undefined;
    try {
      connection = await connectSsh("target", { configFile: config }, this.person(told));
      const channel = await connection.exec("echo podglass-was-here");
      channel.stderr.resume();
      channel.stdin.end();
      let said = "";
      for await (const chunk of channel.stdout) said += String(chunk);
      return said === "podglass-was-here\n" ? "in" : `it said ${JSON.stringify(said)}`;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      told.push(error.message);
      if (error.kind === "login") return "not let in";
      if (error.kind !== "hostkey") return `podglass: ${error.message}`;
      if (/@revoked/.test(error.message)) return "revoked key";
      return /has changed/.test(error.message) ? "changed key" : "unknown key";
    } finally {
      connection?.close();
    }
  }

  person(told: string[] = [], password = this.password): Interaction {
    return {
      hostKey: async (question) => {
        told.push(`${question.host} ${question.keyType} ${question.fingerprint} ${question.detail}`);
        return true;
      },
      prompts: async (question) => {
        told.push(`${question.kind}: ${question.prompts.map((prompt) => prompt.text).join(" ")}`);
        return question.prompts.map(() => (question.kind === "passphrase" ? PASSPHRASE : password));
      },
      progress: (text) => told.push(text),
    };
  }

  /** Everything that must never be seen in a message. */
  get secrets(): string[] {
    return [this.password, PASSPHRASE, readFileSync(this.at("ed25519"), "utf8").split("\n")[3] ?? ""].filter(Boolean);
  }

  #env(): NodeJS.ProcessEnv {
    return { ...process.env, SSH_AUTH_SOCK: this.at("agent.sock") };
  }

  #keygen(args: string[]): void {
    execFileSync("ssh-keygen", ["-q", "-C", "podglass-test", ...args]);
    const file = args.at(-1) as string;
    chmodSync(file, 0o600);
  }
}
