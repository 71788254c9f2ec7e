/** The npm package, as a stranger has it: packed, installed into an empty folder from nothing but itself, and run. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run as command, missing } from "../nodes/room.ts";

const root = resolve(import.meta.dirname, "../..");
/** People are promised 6 MiB; a tenth of it is left free, so that a release does not fail by one feature. */
const LIMIT = 6 * 1024 * 1024 * 0.9;
const room = mkdtempSync(join(tmpdir(), "podglass-npm-"));
const folder = join(room, "empty");
const program = join(folder, "node_modules/.bin/podglass");
/** No settings, no cache and no registry of whoever runs the test; Node and npm as they are. */
const env = {
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: room,
  PODGLASS_STATE_DIR: join(room, "state"),
};

interface Packed {
  filename: string;
  unpackedSize: number;
  files: { path: string; size: number }[];
}
let packed: Packed;

function run(command: string, args: string[], cwd: string) {
  const done = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 100_000 });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

beforeAll(() => {
  mkdirSync(folder);
  const pack = spawnSync("npm", ["pack", "--json", "--pack-destination", room], { cwd: root, encoding: "utf8" });
  const [first] = JSON.parse(pack.stdout.slice(pack.stdout.indexOf("["))) as Packed[];
  packed = first!;
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(room, packed.filename)];
  const { status, stderr } = run("npm", install, folder);
  expect(stderr).not.toMatch(/npm (warn|error)/i);
  expect(status).toBe(0);
}, 120_000);
afterAll(() => rmSync(room, { recursive: true, force: true }));

describe("the npm package", () => {
  it("carries the app and its licences, no source, no test and no source map, well below 6 MiB", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toContain("out/main/cli.js");
    expect(paths).toContain("out/renderer/index.html");
    expect(paths).toContain("out/renderer/third-party.txt");
    expect(paths.filter((path) => /\.woff2$/.test(path)).length).toBeGreaterThan(5);
    expect(paths.filter((path) => /(^src-|node_modules|\.map$|\.tsx?$|test|fixtures|^e2e|^bench)/.test(path))).toEqual(
      [],
    );
    const biggest = packed.files.sort((a, b) => b.size - a.size).slice(0, 12);
    expect(
      packed.unpackedSize,
      `the biggest files:\n${biggest.map(({ path, size }) => `${String(size).padStart(9)} ${path}`).join("\n")}\n`,
    ).toBeLessThan(LIMIT);
  });

  it("needs no other package and runs nothing when it is installed", () => {
    expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["podglass"]);
    const manifest = JSON.parse(readFileSync(join(folder, "node_modules/podglass/package.json"), "utf8"));
    expect(Object.keys(manifest.scripts).filter((name) => /install/.test(name))).toEqual([]);
    expect(existsSync(join(folder, "node_modules/podglass/binding.gyp"))).toBe(false);
  });

  it("reads a node in the terminal", () => {
    const { status, stdout } = run(program, ["pods", "demo", "--json"], folder);
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThan(3);
  });

  it("serves the window to a browser", async () => {
    const child = spawn(program, ["serve"], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const url = await new Promise<string>((found, failed) => {
        let said = "";
        child.on("exit", (code) => failed(new Error(`podglass serve ended with ${code}`)));
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          said += text;
          const address = /http:\/\/127\.0\.0\.1:\S+/.exec(said)?.[0];
          if (address && said.includes("\n")) found(address);
        });
      });
      const entrance = await fetch(url); // spends the one-time token, and leads on
      const cookie = entrance.headers.get("set-cookie")?.split(";")[0] ?? "";
      const way = /href="([^"]+)"/.exec(await entrance.text())?.[1] ?? "/";
      const page = await fetch(new URL(way, url), { headers: { cookie } });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<div id="root">');
    } finally {
      child.kill("SIGTERM");
    }
  });

  const cannot = missing({ unshare: "util-linux", ip: "iproute2", chroot: "coreutils", ldd: "libc-bin" });
  it.skipIf(cannot)("runs where there is nothing but Node's binary and its libraries, and no network", async () => {
    const bare = join(room, "bare");
    const put = (path: string) => {
      mkdirSync(join(bare, dirname(path)), { recursive: true });
      copyFileSync(path, join(bare, path));
    };
    const libraries = await command("ldd", [process.execPath]);
    for (const [path] of libraries.matchAll(/\/\S+(?= \(0x)/g)) put(path);
    put(process.execPath);
    mkdirSync(join(bare, "tmp"));
    cpSync(join(folder, "node_modules/podglass"), join(bare, "podglass"), { recursive: true });
    cpSync(join(import.meta.dirname, "bare-room.mjs"), join(bare, "walk.mjs"));
    const said = await command(
      "unshare",
      ["--net", "sh", "-c", 'ip link set lo up && exec chroot "$@"', "sh", bare, process.execPath, "/walk.mjs"],
      { env: { HOME: "/home", PATH: `${env.PATH}:/usr/sbin:/sbin`, NODE_EXTRA_CA_CERTS: "" } },
    );
    const { folders, pods, page, types } = JSON.parse(said) as Record<string, unknown>;
    expect(folders).not.toContain("bin");
    expect(pods).toMatch(/web-pinned/);
    expect(page).toContain('<div id="root">');
    expect(types).toMatchObject({ js: "200 text/javascript; charset=utf-8", css: "200 text/css; charset=utf-8" });
  });
});
