/**
 * Several hosts on this machine: a bastion, and nodes that only the bastion reaches. Each has its own network, pid, mount
 * and uts namespaces and its own sshd. Links can be cut, made to lose packets, throttled; hosts can be frozen.
 *   this machine 10.a.b.1 ── 10.a.b.2 bastion 10.a.(b+1).1 ── 10.a.(b+1).11, .12, … nodes
 * Every run has its own addresses and device names; all goes with the processes, also when the test is killed.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { missing } from "./room.ts";

interface Host {
  name: string;
  address: string;
  /** unshare, and the first process of the host as this machine numbers it. */
  child: ChildProcess;
  init: number;
}

export interface Hosts {
  /** ssh_config: `bastion`, `n1`, `n2`, … with ProxyJump, keys and known_hosts of their own. */
  config: string;
  names: string[];
  address(name: string): string;
  /** Its first process as this machine numbers it: whose namespaces are the host's. */
  init(name: string): number;
  /** Pulls the cable: the link is down. */
  cut(name: string): void;
  /** Loses every packet, silently: the link stays up. */
  drop(name: string): void;
  /** Stops every process of the host; its kernel still answers TCP. */
  freeze(name: string): void;
  /** Both directions, kilobits a second. */
  slow(name: string, kbit?: number): void;
  /** Undoes all of these. */
  heal(name: string): void;
  stop(): Promise<void>;
}

export const whyNoHosts = (): string | undefined =>
  missing({
    "/usr/sbin/sshd": "openssh-server",
    ip: "iproute2",
    tc: "iproute2",
    nsenter: "util-linux",
    unshare: "util-linux",
    setpriv: "util-linux",
  });

/** `more`: further lines of a host's sshd_config. */
export async function startHosts(nodes: number, more: (name: string) => string[] = () => []): Promise<Hosts> {
  const folder = mkdtempSync(join(tmpdir(), "podglass-hosts-"));
  const tag = randomBytes(3).toString("hex");
  const [a, b] = [randomInt(64, 128), randomInt(0, 127) * 2];
  const hosts = new Map<string, Host>();
  const stop = async () => {
    for (const host of hosts.values()) {
      setFrozen(host, false);
      try {
        process.kill(host.init, "SIGKILL");
      } catch {
        // It is gone already.
      }
      host.child.kill("SIGKILL");
    }
    // A network namespace goes a moment after its last process, and takes its devices along.
    for (let turn = 0; turn < 50 && existsLink(`pg${tag}u`); turn++) await sleep(100);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "id")]);
    const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
    const start = async (name: string, address: string) =>
      hosts.set(name, await startHost(folder, name, address, more(name)));
    await Promise.all([
      start("bastion", `10.${a}.${b}.2`),
      ...names.map((name, index) => start(name, `10.${a}.${b + 1}.${11 + index}`)),
    ]);
    const bastion = hosts.get("bastion") as Host;
    ip(["link", "add", `pg${tag}u`, "type", "veth", "peer", "name", "up0", "netns", String(bastion.init)]);
    ip(["addr", "add", `10.${a}.${b}.1/24`, "dev", `pg${tag}u`]);
    ip(["link", "set", `pg${tag}u`, "up"]);
    inside(bastion, ["ip", "addr", "add", `10.${a}.${b}.2/24`, "dev", "up0"]);
    inside(bastion, ["ip", "link", "set", "up0", "up"]);
    inside(bastion, ["ip", "link", "add", "br0", "type", "bridge"]);
    inside(bastion, ["ip", "addr", "add", `10.${a}.${b + 1}.1/24`, "dev", "br0"]);
    inside(bastion, ["ip", "link", "set", "br0", "up"]);
    for (const name of names) {
      const host = hosts.get(name) as Host;
      inside(
        bastion,
        ["ip", "link", "add", `v-${name}`, "type", "veth", "peer", "name", "eth0", "netns", String(host.init)],
        ["-n"],
      );
      inside(bastion, ["ip", "link", "set", `v-${name}`, "master", "br0", "up"]);
      inside(host, ["ip", "addr", "add", `${host.address}/24`, "dev", "eth0"]);
      inside(host, ["ip", "link", "set", "eth0", "up"]);
    }
    const config = join(folder, "config");
    writeFileSync(config, configText(folder, [...hosts.values()]));
    const named = (name: string): Host => hosts.get(name) ?? fail(`no such host: ${name}`);
    const shape = (name: string, words: string[]) => {
      for (const [host, device] of [
        [bastion, `v-${name}`],
        [named(name), "eth0"],
      ] as const)
        inside(host, ["tc", "qdisc", words[0] as string, "dev", device, "root", ...words.slice(1)]);
    };
    return {
      config,
      names,
      address: (name) => named(name).address,
      init: (name) => named(name).init,
      cut: (name) => inside(bastion, ["ip", "link", "set", `v-${name}`, "down"]),
      drop: (name) => inside(bastion, ["ip", "link", "set", `v-${name}`, "nomaster"]),
      freeze: (name) => setFrozen(named(name), true),
      slow: (name, kbit = 64) =>
        shape(name, ["replace", "tbf", "rate", `${kbit}kbit`, "burst", "4k", "latency", "400ms"]),
      heal: (name) => {
        setFrozen(named(name), false);
        if (name === "bastion") return;
        inside(bastion, ["ip", "link", "set", `v-${name}`, "master", "br0", "up"]);
        try {
          shape(name, ["del"]);
        } catch {
          // It was not slowed.
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startHost(folder: string, name: string, address: string, more: string[]): Promise<Host> {
  const at = (file: string) => join(folder, `${name}-${file}`);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", at("host")]);
  const config = [
    "Port 22",
    `HostKey ${at("host")}`,
    `AuthorizedKeysFile ${join(folder, "id.pub")}`,
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "PidFile none",
    "UseDNS no",
    ...more,
  ];
  writeFileSync(at("sshd"), `${config.join("\n")}\n`);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  // A home of its own: what this machine's root has in its start-up files (pyenv takes a lock there) is not a node's.
  const home = "mount -t tmpfs podglass /root";
  const first = `hostname ${name} && ip link set lo up && ${home} && exec /usr/sbin/sshd -D -e -f ${at("sshd")}`;
  const child = spawn(
    "setpriv",
    [
      "--pdeathsig",
      "KILL",
      "unshare",
      "-n",
      "-m",
      "-u",
      "-i",
      "-p",
      "--fork",
      "--mount-proc",
      "--kill-child",
      "sh",
      "-c",
      first,
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => {
    words = (words + chunk).slice(-2000);
  });
  for (let turn = 0; turn < 200; turn++) {
    if (child.exitCode !== null) break;
    if (/Server listening on 0\.0\.0\.0/.test(words)) {
      const init = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim());
      if (init > 0) return { name, address, child, init };
    }
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`the host ${name} did not start: ${words}`);
}

function configText(folder: string, hosts: Host[]): string {
  const known = hosts.map(
    ({ name, address }) => `${address} ${readFileSync(join(folder, `${name}-host.pub`), "utf8").trim()}`,
  );
  writeFileSync(join(folder, "known_hosts"), `${known.join("\n")}\n`);
  const lines = [
    "Host *",
    "  User root",
    `  IdentityFile ${join(folder, "id")}`,
    "  IdentityAgent none",
    `  UserKnownHostsFile ${join(folder, "known_hosts")}`,
    "  StrictHostKeyChecking yes",
  ];
  for (const { name, address } of hosts)
    lines.push(`Host ${name}`, `  HostName ${address}`, ...(name === "bastion" ? [] : ["  ProxyJump bastion"]));
  return `${lines.join("\n")}\n`;
}

const ip = (args: string[]): void => void execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** In the host's network (and, for lookups by pid, this machine's processes). */
function inside(host: Host, command: string[], namespaces = ["-n"]): void {
  execFileSync("nsenter", ["-t", String(host.init), ...namespaces, "--", ...command], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Every process of the host's pid namespace. */
function setFrozen(host: Host, frozen: boolean): void {
  let own: string;
  try {
    own = readlinkSync(`/proc/${host.init}/ns/pid`);
  } catch {
    return;
  }
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readlinkSync(`/proc/${pid}/ns/pid`) === own) process.kill(Number(pid), frozen ? "SIGSTOP" : "SIGCONT");
    } catch {
      // It ended while we looked.
    }
  }
}

function existsLink(name: string): boolean {
  try {
    execFileSync("ip", ["link", "show", name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function fail(why: string): never {
  throw new Error(why);
}
