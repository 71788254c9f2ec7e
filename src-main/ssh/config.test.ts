import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { expandTargets } from "../targets/list.ts";
import { type SshOptions, settingsFor } from "./config.ts";
import { readConfig } from "./config-file.ts";
import { planRoute } from "./connect.ts";
import { configuredHosts } from "./hosts.ts";
import { type Answer, answered } from "./match-exec.ts";
import { parseTarget } from "./target.ts";

const hasSsh = spawnSync("ssh", ["-V"]).status === 0;
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "podglass-config-"));
  file = join(folder, "config");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string): void => writeFileSync(file, text);
const answer: Answer = (command) => spawnSync("/bin/sh", ["-c", command]).status === 0;
const of = (target: string, options: SshOptions = {}) =>
  settingsFor(parseTarget(target), readConfig(options.configFile ?? file), options, answer);

const EXAMPLE = `
IgnoreUnknown Colour
Colour blue
Host short
  HostName %h.example.org
  User alice
  Port 2201
Host web-* !web-old
  User deploy
  IdentityFile ~/.ssh/%r-%h
  IdentityFile "~/.ssh/two words"
  IdentitiesOnly yes
Host web-old
  HostName 10.0.0.9
Match host 10.0.0.9 user root
  Port 2209
Match originalhost inner exec "test %n = inner"
  ProxyJump alice@outer:2200,short
  HostKeyAlias INNER
  UserKnownHostsFile ~/.ssh/inner "~/.ssh/and more"
Match !originalhost short localuser nobody-here
  Port 1
Host cmd
  ProxyCommand nc -x "proxy:1" %h %p # with a 'quote'
  ProxyJump none
Host *
  User fallback
  Port 2222
  ConnectTimeout 7
  ServerAliveInterval 30
  StrictHostKeyChecking accept-new
  IdentityAgent none
`;

describe("ssh_config", () => {
  it.skipIf(!hasSsh)("gives what ssh -G gives", () => {
    write(EXAMPLE);
    for (const target of [
      "short",
      "web-1",
      "bob@web-1",
      "web-old",
      "root@web-old",
      "inner",
      "cmd",
      "10.0.0.9",
      "Other.Host",
    ]) {
      const lines = execFileSync("ssh", ["-G", "-F", file, target], { encoding: "utf8" }).split("\n");
      const ssh = (keyword: string) =>
        lines.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1));
      const mine = of(target);
      expect({ target, user: mine.user, port: String(mine.port), host: mine.hostName.toLowerCase() }).toEqual({
        target,
        user: ssh("user")[0],
        port: ssh("port")[0],
        host: ssh("hostname")[0],
      });
      expect(
        mine.jump
          .map((hop) => `${hop.user ? `${hop.user}@` : ""}${hop.host}${hop.port ? `:${hop.port}` : ""}`)
          .join(","),
      ).toBe(ssh("proxyjump")[0] ?? "");
      const command = ssh("proxycommand")[0];
      expect(mine.proxyCommand).toBe(command === undefined ? null : command.replace("%h", "cmd").replace("%p", "2222"));
      expect(mine.strict).toBe(ssh("stricthostkeychecking")[0]);
      expect(mine.identitiesOnly ? "yes" : "no").toBe(ssh("identitiesonly")[0]);
      expect(mine.hostKeyAlias?.toLowerCase()).toBe(ssh("hostkeyalias")[0]);
    }
  });

  it("expands homes, tokens and environment in paths, and keeps every IdentityFile", () => {
    write(EXAMPLE);
    expect(of("web-1").identityFiles).toEqual([
      join(homedir(), ".ssh/deploy-web-1"),
      join(homedir(), ".ssh/two words"),
    ]);
    expect(of("web-1", { identityFiles: ["/k"] }).identityFiles[0]).toBe("/k");
    expect(of("inner").userKnownHostsFiles).toEqual([join(homedir(), ".ssh/inner"), join(homedir(), ".ssh/and more")]);
    process.env.PODGLASS_TEST_DIR = "/somewhere";
    write(`UserKnownHostsFile ${"$"}{PODGLASS_TEST_DIR}/%k/known`);
    expect(of("h").userKnownHostsFiles).toEqual(["/somewhere/h/known"]);
    delete process.env.PODGLASS_TEST_DIR;
    expect(() => of("h")).toThrow("PODGLASS_TEST_DIR}, which is not set");
  });

  it("reads Include with wildcards, in the section that it stands in, and never in circles", () => {
    mkdirSync(join(folder, "d"));
    writeFileSync(join(folder, "d/10-a.conf"), "Host a\n Port 1001\nHost *\n User from-a\n");
    writeFileSync(join(folder, "d/20-b.conf"), "Port 1002\n");
    write(`Include ${folder}/d/*.conf\nHost only\n  Include ${folder}/only\nHost *\n Port 9\n`);
    writeFileSync(join(folder, "only"), "HostName within\nHost other\n HostName never\n");
    expect([of("a").port, of("a").user, of("b").port]).toEqual([1001, "from-a", 1002]);
    expect([of("only").hostName, of("other").hostName]).toEqual(["within", "other"]);
    write(`Include ${file}\n`);
    expect(() => of("a")).toThrow("more than 16 deep");
  });

  it("names what it cannot follow, and refuses what would make a login less checked", () => {
    write(
      "Host a\n GSSAPIAuthentication yes\n CertificateFile ~/c\n ForwardAgent yes\n PKCS11Provider none\nHost b\n KnownHostsCommand /bin/x\nHost c\n RevokedHostKeys /etc/revoked\n",
    );
    expect(of("a").unsupported).toEqual(["GSSAPIAuthentication", "CertificateFile"]);
    expect(() => of("b")).toThrow(/KnownHostsCommand.*less safe/);
    expect(() => of("c")).toThrow(/@revoked/);
    write("Match final host x\n Port 3\nMatch tagged y\n Port 4\n");
    expect(() => of("x")).toThrow(/Match tagged/);
  });

  it("never turns host key checking off", () => {
    write("StrictHostKeyChecking no\n");
    expect(of("a").strict).toBe("accept-new");
    expect(of("a", { strictHostKeyChecking: "yes" }).strict).toBe("yes");
    write("StrictHostKeyChecking off\n");
    expect(of("a").strict).toBe("accept-new");
  });

  it("keeps a drop noticeable within 15 s whatever the interval is", () => {
    for (const text of ["ServerAliveInterval 600\nServerAliveCountMax 10", "ServerAliveInterval 1", ""]) {
      write(text);
      expect(of("a").aliveGiveUpMs).toBeLessThanOrEqual(12_000);
      expect(of("a").aliveIntervalMs * 2).toBeLessThanOrEqual(of("a").aliveGiveUpMs);
    }
  });

  it("says what is wrong with a file or a value", () => {
    write("Port seventy\n");
    expect(() => of("a")).toThrow("Port seventy is not a number from 1 to 65535");
    expect(() => of("a", { configFile: join(folder, "none-such") })).toThrow(/none-such cannot be read \(ENOENT\)/);
    write("HostName %z\n");
    expect(() => of("a")).toThrow("HostName uses the token %z");
    write("Host evil\n HostName $(touch;x)\n ProxyCommand nc %h\n");
    expect(() => of("evil")).toThrow("is not a host name");
  });
});

describe("routes", () => {
  const route = (target: string, options: SshOptions = {}) =>
    planRoute(parseTarget(target), readConfig(file), options, answer).map(
      (hop) => `${hop.user}@${hop.hostName}:${hop.port}`,
    );

  it("puts a first hop's own ProxyJump before it, and refuses circles", () => {
    write("Host n\n ProxyJump b\nHost b\n ProxyJump a\nHost *\n User u\nHost x\n ProxyJump y\nHost y\n ProxyJump x\n");
    expect(route("n")).toEqual(["u@a:22", "u@b:22", "u@n:22"]);
    expect(route("n", { jump: "root@c:23,d" })).toEqual(["root@c:23", "u@d:22", "u@n:22"]);
    expect(route("n", { jump: "none" })).toEqual(["u@n:22"]);
    expect(() => route("x")).toThrow("do two of them name each other");
  });

  it("lists the aliases with where they lead, without running anything", () => {
    write(
      `Host alpha beta\n HostName 10.0.0.1\n User root\nHost *.x !no\n Port 5\nMatch exec "touch ${folder}/ran"\n Port 7\nHost gamma\n ProxyJump alpha\n Port 2222\n`,
    );
    expect(configuredHosts(file).map((host) => [host.target, host.detail?.replace(/^[^@]+@/, "")])).toEqual([
      ["alpha", "10.0.0.1"],
      ["beta", "10.0.0.1"],
      ["gamma", "gamma:2222 via alpha"],
    ]);
    expect(() => execFileSync("ls", [join(folder, "ran")], { stdio: "ignore" })).toThrow();
  });
});

describe("many hosts", () => {
  const patterns = (pattern: string) => expandTargets([pattern], file);

  it("finds an alias by its pattern wherever it stands in ten thousand, and says what is wrong with the file", async () => {
    write(Array.from({ length: 10_000 }, (_, at) => `Host edge-${at}\n HostName 10.0.0.1\n User u\n`).join(""));
    expect(await patterns("*-999?")).toHaveLength(10);
    await expect(patterns("edge-*")).rejects.toThrow("These are 10000 targets; 2000 at once are the most.");
    // The welcome screen's list is shorter, and walks through all lines for few of them.
    const listed = configuredHosts(file);
    expect([listed.length, listed.filter(({ detail }) => detail !== undefined).length]).toEqual([2_000, 10]);
    write('Host "edge\n');
    await expect(patterns("*")).rejects.toThrow(`The ssh configuration ${file} cannot be understood`);
  });

  it("parses a file once, and anew when it or one that it includes says something else", () => {
    const other = join(folder, "other");
    write(`Host a\n Include ${other}\n`);
    expect(of("a").port).toBe(22);
    writeFileSync(other, "Port 7\n");
    const [section] = readConfig(file);
    expect(of("a").port).toBe(7);
    expect(readConfig(file)[0]).toBe(section);
    writeFileSync(other, "Port 8\n");
    expect(of("a").port).toBe(8);
    write("Host a\n Port 9\n");
    expect(of("a").port).toBe(9);
  });
});

describe("Match exec", () => {
  const port = (target: string) =>
    answered((answer) => settingsFor(parseTarget(target), readConfig(file), {}, answer).port);

  it("holds up nobody but who waits for it, and is run once for all who do", async () => {
    const [go, ran] = [join(folder, "go"), join(folder, "ran")];
    const slow = `echo >>${ran}; until [ -e ${go} ]; do sleep 0.05; done`;
    write(
      `Host a\n Port 1\nMatch originalhost b*,c exec "${slow}"\n Port 2\nMatch exec "exit 3"\n Port 3\nHost *\n Port 4\n`,
    );
    const waiting = [port("b1"), port("b2"), port("c")];
    expect(await port("a")).toBe(1);
    expect(await port("d")).toBe(4);
    writeFileSync(go, "");
    expect(await Promise.all(waiting)).toEqual([2, 2, 2]);
    expect(readFileSync(ran, "utf8")).toBe("\n");
  });

  it("concludes nothing from a command that does not end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      write('Match exec "exec sleep 4714"\n ProxyJump safe\n');
      const waiting = expect(port("a")).rejects.toMatchObject({
        kind: "timeout",
        message: expect.stringContaining('"exec sleep 4714" of ssh_config\'s "Match exec" did not end within 10 s'),
      });
      await vi.advanceTimersByTimeAsync(10_000);
      await waiting;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("targets", () => {
  it.each([
    ["host", { host: "host" }],
    ["me@host:2222", { host: "host", user: "me", port: 2222 }],
    ["a@b@host", { host: "host", user: "a@b" }],
    ["[::1]:2222", { host: "::1", port: 2222 }],
    ["fe80::1%eth0", { host: "fe80::1%eth0" }],
    ["ssh://me;x=y@host:22/", { host: "host", user: "me", port: 22 }],
    ["ssh://a%40b@host", { host: "host", user: "a@b" }],
  ])("reads %s", (text, wanted) => expect(parseTarget(text)).toEqual(wanted));

  it.each([
    "",
    "@host",
    "me@",
    "host:0",
    "host:70000",
    "host:x",
    "ssh://host/path",
    "-oProxyCommand=x",
    "a b",
    "a;b",
    "$(x)",
    "-l@host",
    "a`b`@host",
  ])("refuses %j", (text) => expect(() => parseTarget(text)).toThrow(/is not a (host|login)/));
});
