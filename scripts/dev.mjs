// npm run dev [-- --browser] [-- words for the app]: the window from its sources, with hot reload; the main process is
// built and started anew when its sources change. The desktop window by default, where there is one.
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { createServer as openPort } from "node:net";
import { join } from "node:path";
import { build, ensureBuilt, ensureInstalled, findElectron, noDisplay, root, say } from "./setup.mjs";

const words = process.argv.slice(2).filter((word) => word !== "--browser");
ensureInstalled();
ensureBuilt();
const electron = findElectron();
const reason = electron.why ?? noDisplay();
const browser = process.argv.includes("--browser") || reason !== undefined;
if (browser && !process.argv.includes("--browser")) say(`podglass: no desktop window, ${reason}; in a browser instead`);

const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
/** What `podglass serve` let us in with: the page comes from here, its socket goes there. */
let entrance;

const { createServer } = await import("vite");
const { loadConfigFromFile } = await import("electron-vite");
const { config } = await loadConfigFromFile(
  { command: "serve", mode: "development" },
  join(root, "electron.vite.config.ts"),
);
const server = await createServer({
  ...config.renderer,
  configFile: false,
  server: {
    host: "127.0.0.1",
    port,
    strictPort: true,
    hmr: { protocol: "ws", host: "127.0.0.1", clientPort: port },
    ...(browser ? { proxy: { "/socket": { target: origin, ws: true, configure: toServe } } } : {}),
  },
});
await server.listen();

/** Any page of any site may knock at a port of this machine; only the page that came from here is let through. */
function toServe(proxy, options) {
  proxy.on("proxyReqWs", (request, incoming, socket) => {
    if (incoming.headers.origin !== origin || !entrance) return socket.destroy();
    request.setHeader("host", entrance.host);
    request.setHeader("origin", `http://${entrance.host}`);
    request.setHeader("cookie", entrance.cookie);
    request.path = `${entrance.folder}socket`;
  });
  toServe.options = options;
}

let child;
async function start() {
  if (!browser) {
    child = spawn(electron.path, [root, ...words], {
      stdio: "inherit",
      cwd: root,
      env: { ...process.env, PODGLASS_DEV: origin },
    });
    child.on("exit", (code) => code !== null && process.exit(code));
    return;
  }
  child = spawn(process.execPath, [join(root, "out/main/cli.js"), "serve", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((found) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
      const match = /(http:\/\/\S+)\n/.exec(said);
      if (match) found(match[1]);
    });
  });
  const answer = await fetch(url);
  const folder = /href="([^"]+)"/.exec(await answer.text())?.[1];
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (!folder || !cookie) throw new Error("podglass serve did not let the development server in");
  entrance = { host: new URL(url).host, folder, cookie };
  toServe.options.target = `http://${entrance.host}`;
}

let timer;
function restart() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (!build()) return say("podglass: it does not build; still running as it was");
    child.removeAllListeners("exit");
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await gone;
    await start();
    say("podglass: started anew");
  }, 300);
}
for (const folder of ["src-main", "src-shared"])
  watch(join(root, folder), { recursive: true }, (_kind, name) => {
    if (name && /\.(ts|sh|awk|pl|md|cjs)$/.test(name) && !/\.test\.ts$/.test(name)) restart();
  });

for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    child?.kill("SIGTERM");
    process.exit(0);
  });
await start();
if (browser) console.log(`${origin}/`);

function freePort() {
  return new Promise((found) => {
    const probe = openPort().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}
