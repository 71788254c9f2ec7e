// Run by npm.node.test.ts in a room that has Node, the package and nothing else: the terminal, and the window served.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";

const program = "/podglass/scripts/podglass.mjs";
const start = (...args) => spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });

async function wordsOf(child, enough) {
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    text += chunk;
    const found = enough?.exec(text)?.[0];
    if (found) return found;
  }
  return text;
}

const folders = readdirSync("/");
const pods = await wordsOf(start("pods", "demo"));
const serving = start("serve");
try {
  const url = await wordsOf(serving, /http:\/\/127\.0\.0\.1:\S+(?=\s)/);
  const entrance = await fetch(url); // spends the one-time token, and leads on
  const headers = { cookie: entrance.headers.get("set-cookie").split(";")[0] };
  const way = /href="([^"]+)"/.exec(await entrance.text())[1];
  const address = new URL(way, url);
  const page = await (await fetch(address, { headers })).text();
  const types = {};
  for (const [, path] of page.matchAll(/(?:href|src)="(\.\/assets\/[^"]+)"/g)) {
    const { status, headers: said } = await fetch(new URL(path, address), { headers });
    types[path.split(".").pop()] = `${status} ${said.get("content-type")}`;
  }
  process.stdout.write(JSON.stringify({ folders, pods, page, types }));
} finally {
  serving.kill("SIGTERM");
}
