/** podglass enter, typed at a terminal, in a live pod over a live sshd by every way in: what a person sees, and what stays. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterScript } from "../../src-main/enter/scripts.ts";
import { cannotPodman, makePodman, type PodmanNode } from "../nodes/podman.ts";
import { kill } from "../nodes/room.ts";
import { type Sshd, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { until } from "./kernel.ts";
import { Keyboard, running } from "./keyboard.ts";
import { podglass } from "./run.ts";

const inode = (pid: number, type: string): string => readlinkSync(`/proc/${pid}/ns/${type}`);

describe.skipIf(whyNoSshd() ?? cannotPodman())("entering a pod", { timeout: 60_000 }, () => {
  let sshd: Sshd;
  let node: PodmanNode;
  let pod: string;
  let pause: number;
  let app: number;
  const open: Keyboard[] = [];
  const login = (): string[] => ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
  /** A word that no other process has, to find again what was left. */
  const token = `${process.pid}.25`;
  const enter = (args: string[]): Keyboard => {
    const keyboard = new Keyboard(["enter", ...args]);
    open.push(keyboard);
    return keyboard;
  };
  const pidOf = async (id: string) => (await node.inspect<{ State: { Pid: number } }>(id)).State.Pid;

  beforeAll(async () => {
    [sshd, node] = await Promise.all([startSshd(), makePodman()]);
    pod = `${node.room.id}-web`;
    const id = await node.pod(pod);
    app = await pidOf(await node.container(pod, `${pod}-app`));
    pause = await pidOf((await node.inspect<{ InfraContainerID: string }>(id, "pod")).InfraContainerID);
  }, 60_000);
  afterAll(async () => {
    for (const keyboard of open) keyboard.close();
    await node?.close();
    await sshd?.stop();
  }, 60_000);

  const askpassFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("pg-"));
  const ways: [string, () => string[]][] = [
    ["the built-in ssh", () => [sshd.target(), pod, ...login()]],
    ["the system's ssh", () => [`openssh:${sshd.target()}`, pod, ...login()]],
    ["this machine", () => ["local", pod]],
    ["--via a shell", () => ["somewhere", pod, "--via", "sh"]],
  ];
  it.each(ways)(
    "gives a terminal by %s: keys, signals, size, status, and its own terminal back",
    async (_name, args) => {
      const before = askpassFolders();
      const keyboard = enter(args());
      await keyboard.sees(/exit leaves\.\r\n/);
      keyboard.type("PS1='$'; echo in $(readlink /proc/self/ns/net) $(readlink /proc/self/ns/mnt) $(stty size)\r");
      const [, net, mnt, size] = await keyboard.sees(/in (net:\S+) (mnt:\S+) (\d+ \d+)/);
      expect([net, mnt, size]).toEqual([inode(pause, "net"), inode(process.pid, "mnt"), "33 111"]);
      // Ctrl-C ends what runs, and not the shell; the shell has none of the files by which it came in.
      keyboard.type(`sleep 1${token}\r`);
      await until(() => running(`1${token}`).length > 0);
      keyboard.type("\x03");
      await until(() => running(`1${token}`).length === 0);
      keyboard.type("echo still here: ä漢字, $(ls -l /proc/$$/fd | grep -c /ns/) files\r");
      await keyboard.sees(/still here: ä漢字, 0 files/);
      keyboard.resize(44, 99);
      await keyboard.asks("echo is $(stty size) now\r", /is 44 99 now/);
      keyboard.type("exit 42\r");
      await keyboard.sees(/given back/);
      expect(await keyboard.exit).toBe(42);
      expect(askpassFolders()).toEqual(before);
    },
  );

  it("enters what was asked for, of the container that was named, and hands on words, streams and statuses as they are", async () => {
    const where = [sshd.target(), `${pod}/${pod}-app`, ...login()];
    const inside = await podglass(["enter", ...where, "--ns", "pid,mnt", "--", "readlink", "/proc/self/ns/mnt"]);
    expect(inside.out.trim()).toBe(inode(app, "mnt"));
    const words = ["printf", "%s|", "a b", "", "$(id)'\"\\", "é\n*"];
    expect((await podglass(["enter", ...where, "--", ...words])).out).toBe("a b||$(id)'\"\\|é\n*|");
    const apart = await podglass(["enter", ...where, "--", "sh", "-c", "echo out; echo err >&2; exit 7"]);
    expect([apart.status, apart.out, apart.words]).toEqual([7, "out\n", expect.stringContaining("err\n")]);
    expect((await podglass(["enter", ...where, "--", "podglass-no-such-program"])).status).toBe(127);
    expect(inside.words).toMatch(/run as the node's root/);
    // What an image calls readlink, or sh, is no more than root of its container's user namespace.
    const other = `${node.room.id}-users`;
    await node.pod(other, "--uidmap", "0:200000:65536", "--gidmap", "0:200000:65536");
    await node.container(other, `${other}-app`);
    const there = [sshd.target(), `${other}/${other}-app`, ...login(), "--ns", "pid,mnt"];
    const map = await podglass(["enter", ...there, "--", "cat", "/proc/self/uid_map"]);
    expect([map.status, map.out.trim().split(/\s+/)]).toEqual([0, ["0", "200000", "65536"]]);
  });

  it("asks for the password of sudo once, and tells a login without rights what to do", async () => {
    const user = sshd.addUser({ sudo: "password" });
    const keyboard = enter([sshd.target(user.name), pod, "--sudo", ...login()]);
    await keyboard.sees(/Password:/);
    keyboard.type(`${user.password}\r`);
    await keyboard.sees(/exit leaves\.\r\n/);
    keyboard.type("echo am $(id -u) in $(readlink /proc/self/ns/uts) of $(stty size)\r");
    const [, uid, uts] = await keyboard.sees(/am (\d+) in (uts:\S+) of 33 111/);
    expect([uid, uts]).toEqual(["0", inode(pause, "uts")]);
    keyboard.resize(40, 90);
    await keyboard.asks("echo is $(stty size) now\r", /is 40 90 now/);
    keyboard.type("exit\r");
    expect(await keyboard.exit).toBe(0);
    expect(keyboard.screen).not.toContain(user.password);
    const refused = await podglass(["enter", sshd.target(sshd.addUser().name), pod, ...login()]);
    expect([refused.status, refused.words]).toEqual([
      1,
      expect.stringMatching(/takes root on .*log in as root, or use --sudo|is not known/),
    ]);
  });

  it("leaves nothing behind when it is killed, and gives the terminal back when it is told to end", async () => {
    for (const [name, args] of ways.filter(([way]) => way !== "this machine")) {
      const keyboard = enter(args());
      await keyboard.sees(/exit leaves\.\r\n/);
      keyboard.type(`sleep 2${token}\r`);
      await until(() => running(`2${token}`).length > 0);
      keyboard.kill();
      await keyboard.exit;
      await expect.poll(() => running(`2${token}`), { timeout: 15_000, message: name }).toEqual([]);
    }
  });

  it("says so when the pod ended meanwhile, and before it enters one that has", async () => {
    const other = `${node.room.id}-brief`;
    const id = await node.pod(other);
    await node.container(other, `${other}-app`);
    const infra = await pidOf((await node.inspect<{ InfraContainerID: string }>(id, "pod")).InfraContainerID);
    const keyboard = enter([sshd.target(), other, ...login()]);
    await keyboard.sees(/exit leaves\.\r\n/);
    keyboard.type("echo he''re\r");
    await keyboard.sees(/here/);
    kill(infra);
    await node.podman("pod", "rm", "-f", "-t", "0", other);
    keyboard.type("exit 3\r");
    await keyboard.sees(new RegExp(`process ${infra} of the pod has ended meanwhile`));
    expect(await keyboard.exit).toBe(3);
    const journal = readFileSync(join(keyboard.stateDir, "journal.jsonl"), "utf8")
      .trim()
      .split(/\s*\n/)
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(journal.map(({ phase, action, pod: where }) => [phase, action, where])).toEqual([
      ["before", "enter", `podman/${id}`],
      ["after", undefined, undefined],
    ]);
    expect(journal[1]?.detail).toMatch(/net, ipc, uts|ipc, net, uts/);
  });

  it("checks what it enters in the same breath: a start time, an inode, a pin; and says what is missing", () => {
    const start = readFileSync(`/proc/${pause}/stat`, "utf8").replace(/.*\) /, "").split(" ")[19] ?? "";
    const number = inode(pause, "net").replace(/\D/g, "");
    const run = (args: string[], env = {}) =>
      spawnSync("sh", ["-c", enterScript, "podglass", "", "", "", ...args], {
        encoding: "utf8",
        env: { ...process.env, ...env },
      });
    const see = ["readlink", "/proc/self/ns/net"];
    expect(run(["1", "net", number, String(pause), start, ...see]).stdout.trim()).toBe(inode(pause, "net"));
    expect(run(["1", "net", number, String(pause), `${start}1`, ...see])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("nothing was entered"),
    });
    expect(run(["1", "net", "1", String(pause), start, ...see])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("is not the net namespace 1 any more"),
    });
    const folder = mkdtempSync(join(tmpdir(), "podglass-pin-"));
    const pin = join(folder, "a pin's $(path)");
    writeFileSync(pin, "");
    execFileSync("mount", ["--bind", `/proc/${pause}/ns/net`, pin]);
    try {
      expect(run(["1", "net", number, pin, "", ...see]).stdout.trim()).toBe(inode(pause, "net"));
    } finally {
      execFileSync("umount", [pin]);
      rmSync(folder, { recursive: true });
    }
    const bare = mkdtempSync(join(tmpdir(), "podglass-bare-"));
    try {
      const without = spawnSync(
        "/bin/busybox",
        ["sh", "-c", `PATH=${bare}; command() { return 1; }; ${enterScript}`, "podglass", "", "", "", "0"],
        { encoding: "utf8" },
      );
      expect(without.stderr).toContain("there is no nsenter on this node");
    } finally {
      rmSync(bare, { recursive: true });
    }
  });

  describe("capturing its packets", () => {
    const folder = mkdtempSync(join(tmpdir(), "podglass-capture-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const word = `podglass-${token}`;
    /** A server in the pod gets a word from a client in the pod, and gives back another. */
    const exchange = () =>
      execFileSync("nsenter", [
        "-t",
        String(pause),
        "-n",
        process.execPath,
        "-e",
        TALK,
        `ask-${word}`,
        `answer-${word}`,
      ]);
    /** `hidden` has no such program there. */
    const without = (...hidden: string[]): string[] => [
      "--via",
      `unshare --mount sh -c '${hidden.map((path) => `mount --bind /dev/null ${path}; `).join("")}exec sh'`,
    ];
    const programs = ["/usr/sbin/tcpdump", "/usr/bin/tcpdump", "/usr/bin/perl", "/usr/bin/python3"].filter((path) =>
      existsSync(path),
    );
    const [tcpdump, perl] = ["tcpdump", "perl"].map((name) => programs.filter((path) => path.endsWith(`/${name}`))) as [
      string[],
      string[],
    ];

    const readers = [
      ["tcpdump", () => [sshd.target(), pod, ...login()], tcpdump.length > 0],
      ["perl", () => ["somewhere", pod, ...without(...tcpdump)], perl.length > 0],
      ["python3", () => ["somewhere", pod, ...without(...tcpdump, ...perl)], programs.includes("/usr/bin/python3")],
    ] as const;
    it.each(readers.filter(([, , there]) => there))(
      "by %s gives what a client and a server exchanged, and ends whole at Ctrl-C",
      async (name, args) => {
        const file = join(folder, `${name}.pcap`);
        const keyboard = new Keyboard(["capture", ...args(), "-w", file]);
        open.push(keyboard);
        await keyboard.sees(/Capturing for 30 s/);
        exchange();
        await expect
          .poll(
            () =>
              readdirSync(folder).some(
                (part) =>
                  part.startsWith(`${name}.pcap.`) && readFileSync(join(folder, part)).includes(`answer-${word}`),
              ),
            { timeout: 10_000 },
          )
          .toBe(true);
        keyboard.type("\x03");
        await keyboard.sees(new RegExp(`by .*${name}`));
        await keyboard.sees(/\d+ packets, \d+ bytes in .*ended by you/);
        expect(await keyboard.exit).toBe(0);
        expect(readdirSync(folder).filter((part) => part.startsWith(name))).toEqual([`${name}.pcap`]);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        const seen = payloads(readFileSync(file));
        expect(seen.filter((text) => text.includes(`ask-${word}`))).toHaveLength(1);
        expect(seen.filter((text) => text.includes(`answer-${word}`))).toHaveLength(1);
        if (tcpdump[0]) {
          const read = execFileSync(tcpdump[0], ["-n", "-A", "-r", file], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
          });
          expect(read).toContain(`answer-${word}`);
          expect(read).toMatch(/127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.\d+: Flags \[P\.\]/);
        }
        await until(() => running("/enter/capture").length + running("-i\0any\0-n").length === 0);
        // A file that is there is left as it is where nobody can be asked.
        const again = await podglass(["capture", ...args(), "-w", file]);
        expect([again.status, again.words]).toEqual([
          1,
          expect.stringContaining("is there already; nothing was captured"),
        ]);
      },
    );

    it("ends when its time is over, at its size, and says what it cannot do", async () => {
      const here = (...more: string[]) => podglass(["capture", sshd.target(), pod, ...login(), ...more]);
      const timed = here("-w", join(folder, "timed.pcap"), "--for", "2s", "--json");
      const sized = here("-w", join(folder, "sized.pcap"), "--size", "400", "--for", "8s");
      const end = setInterval(exchange, 400);
      try {
        expect(JSON.parse((await timed).out)).toMatchObject({
          path: join(folder, "timed.pcap"),
          ended: "2 s are over",
        });
        expect((await sized).words).toMatch(/400 bytes were enough/);
      } finally {
        clearInterval(end);
      }
      expect(statSync(join(folder, "sized.pcap")).size).toBeLessThanOrEqual(400);
      expect(payloads(readFileSync(join(folder, "sized.pcap"))).length).toBeGreaterThan(0);
      const filtered = await podglass([
        "capture",
        "somewhere",
        pod,
        ...without(...tcpdump),
        "-w",
        join(folder, "no.pcap"),
        "--filter",
        "tcp",
      ]);
      expect([filtered.status, filtered.words]).toEqual([
        1,
        expect.stringContaining("there is no tcpdump on this node"),
      ]);
      expect((await podglass(["capture", "demo", "web", "-w", join(folder, "no.pcap")])).status).toBe(1);
      expect(existsSync(join(folder, "no.pcap"))).toBe(false);
    });
  });
});

/** Both ends in one: what was said is on the wire, which is the loopback of the pod. */
const TALK = `
const [ask, answer] = process.argv.slice(1);
const net = require("net");
const server = net.createServer((socket) => socket.on("data", () => socket.end(answer))).listen(0, "127.0.0.1", () => {
  const client = net.connect(server.address().port, "127.0.0.1", () => client.write(ask));
  client.on("data", () => server.close());
});`;

/** The packets of a pcap file, as text. Throws where it is not whole. */
function payloads(file: Buffer): string[] {
  const found: string[] = [];
  expect(file.readUInt32LE(0)).toBe(0xa1b2c3d4);
  for (let at = 24; at < file.length; ) {
    const length = file.readUInt32LE(at + 8);
    expect(at + 16 + length).toBeLessThanOrEqual(file.length);
    found.push(file.subarray(at + 16, at + 16 + length).toString("latin1"));
    at += 16 + length;
  }
  return found;
}
