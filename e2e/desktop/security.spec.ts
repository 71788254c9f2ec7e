/** Electron's security checklist, on the running app: what the page and whoever takes it over can not do. */
import { readFileSync } from "node:fs";
import type { App } from "../fixtures.ts";
import { expect, test } from "../fixtures.ts";

type Podglass = { request(name: string, input: unknown): Promise<unknown> };
type OurWindow = typeof globalThis & { podglass: Podglass; hacked?: boolean };

const main = (app: App) => {
  if (!app.electron) throw new Error("this spec is for the desktop");
  return app.electron;
};
const windows = (app: App) =>
  main(app).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.webContents.getURL()));

test("the page has the Api and no Node, in a sandboxed, isolated process", async ({ app }) => {
  expect(app.page.url()).toMatch(/^podglass:\/\/app\//);
  const seen = await app.page.evaluate(() => ({
    api: Object.keys((window as unknown as OurWindow).podglass).sort(),
    node: ["require", "process", "Buffer", "module", "global", "electron", "ipcRenderer"].filter(
      (name) => name in window,
    ),
  }));
  expect(seen).toEqual({ api: ["request", "shell", "subscribe"], node: [] });
  const made = await main(app).evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
      getOSProcessId(): number;
    };
    return { preferences: contents.getLastWebPreferences(), pid: contents.getOSProcessId() };
  });
  expect(made.preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
  if (process.platform === "linux") {
    // The kernel's word for it: a seccomp filter is on the page's process, and its user namespace is its own.
    expect(readFileSync(`/proc/${made.pid}/status`, "utf8")).toMatch(/^Seccomp:\s+2$/m);
  }
});

test("nothing foreign is run or loaded", async ({ app }) => {
  const got = await app.page.evaluate(async () => {
    const inline = document.createElement("script");
    inline.textContent = "window.hacked = true";
    document.head.append(inline);
    const holder = document.createElement("div");
    holder.innerHTML = '<img src="x" onerror="window.hacked = true"><iframe src="https://example.com"></iframe>';
    document.body.append(holder);
    // In a timer: what the debugger itself evaluates is not held to the page's policy.
    setTimeout(() => {
      try {
        new Function("window.hacked = true")();
      } catch {}
    });
    const remote = document.createElement("script");
    remote.src = "https://example.com/x.js";
    const failed = new Promise((resolve) => remote.addEventListener("error", () => resolve("blocked")));
    document.head.append(remote);
    const tried = async (work: () => unknown): Promise<string> => {
      try {
        await work();
        return "went through";
      } catch {
        return "blocked";
      }
    };
    return {
      fetch: await tried(() => fetch("https://example.com/")),
      plain: await tried(() => fetch("http://127.0.0.1:22/")),
      file: await tried(() => fetch("file:///etc/passwd")),
      socket: await tried(
        () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket("ws://127.0.0.1:9/");
            socket.onopen = resolve;
            socket.onerror = reject;
          }),
      ),
      remote: await failed,
      outside: (await fetch("podglass://app/..%2f..%2fpackage.json")).status,
      other: await tried(() => fetch("podglass://other/index.html")),
      hacked: (window as unknown as OurWindow).hacked ?? false,
    };
  });
  expect(got).toEqual({
    fetch: "blocked",
    plain: "blocked",
    file: "blocked",
    socket: "blocked",
    remote: "blocked",
    outside: 404,
    other: "blocked",
    hacked: false,
  });
});

test("the window cannot be led away, and opens no other", async ({ app }) => {
  const before = app.page.url();
  for (const address of [
    "https://example.com/",
    "file:///etc/passwd",
    "podglass://evil/",
    "data:text/html,x",
    "javascript:window.hacked=true",
  ])
    await app.page.evaluate((to) => {
      const link = document.createElement("a");
      link.href = to;
      document.body.append(link);
      link.click();
    }, address);
  await app.page.evaluate(() => {
    location.href = "https://example.com/";
  });
  expect(await app.page.evaluate(() => window.open("https://example.com/") === null)).toBe(true);
  expect(await app.page.evaluate(() => window.open("podglass://app/index.html") === null)).toBe(true);
  await app.page.waitForTimeout(300);
  expect(app.page.url()).toBe(before);
  expect(await windows(app)).toEqual([before]);
  expect(await app.page.evaluate(() => (window as unknown as OurWindow).hacked ?? false)).toBe(false);
});

test("permissions are denied", async ({ app }) => {
  const got = await app.page.evaluate(async () => ({
    notification: await Notification.requestPermission(),
    camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => "granted",
      () => "denied",
    ),
    geolocation: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve("granted"),
        () => resolve("denied"),
      ),
    ),
    reading: await navigator.clipboard.readText().then(
      () => "granted",
      () => "denied",
    ),
  }));
  expect(got).toEqual({ notification: "denied", camera: "denied", geolocation: "denied", reading: "denied" });
});

test("only the app's own window on the app's own page may ask", async ({ app }) => {
  const answer = await main(app).evaluate(async ({ BrowserWindow, app: electron }) => {
    const stranger = new BrowserWindow({
      show: false,
      webPreferences: {
        preload: `${electron.getAppPath()}/out/preload/preload.cjs`,
        sandbox: true,
        contextIsolation: true,
      },
    });
    try {
      await stranger.loadURL("podglass://app/index.html");
      return await stranger.webContents.executeJavaScript(
        'window.podglass.request("node.states", {}).catch((error) => error.message)',
      );
    } finally {
      stranger.destroy();
    }
  });
  expect(answer).toBe("Only Podglass's own window may ask.");
  expect(await app.page.evaluate(() => (window as unknown as OurWindow).podglass.request("node.states", {}))).toEqual(
    [],
  );
});

test("a request that is none gets a sentence, and the app goes on", async ({ app }) => {
  const said = await app.page.evaluate(async () => {
    const ask = (name: unknown, input: unknown) =>
      (window as unknown as OurWindow).podglass.request(name as string, input).then(
        () => "answered",
        (error: Error) => error.message,
      );
    return [
      await ask("nothing.such", {}),
      await ask(7, {}),
      await ask("node.close", { nodeId: "x", more: 1 }),
      await ask("constructor", {}),
    ];
  });
  expect(said[0]).toContain("There is no request called");
  expect(said[1]).toBe("A request has a name.");
  expect(said[2]).toContain("node.close is not of its form");
  expect(said[3]).toContain("There is no request called");
});
