import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";
import { Contents } from "./scripts/contents.ts";

const at = (path: string) => resolve(import.meta.dirname, path);

/** The file that Electron starts is CommonJS, unlike the rest: it is carried over as it is. */
const boot = () => ({
  name: "podglass-boot",
  generateBundle(this: { emitFile(file: { type: "asset"; fileName: string; source: string }): string }) {
    this.emitFile({
      type: "asset",
      fileName: "boot.cjs",
      source: readFileSync(at("src-main/shells/desktop/boot.cjs"), "utf8"),
    });
  },
});

/**
 * While developing, Vite puts styles and its own start into the page and talks to it over a socket. That page alone gets
 * a policy that lets it: a build never does.
 */
const developingPolicy = () => ({
  name: "podglass-developing-policy",
  apply: "serve" as const,
  transformIndexHtml: (html: string, { server }: { server?: { config: { server: { port: number } } } }) =>
    html
      .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
      .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
      .replace("connect-src 'self'", `connect-src 'self' ws://127.0.0.1:${server?.config.server.port}`),
});

/** Of react-dom/server the part that writes plain markup: the streams beside it are twice its size, and nobody's here. */
const plainMarkup = () => ({
  name: "podglass-plain-markup",
  apply: "build" as const,
  enforce: "pre" as const,
  resolveId: (id: string) =>
    id === "react-dom/server"
      ? at("node_modules/react-dom/cjs/react-dom-server-legacy.browser.production.js")
      : undefined,
});

/** Of ssh2 all but its agents for HTTP, which nobody here uses: node:http loads all of fetch and WebSocket with it (50 ms). */
const withoutHttp = () => ({
  name: "podglass-without-http",
  enforce: "pre" as const,
  load: (id: string) => (/\/ssh2\/lib\/http-agents\.js$/.test(id) ? "module.exports = {};" : undefined),
});

const contents = new Contents();

/** Names stay, for who reads a stack trace; blanks and comments go (the licences travel in third-party.txt). */
const written = {
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  comments: { legal: true, annotation: false, jsdoc: false },
} as const;

/** Remote scripts are .sh files in the tree; the build carries them as text (`import x from "./x.sh?raw"`). */
export default defineConfig({
  main: {
    plugins: [boot(), plainMarkup(), withoutHttp(), contents.plugin()],
    // A report is drawn by React: of its two builds the one for people, at a third of the size.
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      outDir: "out/main",
      target: "node20",
      minify: false,
      externalizeDeps: false,
      rollupOptions: {
        // Everything travels inside. The rest are native helpers that ssh2 and ws do without.
        external: ["electron", "cpu-features", "bufferutil", "utf-8-validate", /\.node$/],
        input: {
          electron: at("src-main/shells/electron.ts"),
          cli: at("src-main/shells/cli.ts"),
          // Drawn by the window's own code: the command line loads it as a file (shells/cli/report.ts).
          report: at("src-renderer/report/report.tsx"),
        },
        output: {
          format: "es",
          entryFileNames: "[name].js",
          chunkFileNames: "[name]-[hash].js",
          ...written,
        },
      },
    },
  },
  preload: {
    plugins: [contents.plugin()],
    build: {
      outDir: "out/preload",
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: at("src-main/shells/preload.ts") },
        output: { format: "cjs", entryFileNames: "preload.cjs" },
      },
    },
  },
  renderer: {
    root: at("src-renderer"),
    plugins: [react(), plainMarkup(), developingPolicy(), contents.plugin(true)],
    worker: { rollupOptions: { output: written } },
    build: {
      outDir: at("out/renderer"),
      target: "chrome130",
      assetsInlineLimit: 0, // font-src 'self' takes no data: address
      rollupOptions: {
        input: { index: at("src-renderer/index.html") },
        output: written,
      },
    },
  },
});
