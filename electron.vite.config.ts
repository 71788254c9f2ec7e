import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

const at = (path: string) => resolve(import.meta.dirname, path);

/** Remote scripts are .sh files in the tree; the build carries them as text (`import x from "./x.sh?raw"`). */
export default defineConfig({
  main: {
    build: {
      outDir: "out/main",
      target: "node20",
      minify: false,
      rollupOptions: {
        input: { electron: at("src-main/electron.ts"), cli: at("src-main/cli.ts") },
        output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  },
  preload: {
    build: {
      outDir: "out/preload",
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: at("src-main/preload.ts") },
        output: { format: "cjs", entryFileNames: "preload.cjs" },
      },
    },
  },
  renderer: {
    root: at("src-renderer"),
    plugins: [react()],
    build: {
      outDir: at("out/renderer"),
      target: "chrome130",
      rollupOptions: { input: { index: at("src-renderer/index.html") } },
    },
  },
});
