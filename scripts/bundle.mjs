// Bundles TypeScript entries for plain Node (and .sh files as text, as the app's own build does) and imports one.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

export async function importBundled(entry, folder) {
  const { build } = await import("vite");
  const outDir = join(root, "out", folder);
  await build({
    root,
    configFile: false,
    logLevel: "error",
    build: {
      ssr: join(root, entry),
      outDir,
      emptyOutDir: false,
      target: "node20",
      rollupOptions: { output: { format: "es" } },
    },
  });
  const name = entry.split("/").pop().replace(/\.ts$/, ".js");
  return import(pathToFileURL(join(outDir, name)).href);
}
