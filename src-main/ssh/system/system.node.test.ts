/** The system's ssh as a login of ours, against a live sshd: what only it can do, what it asks, what it refuses. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entry } from "../../../e2e/cli/run.ts";
import { buildSecurityKey } from "../../../e2e/nodes/security-key.ts";
import { type Sshd, startSshd, whyNoSshd } from "../../../e2e/nodes/sshd.ts";
import { sourceOf } from "../../targets/targets.ts";
import type { SourceOptions } from "../../targets/way.ts";
import type { Interaction } from "../../transport/transport.ts";

const keygen = (...args: string[]): string => execFileSync("ssh-keygen", ["-q", ...args], { encoding: "utf8" });

describe.skipIf(whyNoSshd() !== null)("a login by the system's ssh", { timeout: 120_000 }, () => {
  let server: Sshd;
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const asked: { kind: string; detail: string }[] = [];
  let answers: (kind: string) => string[] | null;
  const interaction: Interaction = {
    hostKey: async ({ host, keyType, fingerprint }) => {
      asked.push({ kind: "hostkey", detail: `${host} ${keyType} ${fingerprint}` });
      return answers("hostkey") !== null;
    },
    prompts: async ({ kind, detail }) => {
      asked.push({ kind, detail });
      return answers(kind);
    },
    progress: (text) => said.push(text),
  };
  const said: string[] = [];

  /** A config of one alias `node`, and more lines for it. */
  function configure(...lines: string[]): void {
    const known = lines.some((line) => /^(UserKnownHostsFile|KnownHostsCommand)/.test(line));
    writeFileSync(
      at("config"),
      [
        "Host node",
        "HostName 127.0.0.1",
        `Port ${server.port}`,
        "User root",
        "IdentitiesOnly yes",
        "IdentityAgent none",
        ...(known ? [] : [`UserKnownHostsFile ${server.knownHosts}`]),
        ...lines,
        "",
      ].join("\n"),
    );
  }
  async function look(target = "openssh:node", options: SourceOptions = {}) {
    asked.length = 0;
    const source = await sourceOf(target, { configFile: at("config"), ...options });
    const opened = await source.open(interaction, new AbortController().signal);
    try {
      await opened.read({});
      return { source, snapshot: await opened.read({ deep: true }) };
    } finally {
      opened.close();
      await opened.closed;
    }
  }
  const message = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "it went through",
      (error: Error & { kind?: string }) => `${error.kind}: ${error.message}`,
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "podglass-system-"));
    keygen("-t", "ed25519", "-N", "", "-f", at("authority"));
    keygen("-t", "ed25519", "-N", "", "-f", at("person"));
    keygen("-s", at("authority"), "-I", "person", "-n", "root", "-V", "+1h", at("person.pub"));
    server = await startSshd({
      // Five logins are made at a time, each with one to the jump host at first; more would be dropped.
      config: ["MaxStartups 6", `TrustedUserCAKeys ${at("authority.pub")}`, `HostCertificate ${at("host-cert.pub")}`],
      start: (sshd) => {
        const own = sshd.at(-1)?.replace("sshd_config", "host.pub") as string;
        writeFileSync(at("host.pub"), readFileSync(own));
        keygen("-s", at("authority"), "-I", "host", "-h", "-n", "127.0.0.1,node", "-V", "+1h", at("host.pub"));
        return sshd;
      },
    });
    answers = () => null;
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("reads a node by a plain key, live and deep, and leaves no process and no file behind", async () => {
    const before = new Set(readdirSync(tmpdir()).filter((name) => name.startsWith("pg-")));
    configure(`IdentityFile ${server.keyFile}`);
    for (const [target, options] of [
      ["openssh:node", {}],
      ["node", { ssh: "system" }],
    ] as const) {
      const { source, snapshot } = await look(target, options);
      expect([source.kind, source.label, snapshot.node.privilege]).toEqual(["ssh", target, "root"]);
    }
    expect(asked).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("pg-") && !before.has(name))).toEqual([]);
    await expect.poll(() => spawnSync("pgrep", ["-f", at("config")], { encoding: "utf8" }).stdout).toBe("");
  });

  it("logs in with a user certificate, and trusts a host by its authority; the built-in client does neither, and auto knows", async () => {
    writeFileSync(at("authorities"), `@cert-authority * ${readFileSync(at("authority.pub"), "utf8")}`);
    configure(
      `IdentityFile ${at("person")}`,
      `CertificateFile ${at("person-cert.pub")}`,
      `UserKnownHostsFile ${at("authorities")}`,
      "StrictHostKeyChecking yes",
    );
    for (const options of [{ ssh: "system" }, { ssh: "auto" }, {}] as const) {
      const { source } = await look("node", options);
      if (!("ssh" in options))
        expect(source.note).toMatch(/the system's ssh does the login, because .*CertificateFile/);
    }
    expect(asked).toEqual([]);
    expect(await message(look("node", { ssh: "builtin" }))).toMatch(/^hostkey: /);
    // A certificate of nobody that the node trusts is refused in ssh's words.
    keygen("-t", "ed25519", "-N", "", "-f", at("stranger"));
    configure(`IdentityFile ${at("stranger")}`, `UserKnownHostsFile ${at("authorities")}`);
    expect(await message(look("openssh:node", { batch: true }))).toMatch(
      /^login: ssh did not get through to node: root@127.0.0.1: Permission denied/,
    );
    expect(asked).toEqual([]);
  });

  it("asks a passphrase through the app, and is not asked again by who gives up", async () => {
    keygen("-t", "ed25519", "-N", "a pass\\phrase 'é'", "-f", at("locked"));
    keygen("-s", at("authority"), "-I", "locked", "-n", "root", "-V", "+1h", at("locked.pub"));
    configure(`IdentityFile ${at("locked")}`);
    answers = () => ["a pass\\phrase 'é'"];
    await Promise.all([look(), look(), look()]);
    expect(asked).toMatchObject([{ kind: "passphrase", detail: expect.stringContaining(at("locked")) }]);
    let tries = 0;
    answers = () => (tries++ < 2 ? ["wrong"] : null);
    expect(await message(look())).toMatch(/^login: .*it asked “Enter passphrase for key .*” and got no answer/);
    expect(asked).toHaveLength(3);
  });

  it("logs in with a FIDO key, whose PIN is asked and whose touch is said; auto knows the key", async () => {
    const provider = buildSecurityKey(folder);
    keygen("-t", "ed25519-sk", "-w", provider, "-O", "verify-required", "-N", "", "-f", at("fido"));
    appendFileSync(join(server.folder, "authorized_keys"), readFileSync(at("fido.pub")));
    configure(`IdentityFile ${at("fido")}`);
    expect((await sourceOf("node", { configFile: at("config") })).note).toBe(
      `node: the system's ssh does the login, because ssh_config has the key ${at("fido")} (sk-).`,
    );
    configure(`IdentityFile ${at("fido")}`, `SecurityKeyProvider ${provider}`);
    answers = () => ["1234"];
    said.length = 0;
    expect((await look("node")).snapshot.node.privilege).toBe("root");
    expect(asked).toMatchObject([
      { kind: "passphrase", detail: expect.stringMatching(/^Enter PIN for ED25519-SK key /) },
    ]);
    expect(said).toContainEqual(expect.stringMatching(/^Confirm user presence for key ED25519-SK SHA256:/));
    // A refused password takes sshd seconds.
    configure(`IdentityFile ${at("fido")}`, "PreferredAuthentications publickey");
    expect(await message(look("node", { ssh: "builtin" }))).toMatch(/^login: .*is not a key that can be read/);
  });

  it("asks a password, and sudo's behind it", async () => {
    const user = server.addUser({ sudo: "password" });
    configure("PubkeyAuthentication no");
    answers = () => [user.password];
    const { snapshot } = await look(`openssh:${user.name}@node`, { sudo: true });
    expect(snapshot.node.privilege).toBe("sudo");
    expect(asked.map(({ kind }) => kind)).toEqual(["password", "sudo"]);
  });

  it("puts an unknown host key before the person, and takes no for a no; a changed one is refused as ssh refuses it", async () => {
    writeFileSync(at("empty"), "");
    configure(`IdentityFile ${server.keyFile}`, `UserKnownHostsFile ${at("empty")}`, "HostKeyAlgorithms ssh-ed25519");
    answers = () => null;
    expect(await message(look())).toMatch(/^hostkey: .*Host key verification failed/);
    const print = execFileSync("ssh-keygen", ["-lf", at("host.pub")], { encoding: "utf8" }).split(" ")[1];
    expect(asked).toMatchObject([{ kind: "hostkey", detail: expect.stringContaining(`ED25519 ${print}`) }]);
    expect(await message(look("openssh:node", { strictHostKeyChecking: "yes" }))).toMatch(/^hostkey: /);
    expect(asked).toEqual([]);
    answers = () => [""];
    await look();
    expect(readFileSync(at("empty"), "utf8")).toContain("ssh-ed25519");
    keygen("-t", "ed25519", "-N", "", "-f", at("other"));
    writeFileSync(at("changed"), `[127.0.0.1]:${server.port} ${readFileSync(at("other.pub"), "utf8")}`);
    configure(`IdentityFile ${server.keyFile}`, `UserKnownHostsFile ${at("changed")}`, "HostKeyAlgorithms ssh-ed25519");
    expect(await message(look())).toMatch(/^hostkey: .*REMOTE HOST IDENTIFICATION HAS CHANGED.*changed:1/);
    expect(asked).toEqual([]);
  });

  it("goes through a jump host, of ssh_config or of -J", async () => {
    configure(
      `IdentityFile ${server.keyFile}`,
      "Host far",
      "HostName 127.0.0.1",
      `Port ${server.port}`,
      "User root",
      `IdentityFile ${server.keyFile}`,
      `UserKnownHostsFile ${server.knownHosts}`,
      "IdentityAgent none",
      "ProxyJump node",
    );
    expect((await look("openssh:far")).snapshot.node.privilege).toBe("root");
    expect((await look("openssh:node", { jump: "far" })).snapshot.node.privilege).toBe("root");
  });

  /** Nodes f1, f2, … behind `gate`, which is `user`'s on the same sshd; gives their sources, opened at once. */
  async function behind(user: string, nodes: number, ...lines: string[]) {
    configure(`IdentityFile ${server.keyFile}`);
    const common = `HostName 127.0.0.1\nPort ${server.port}\nUserKnownHostsFile ${server.knownHosts}\nIdentityFile ${server.keyFile}\nIdentityAgent none`;
    const text = `Host gate\nUser ${user}\n${lines.join("\n")}\nHost f*\nProxyJump gate\nUser root\nHost gate f*\n${common}\n`;
    writeFileSync(at("config"), text);
    return Promise.all(
      Array.from({ length: nodes }, async (_, index) => {
        const source = await sourceOf(`openssh:f${index}`, { configFile: at("config") });
        return source.open(interaction, new AbortController().signal);
      }),
    );
  }
  const sessions = (): number =>
    readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").split(" ").filter(Boolean).length;

  it("logs in to a jump host once for all behind it, at a pace, and leaves it with the last; it need run nothing there", async () => {
    await expect.poll(sessions).toBe(0);
    const gate = server.addUser({ shell: "/usr/sbin/nologin" });
    const opened = await behind(gate.name, 8);
    await Promise.all(opened.map((one) => one.read({})));
    expect(sessions()).toBe(9);
    for (const one of opened.slice(1)) one.close();
    await expect.poll(sessions, { timeout: 10_000 }).toBe(2);
    opened[0]?.close();
    await expect.poll(sessions, { timeout: 10_000 }).toBe(0);
    // What ssh_config shares itself is left to it.
    const own = await behind(gate.name, 2, "ControlMaster auto", `ControlPath ${at("own")}`, "ControlPersist 1");
    expect(existsSync(at("own"))).toBe(true);
    for (const one of own) one.close();
    await expect.poll(sessions, { timeout: 10_000 }).toBe(0);
  });

  it("leaves no login at a jump host where Podglass is killed", async () => {
    for (const one of await behind("root", 1)) one.close();
    await expect.poll(sessions, { timeout: 10_000 }).toBe(0);
    const child = spawn(process.execPath, [entry, "watch", "openssh:f0", "-F", at("config"), "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(sessions()).toBe(2);
    child.kill("SIGKILL");
    await expect.poll(sessions, { timeout: 10_000 }).toBe(0);
    // It could not take its folders away: who logs in next does.
    const left = () => readdirSync(tmpdir()).filter((name) => new RegExp(`^pg-\\d+-${child.pid}-`).test(name));
    expect(left()).toHaveLength(2);
    for (const one of await behind("root", 1)) one.close();
    expect(left()).toEqual([]);
  });

  it("says when the connection is gone, and when it never came", async () => {
    configure(`IdentityFile ${server.keyFile}`);
    const opened = await (await sourceOf("openssh:node", { configFile: at("config") })).open(
      interaction,
      new AbortController().signal,
    );
    await opened.read({});
    spawnSync("sh", ["-c", `for p in $(pgrep -P ${server.pid}); do kill -9 $p; done`]);
    expect((await opened.closed)?.message).toMatch(/^The connection to node was lost/);
    await expect(opened.read({})).rejects.toThrow();
    opened.close();
    writeFileSync(at("config"), "Host node\nHostName 127.0.0.1\nPort 1\n");
    expect(await message(look())).toMatch(/^unreachable: .*Connection refused/);
    const stop = new AbortController();
    configure(`ProxyCommand sh -c 'echo $$ >${at("proxy")}; exec sleep 4713'`);
    const opening = (await sourceOf("openssh:node", { configFile: at("config") })).open(interaction, stop.signal);
    const begun = () => (existsSync(at("proxy")) ? readFileSync(at("proxy"), "utf8") : "");
    await expect.poll(begun, { timeout: 20_000 }).toMatch(/\d/);
    stop.abort();
    expect(await message(opening)).toMatch(/^cancelled/);
    // Its program has gone too; where pid 1 collects no orphans, an ended one keeps its pid.
    const proxy = `/proc/${readFileSync(at("proxy"), "utf8").trim()}/cmdline`;
    await expect.poll(() => (existsSync(proxy) ? readFileSync(proxy, "utf8") : ""), { timeout: 10_000 }).toBe("");
  });

  it("reaches no command line with what is no host", async () => {
    for (const host of ["-oProxyCommand=touch x", "--", "a b", "$(id)", "a;b", "u@-h", ""])
      expect(await message(sourceOf(`openssh:${host}`, { configFile: "none" }))).toMatch(/^config: /);
    chmodSync(folder, 0o700);
  });
});
