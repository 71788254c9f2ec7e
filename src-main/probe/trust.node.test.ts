/** Whose words are believed: what a process calls itself must never make root read another's file for it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Reading } from "../../src-shared/reading.ts";
import { localConnection } from "../transport/local.ts";
import { readNode } from "./read.ts";

const SECRET = "a key that only root may read";
const USER = 54_321;
const ID = "5e".repeat(32);
const asRoot = process.platform === "linux" && process.getuid?.() === 0;

describe.runIf(asRoot)("what is believed", { timeout: 60_000 }, () => {
  let room: string;
  let running: ChildProcess[];
  beforeAll(() => {
    room = mkdtempSync(join(tmpdir(), "podglass-trust-"));
    chmodSync(room, 0o755);
  });
  afterAll(() => rmSync(room, { recursive: true, force: true }));
  beforeEach(() => {
    running = [];
    return () => {
      for (const one of running) one.stdin?.end();
    };
  });

  const file = (path: string, text: string, owner = 0) => {
    const at = join(room, path);
    let folder = dirname(at);
    mkdirSync(folder, { recursive: true });
    writeFileSync(at, text, { mode: 0o600 });
    chownSync(at, owner, owner);
    for (; folder !== room; folder = dirname(folder)) chownSync(folder, owner, owner);
    return at;
  };
  /** A process of that name, in namespaces of its own where `around` makes some. */
  const run = async (name: string, args: string[], options: { uid?: number; around?: string[]; cwd?: string } = {}) => {
    const script = join(room, "bin", name);
    mkdirSync(dirname(script), { recursive: true });
    writeFileSync(script, "#!/bin/sh\nread ended\n", { mode: 0o755 });
    const [program = script, ...rest] = [...(options.around ?? []), script, ...args];
    const child = spawn(program, rest, { stdio: ["pipe", "ignore", "inherit"], uid: options.uid, cwd: options.cwd });
    running.push(child);
    // Not by ps, which hangs where a command line cannot be read.
    const comm = (pid: string | number) => readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ");
    await expect.poll(() => [child.pid ?? 0, ...children()].filter((pid) => pid !== "").map(comm)).toContain(name);
    return child;
  };
  const readings = async (check: (reading: Reading, reader: "perl" | "awk") => void) => {
    for (const reader of ["perl", "awk"] as const)
      check(await readNode(localConnection(), { reader, deep: true }), reader);
  };
  const silent = (reading: Reading) => {
    expect(JSON.stringify(reading)).not.toContain(SECRET);
    expect(Object.keys(reading.files).filter((path) => path.startsWith(room))).toEqual([]);
  };
  const own = ["unshare", "--mount", "--pid", "--fork"];

  it("nothing that root in a mount namespace of its own names is read", async () => {
    const bundle = `store/overlay-containers/${ID}/userdata`;
    const key = file(`${bundle}/pidfile`, SECRET);
    file(`${bundle}/config.json`, `{"a":"${SECRET}"}`);
    await run("conmon", ["-b", dirname(key), "-p", key], { around: own });
    await run("dockerd", ["--data-root", room, "--config-file", key], { around: own });
    await run("crio", ["--config", key], { around: own });
    await readings((reading) => {
      silent(reading);
      for (const name of ["conmon", "dockerd", "crio"]) {
        const gap = reading.gaps.find((one) => one.what === `records that ${name} names`);
        expect(gap?.why).toMatch(/^pid \d+: it is in a mount namespace of its own, so its words are not believed$/);
      }
    });
  });

  it("a monitor that has ended, and that nobody has waited for, is missed by nobody", async () => {
    const nobody = spawn("sh", ["-c", 'exec 3<&0; sh -c "printf conmon >/proc/self/comm" & exec sleep 20'], {
      stdio: "pipe",
    });
    const zombie = () => {
      const [pid = ""] = readFileSync(`/proc/${nobody.pid}/task/${nobody.pid}/children`, "utf8").split(" ");
      return pid !== "" && readFileSync(`/proc/${pid}/stat`, "utf8").includes("(conmon) Z") ? pid : undefined;
    };
    try {
      await expect.poll(zombie).toBeDefined();
      await readings((reading) =>
        expect(reading.gaps.filter(({ why }) => why.startsWith(`pid ${zombie()}:`))).toEqual([]),
      );
    } finally {
      nobody.kill("SIGKILL");
    }
  });

  it("how a container of CRI-O ended is read beside its configuration, without environments", async () => {
    const bundle = `crio/overlay-containers/${ID}/userdata`;
    const state = file(`${bundle}/state.json`, `{"status":"stopped","exitCode":137,"env":["A=${SECRET}"]}`);
    await run("conmon", ["-b", dirname(state)]);
    await readings((reading) => expect(reading.files[state]).toBe('{"status":"stopped","exitCode":137,"env":[]}'));
  });

  it("of the static pods that a kubelet is pointed to only outlines are taken, wherever they are", async () => {
    const pod = (name: string) =>
      `metadata:\n  name: ${name}\nspec:\n  containers:\n  - env: [${SECRET}]\n    name: app\n`;
    const here = [file("named/a.yaml", pod("a")), file("configured/b", pod("b"))];
    file("configured/.hidden.yaml", pod("hidden"));
    const config = file("kubelet.yaml", `kind: KubeletConfiguration\nstaticPodPath: "${join(room, "configured")}"\n`);
    await run("kubelet", ["--config", config, `--pod-manifest-path=${join(room, "named")}`]);
    await readings((reading) => {
      const outlined = Object.keys(reading.files).filter((path) => path.startsWith(room) && path !== config);
      expect(outlined.sort()).toEqual(here.sort());
      for (const path of here) expect(reading.files[path]).toMatch(/^# podglass: outline.*name: [ab]\n.*name: app/s);
      expect(JSON.stringify(reading)).not.toContain(SECRET);
    });
  });

  it("a pid file of root's that is no pid is not read", async () => {
    const key = file("some/pidfile", SECRET);
    await run("conmon", ["-p", key]);
    await readings(silent);
  });

  it("nothing of others that a user names is read, by any way to it", async () => {
    const at = (name: string) => `home/${name}/overlay-containers/${ID}/userdata`;
    const key = file("key", SECRET);
    // A link in the place of the file, and of a folder; a file that is root's; a folder that is root's.
    symlinkSync(key, join(dirname(file(`${at("a")}/config.json`, "{}", USER)), "pidfile"));
    file(`elsewhere/overlay-containers/${ID}/userdata/config.json`, `{"a":"${SECRET}"}`);
    file("home/b/x", "", USER);
    symlinkSync(join(room, "elsewhere/overlay-containers"), join(room, "home/b/overlay-containers"));
    file(`${at("c")}/config.json`, `{"a":"${SECRET}"}`, USER);
    chownSync(join(room, at("c"), "config.json"), 0, 0);
    file(`${at("d")}/config.json`, `{"a":"${SECRET}"}`);
    const named = ["a", "b", "c", "d"].flatMap((name) => [
      "-b",
      join(room, at(name)),
      "-p",
      join(room, at(name), "pidfile"),
    ]);
    await run("conmon", [...named, "-p", key, "-p", "/proc/1/environ", "-b", "/proc/1"], { uid: USER });
    await readings((reading, reader) => {
      const taken = Object.keys(reading.files).filter((path) => path.startsWith(room));
      expect(taken).toEqual(reader === "perl" ? [join(room, at("a"), "config.json")] : []);
      expect(JSON.stringify(reading)).not.toContain(SECRET);
      if (reader === "perl") {
        const why = reading.gaps.filter((one) => one.what === `records that conmon of user ${USER} names`);
        expect(why.map((one) => one.why.replace(/^pid \d+: /, "")).sort()).toEqual(
          [
            "a link leads to it",
            "it belongs to somebody else",
            "it is a link, or cannot be opened",
            "it is in no folder of that user",
          ].sort(),
        );
      }
    });
  });

  describe("dockerd", () => {
    const config = `containers/${ID}/config.v2.json`;

    it("with userns-remap, and a configuration named from where it stands", async () => {
      const record = file(`remapped/231072.231072/${config}`, `{"Name":"/a","Config":{"Env":["A=${SECRET}"]}}`);
      file("etc/daemon.json", `{"data-root": "${join(room, "remapped")}", "userns-remap": "default"}`);
      await run("dockerd", ["--config-file", "daemon.json"], { cwd: join(room, "etc") });
      await readings((reading) => {
        expect(reading.files[record]).toBe('{"Name":"/a","Config":{"Env":[]}}');
        expect(reading.files[join(room, "etc", "daemon.json")]).toContain("userns-remap");
      });
    });

    it("whose files are not there is named", async () => {
      const child = await run("dockerd", [
        "--config-file",
        join(room, "none.json"),
        "--data-root",
        join(room, "nowhere"),
      ]);
      await readings((reading) => {
        const gaps = reading.gaps.filter((one) => /dockerd/.test(one.what)).map((one) => `${one.what}: ${one.why}`);
        expect(gaps.sort()).toEqual([
          `records of dockerd: pid ${child.pid} keeps its containers in ${join(room, "nowhere")}, which could not be read: it is not there`,
          `the configuration of dockerd: pid ${child.pid} names ${join(room, "none.json")}, which is not there`,
        ]);
      });
    });

    const systemd = "/sys/fs/cgroup/systemd";
    const top = existsSync(systemd) ? systemd : "/sys/fs/cgroup";
    it.runIf(existsSync(join(top, "cgroup.procs")))("of a service with mounts of its own", async () => {
      const service = join(top, "system.slice", "podglass-trust.service");
      mkdirSync(service, { recursive: true });
      const private_ = join(room, "private");
      mkdirSync(private_, { recursive: true });
      const inner = `mount -t tmpfs t ${private_}; mkdir -p ${private_}/containers/${ID} ${private_}/containers/${ID.replace("5", "6")};
        echo '{"Name":"/inside"}' >${private_}/${config}
        ln -s ${file("key", SECRET)} ${private_}/containers/${ID.replace("5", "6")}/config.v2.json; exec "$0" "$@"`;
      const child = await run("dockerd", ["--data-root", private_], {
        around: ["unshare", "--mount", "sh", "-c", inner],
      });
      try {
        writeFileSync(join(service, "cgroup.procs"), `${child.pid}`);
        await readings((reading, reader) => {
          const path = `/proc/${child.pid}/root${private_}/${config}`;
          expect(reading.files[path]).toBe(reader === "perl" ? '{"Name":"/inside"}' : undefined);
          expect(JSON.stringify(reading)).not.toContain(SECRET);
          const gap = reading.gaps.find((one) => /dockerd/.test(one.what) && one.why.includes(`pid ${child.pid}`));
          expect(gap?.why).toContain("in a mount namespace of its own");
        });
      } finally {
        child.stdin?.end();
        await expect.poll(() => readFileSync(join(service, "cgroup.procs"), "utf8")).toBe("");
        execFileSync("rmdir", [service]);
      }
    });
  });
});
