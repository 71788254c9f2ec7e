/** `podglass lab`: sysctls that are refused; `lab bench` ended by a signal in mid-way: its pods and its own group are gone, whoever ended it and how. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { podglass } from "./run.ts";

const LAB = "/run/podglass/lab";
const entry = resolve(import.meta.dirname, "../../out/main/cli.js");
const root = process.platform === "linux" && process.getuid?.() === 0;
const started = new Set<string>();

/** The bench's name, once its second pod is being made: its shell is a child of the program's. */
async function prefixOf(child: ChildProcess): Promise<string> {
  const found = () =>
    (existsSync(LAB) ? readdirSync(LAB) : []).find((name) => {
      if (!/^bench-[0-9a-f]{6}-0-shell$/.test(name)) return false;
      const [pid = "0"] = readText(`${LAB}/${name}/bench`).split(" ");
      const parent = /^PPid:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`))?.[1];
      return parent === String(child.pid) && existsSync(`${LAB}/${name.replace(/shell$/, "2")}`);
    });
  await expect.poll(found, { timeout: 120_000, interval: 50 }).toBeDefined();
  const prefix = (found() ?? "").replace(/-0-shell$/, "");
  if (prefix !== "") started.add(prefix);
  return prefix;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const left = (prefix: string): string[] =>
  execFileSync("sh", ["-c", `find /run/podglass /sys/fs/cgroup -name '${prefix}*' 2>/dev/null || true`], {
    encoding: "utf8",
  })
    .split("\n")
    .filter(Boolean);

it("lab up refuses a sysctl of the node's, and names those that a pod has", async () => {
  const refused = await podglass([
    "lab",
    "up",
    "local",
    "--sysctl",
    "net.core.somaxconn=9",
    "--sysctl",
    "kernel.hostname=x",
  ]);
  expect(refused).toMatchObject({ status: 1, out: "" });
  expect(refused.words).toMatch(
    /kernel\.hostname .*net\.\*, kernel\.shm\*, kernel\.msg\*, kernel\.sem and fs\.mqueue\.\*/,
  );
  expect((await podglass(["lab", "up", "local", "--sysctl", "net.core.somaxconn"])).status).toBe(2);
});

describe.skipIf(!root)("lab bench on this machine", { timeout: 300_000 }, () => {
  afterEach(async () => {
    for (const prefix of started) {
      const shells = new Set(left(prefix).map((path) => /bench-[0-9a-f]{6}-[-0-9a-z]+/.exec(path)?.[0] ?? ""));
      for (const name of shells) await podglass(["lab", "down", "local", "--name", name]);
    }
    started.clear();
  }, 120_000);

  const bench = () => spawn(process.execPath, [entry, "lab", "bench", "local", "--pods", "40"], { stdio: "ignore" });
  const ended = (child: ChildProcess) =>
    new Promise<string | null>((done) => child.once("exit", (_, signal) => done(signal)));

  it.each(["SIGINT", "SIGTERM"] as const)("%s: it takes all away first, and ends by that signal", async (signal) => {
    const child = bench();
    const end = ended(child);
    const prefix = await prefixOf(child);
    child.kill(signal);
    expect(await end).toBe(signal);
    expect(left(prefix)).toEqual([]);
  });

  it("SIGKILL: its shell on the node notices, and takes all away", async () => {
    const child = bench();
    const end = ended(child);
    const prefix = await prefixOf(child);
    child.kill("SIGKILL");
    expect(await end).toBe("SIGKILL");
    await expect.poll(() => left(prefix), { timeout: 120_000, interval: 200 }).toEqual([]);
  });
});
