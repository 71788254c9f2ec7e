import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Snapshot } from "../../src-shared/model.ts";
import { expectAccessible } from "../axe.ts";
import { type App, expect, openFile, screen, test } from "../fixtures.ts";

const cli = resolve(import.meta.dirname, "../../out/main/cli.js");

let demo: Snapshot;
test.beforeAll(() => {
  const text = execFileSync(process.execPath, [cli, "snapshot", "demo", "--json"], { encoding: "utf8" });
  demo = JSON.parse(text) as Snapshot;
});

/** Opens a node that is as the snapshot says, and looks at its pages. */
async function look(app: App, snapshot: Snapshot, name: string, many = 3): Promise<void> {
  const { page } = app;
  const path = join(app.stateDir, `${name}.json`);
  writeFileSync(path, JSON.stringify(snapshot));
  chmodSync(path, 0o644); // Electron may run as another user than the test
  await openFile(app, path);
  const pages = page.getByRole("list", { name: `Pages of ${name}.json` }).getByRole("button");
  await expect(pages.first()).toBeVisible({ timeout: 20_000 });
  for (const stop of (await pages.all()).slice(0, many)) {
    const word = (await stop.innerText()).replace(/[^A-Za-z]+/g, "").toLowerCase();
    await stop.click();
    await expect(stop).toHaveAttribute("aria-current", "page");
    await expect(page.locator(".page-body").first()).toBeVisible();
    await expect(page.locator("body")).not.toContainText(/undefined|NaN|\[object/);
    await screen(app, `${name}-${word}`);
    await expectAccessible(page);
  }
}

test("a node without pods says so on every page", async ({ app }) => {
  const system = ({ podKey }: { podKey?: string }) => podKey === undefined;
  const containers = demo.containers.filter(system);
  const gone = new Set(demo.containers.filter((one) => !system(one)).flatMap(({ pids }) => pids));
  await look(
    app,
    {
      ...demo,
      pods: [],
      containers,
      processes: demo.processes.filter(({ pid }) => !gone.has(pid)),
      namespaces: demo.namespaces.filter(({ initial }) => initial),
      cgroups: demo.cgroups.filter(({ path }) => !path.includes("kubepods")),
    },
    "no-pods",
    6,
  );
  await app.page.getByRole("button", { name: /^Pods/ }).click();
  await expect(app.page.getByRole("heading", { name: /No pods/ })).toBeVisible();
});

test("a node read without rights shows what could be read, and what not with why", async ({ app }) => {
  await look(
    app,
    {
      ...demo,
      node: { ...demo.node, privilege: "user" },
      processes: demo.processes.map((process) => ({ ...process, namespaces: {} })),
      namespaces: demo.namespaces.filter(({ initial }) => initial).map((space) => ({ ...space, pids: [], pins: [] })),
      pods: demo.pods.map((pod) => ({
        ...pod,
        namespaces: {},
        host: [],
        sandbox: { ...pod.sandbox, state: "none" as const, why: "the namespaces of its processes could not be read" },
      })),
      gaps: [
        {
          what: "/proc/PID/ns",
          why: "permission denied",
          count: demo.processes.length,
          mend: "log in as root, or tick with sudo",
        },
      ],
    },
    "no-rights",
  );
  // Pods, the picture and cgroups say it; the last of them is on the screen.
  await expect(app.page.getByText(/this login may not read/).first()).toBeVisible();
});

test("a node with an old kernel has what it has: no time and cgroup namespaces, no pressure", async ({ app }) => {
  const old = <T extends object>(inodes: T) => {
    const { time: _, cgroup: __, ...rest } = inodes as { time?: number; cgroup?: number };
    return rest as T;
  };
  await look(
    app,
    {
      ...demo,
      node: { ...demo.node, kernel: "3.10.0-1160.el7.x86_64", os: "CentOS Linux 7 (Core)" },
      processes: demo.processes.map((process) => ({ ...process, namespaces: old(process.namespaces) })),
      namespaces: demo.namespaces.filter(({ type }) => type !== "time" && type !== "cgroup"),
      pods: demo.pods.map((pod) => ({
        ...pod,
        namespaces: old(pod.namespaces),
        host: pod.host.filter((type) => type !== "time" && type !== "cgroup"),
      })),
      cgroups: demo.cgroups.map((group) => ({
        ...group,
        files: Object.fromEntries(Object.entries(group.files).filter(([file]) => !file.endsWith(".pressure"))),
      })),
    },
    "old-kernel",
  );
});
