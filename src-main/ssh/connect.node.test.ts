import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUTHS, HOST_KEYS, LoginWorld, PATHS } from "../../e2e/nodes/login-world.ts";
import { type Sshd, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import type { Channel } from "../transport/transport.ts";
import { connectSsh, type SshConnection } from "./connect.ts";

/** An ssh-agent with keys that open nothing. */
class LoginAgent {
  readonly #socket: string;
  readonly #child: ChildProcess;
  constructor(socket: string) {
    this.#socket = socket;
    this.#child = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  }
  async holds(keys: number): Promise<void> {
    for (let turn = 0; turn < 100 && !existsSync(this.#socket); turn++) await sleep(50);
    for (let at = 0; at < keys; at++) {
      const file = `${this.#socket}.${at}`;
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
      execFileSync("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: this.#socket }, stdio: "ignore" });
    }
  }
  stop(): void {
    this.#child.kill();
  }
}

const output = async (channel: Channel): Promise<string> => {
  channel.stderr.resume();
  channel.stdin.end();
  let text = "";
  for await (const chunk of channel.stdout) text += String(chunk);
  return text;
};

describe.skipIf(whyNoSshd())("logging in to a real OpenSSH server", () => {
  let world: LoginWorld;
  beforeAll(async () => {
    world = await new LoginWorld().start();
  }, 30_000);
  afterAll(() => world.stop());

  it.each(AUTHS)("by %s, as ssh does", async (auth) => {
    const config = world.prepare(auth, "direct", "known");
    expect(world.ssh(config)).toBe("in");
    const told: string[] = [];
    expect(await world.podglass(config, told)).toBe("in");
    for (const secret of world.secrets) expect(told.join("\n")).not.toContain(secret);
  });

  it.each(PATHS)("%s, as ssh does", async (path) => {
    const config = world.prepare("ed25519", path, "known");
    expect(world.ssh(config)).toBe("in");
    expect(await world.podglass(config)).toBe("in");
  });

  it.each(HOST_KEYS)("with a host key that is %s, as ssh does", async (hostKey) => {
    const config = world.prepare("ed25519", "direct", hostKey);
    const wanted = {
      known: "in",
      hashed: "in",
      unknown: "unknown key",
      changed: "changed key",
      revoked: "revoked key",
    };
    expect(world.ssh(config)).toBe(wanted[hostKey]);
    expect(await world.podglass(config)).toBe(wanted[hostKey]);
  });

  it("asks once for a passphrase that serves for every hop and for all that are opened together", async () => {
    const told: string[] = [];
    const config = world.prepare("rsa with passphrase", "two hops", "known");
    expect(await Promise.all([1, 2, 3].map(() => world.podglass(config, told)))).toEqual(["in", "in", "in"]);
    expect(told.filter((line) => line.startsWith("passphrase:"))).toHaveLength(1);
    expect(await world.podglass(config, told)).toBe("in");
    expect(told.filter((line) => line.startsWith("passphrase:"))).toHaveLength(2);
  });

  it("logs in to a jump host once for all who go through it, and again only when the last of them has gone", async () => {
    const configFile = world.prepare("ed25519", "two hops", "known");
    const told: string[] = [];
    const open = (signal?: AbortSignal) => connectSsh("target", { configFile }, world.person(told), signal);
    const logins = (alias: string) => told.filter((line) => line.startsWith(`logging in to ${alias} `)).length;
    const first = new AbortController();
    const impatient = open(first.signal);
    const others = Promise.all(Array.from({ length: 6 }, () => open()));
    // Who began it gives up: the others are not sent away with it.
    first.abort();
    await expect(impatient).rejects.toMatchObject({ kind: "cancelled" });
    const [last, ...rest] = (await others) as [SshConnection, ...SshConnection[]];
    expect([logins("hop1"), logins("hop2")]).toEqual([1, 1]);
    expect(logins("target")).toBe(6);
    for (const connection of rest) connection.close();
    expect(await Promise.all(rest.map(({ closed }) => closed))).toEqual(rest.map(() => null));
    expect(await output(await last.exec("echo still here"))).toBe("still here\n");
    last.close();
    await last.closed;
    const again = await open();
    expect([logins("hop1"), logins("hop2")]).toEqual([2, 2]);
    again.close();
  });

  it("checks the key of a jump host under its own name", async () => {
    const config = world.prepare("ed25519", "two hops", "changed", { broken: 2 });
    const told: string[] = [];
    expect(await world.podglass(config, told)).toBe("changed key");
    expect(told.at(-1)).toContain(`[127.0.0.1]:${world.servers[2]?.port}`);
  });

  it("shows both fingerprints, the file and the line of a changed key, and leaves the file alone", async () => {
    const config = world.prepare("ed25519", "direct", "changed", { strict: "accept-new" });
    const before = readFileSync(world.at("known_hosts"), "utf8");
    const told: string[] = [];
    expect(await world.podglass(config, told)).toBe("changed key");
    expect(told.at(-1)?.match(/SHA256:[\w+/]{43}/g)).toHaveLength(2);
    expect(told.at(-1)).toContain(`${world.at("known_hosts")}:2 `);
    expect(readFileSync(world.at("known_hosts"), "utf8")).toBe(before);
  });

  it("asks about an unknown key once, writes it as ssh writes it, and sends nothing before the answer", async () => {
    const config = world.prepare("ed25519", "direct", "unknown", { strict: "ask" });
    const told: string[] = [];
    expect(await world.podglass(config, told)).toBe("in");
    expect(told.filter((line) => line.includes("SHA256:"))).toHaveLength(1);
    const mine = readFileSync(world.at("known_hosts"), "utf8");
    const accepting = world.prepare("ed25519", "direct", "unknown", { strict: "accept-new" });
    expect(world.ssh(accepting)).toBe("in");
    const theirs = readFileSync(world.at("known_hosts"), "utf8")
      .split("\n")
      .filter((line) => line.includes("ed25519"));
    expect(mine.split("\n").filter((line) => line.includes("ed25519"))).toEqual(theirs);

    world.prepare("ed25519", "direct", "unknown", { strict: "ask" });
    const refusing = connectSsh("target", { configFile: config }, { ...world.person(), hostKey: async () => false });
    await expect(refusing).rejects.toMatchObject({ kind: "hostkey" });
  });

  it("adds a key hashed to a file that has hashed names, readable for its owner alone", async () => {
    const config = world.prepare("ed25519", "one hop", "unknown", { strict: "accept-new" });
    const hashed =
      "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    writeFileSync(world.at("known_hosts"), hashed, { mode: 0o600 }); // no newline at its end either
    expect(await world.podglass(config)).toBe("in");
    const lines = readFileSync(world.at("known_hosts"), "utf8").trim().split("\n");
    expect(lines[0]).toBe(hashed);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^\|1\|/);
    rmSync(world.at("known_hosts"));
    expect(await world.podglass(config)).toBe("in");
    expect(statSync(world.at("known_hosts")).mode & 0o777).toBe(0o600);
    expect(world.ssh(config)).toBe("in");
  });

  it("says which keys were refused and what the server accepts", async () => {
    const [server] = world.servers as [Sshd];
    const options = {
      configFile: "none",
      identityFiles: [world.at("other")],
      userKnownHostsFiles: [server.knownHosts],
    };
    const failing = connectSsh(server.target(), options, world.person([], "wrong"));
    await expect(failing).rejects.toMatchObject({ kind: "login", message: expect.stringContaining(world.at("other")) });
  });

  it("names IdentitiesOnly where an agent's keys were too many for the server", async () => {
    const agent = new LoginAgent(world.at("crowded.sock"));
    const strict = await startSshd({ config: ["MaxAuthTries 2"] });
    try {
      await agent.holds(4);
      const config = world.at("crowded.config");
      writeFileSync(config, `Host *\n  IdentityAgent ${world.at("crowded.sock")}\n`);
      const options = { configFile: config, identityFiles: [], userKnownHostsFiles: [strict.knownHosts] };
      await expect(connectSsh(strict.target(), options, world.person([], ""))).rejects.toMatchObject({
        kind: "login",
        message: expect.stringMatching(/the agent's 4 keys.*IdentitiesOnly yes/),
      });
    } finally {
      agent.stop();
      await strict.stop();
    }
  });

  it("goes through a ProxyCommand, and tells what it said when it fails", async () => {
    const folder = mkdtempSync(join(tmpdir(), "podglass-proxy-"));
    try {
      const config = join(folder, "config");
      const [server] = world.servers as [Sshd];
      const base = `HostName 127.0.0.1\n Port ${server.port}\n IdentityFile ${server.keyFile}\n UserKnownHostsFile ${server.knownHosts}\n User root\n`;
      const relay = `${process.execPath} -e 'const s=require("net").connect(%p,"%h");process.stdin.pipe(s);s.pipe(process.stdout)'`;
      writeFileSync(
        config,
        `Host good\n ${base} ProxyCommand ${relay}\nHost bad\n ${base} ProxyCommand sh -c 'echo no way in >&2; exit 7'\n`,
      );
      const connection = await connectSsh("good", { configFile: config }, world.person());
      expect(await output(await connection.exec("id -un"))).toBe("root\n");
      connection.close();
      expect(await connection.closed).toBeNull();
      await expect(connectSsh("bad", { configFile: config }, world.person())).rejects.toThrow(/status 7.*no way in/s);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(whyNoSshd())("commands over one connection", () => {
  let server: Sshd;
  let narrow: Sshd;
  const open = (to: Sshd): Promise<SshConnection> =>
    connectSsh(
      to.target(),
      {
        configFile: "none",
        identityFiles: [to.keyFile],
        userKnownHostsFiles: [to.knownHosts],
        strictHostKeyChecking: "yes",
      },
      { hostKey: async () => false, prompts: async () => null, progress: () => {} },
    );
  beforeAll(async () => {
    server = await startSshd();
    narrow = await startSshd({ config: ["MaxSessions 1"] });
  }, 30_000);
  afterAll(async () => {
    await server.stop();
    await narrow.stop();
  });

  it("gives stdin, stdout, stderr and the status of each, whole", async () => {
    const connection = await open(server);
    const channel = await connection.exec("cat; echo words >&2; exit 3");
    const big = "x".repeat(3_000_000);
    channel.stdin.end(big);
    const read = async (stream: AsyncIterable<unknown>) => {
      let text = "";
      for await (const chunk of stream) text += String(chunk);
      return text;
    };
    const [out, words] = await Promise.all([read(channel.stdout), read(channel.stderr)]);
    expect(out).toBe(big);
    expect(words).toBe("words\n");
    expect(await channel.exit).toEqual({ code: 3, signal: null });
    const many = await Promise.all(
      Array.from({ length: 25 }, async (_, n) => output(await connection.exec(`echo ${n}`))),
    );
    expect(many).toEqual(many.map((_, n) => `${n}\n`));
    connection.close();
  });

  it("takes turns where the server allows one channel, and says that somebody waits", async () => {
    const connection = await open(narrow);
    let crowded = 0;
    connection.onCrowded(() => {
      crowded += 1;
    });
    const all = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => output(await connection.exec(`sleep 0.05; echo ${n}`))),
    );
    expect(all).toEqual(["0\n", "1\n", "2\n", "3\n", "4\n", "5\n"]);
    expect(connection.capacity).toBe(1);
    expect(crowded).toBeGreaterThan(0);
    const long = await connection.exec("cat");
    const next = connection.exec("echo after");
    long.kill();
    expect(await output(await next)).toBe("after\n");
    connection.close();
  });

  it("takes a question back when the server hangs up while a person thinks", async () => {
    const hasty = await startSshd({ config: ["LoginGraceTime 1"] });
    try {
      let withdrawn = false;
      const login = connectSsh(
        `nobody-at-all@127.0.0.1:${hasty.port}`,
        { configFile: "none", userKnownHostsFiles: [hasty.knownHosts], strictHostKeyChecking: "yes" },
        {
          hostKey: async () => false,
          prompts: (_question, signal) =>
            new Promise((resolve) => {
              signal?.addEventListener("abort", () => {
                withdrawn = true;
                resolve(null);
              });
            }),
          progress: () => {},
        },
      );
      await expect(login).rejects.toThrow(/closed the connection before the login was done/);
      expect(withdrawn).toBe(true);
    } finally {
      await hasty.stop();
    }
  });

  it("settles everything when the server goes away in the middle", async () => {
    const dying = await startSshd();
    const connection = await open(dying);
    const channel = await connection.exec("echo begin; sleep 60");
    const first = await new Promise((resolve) => channel.stdout.once("data", resolve));
    expect(String(first)).toBe("begin\n");
    channel.stdout.resume();
    channel.stderr.resume();
    await dying.stop();
    expect(await channel.exit).toMatchObject({ code: null });
    expect(await connection.closed).toMatchObject({ name: "ConnectionError", kind: "lost" });
    await expect(connection.exec("true")).rejects.toMatchObject({ kind: "lost" });
  });
});
