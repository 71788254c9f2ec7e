import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../../..");
const config = parse(readFileSync(join(root, "electron-builder.yml"), "utf8")) as Record<string, never> & {
  electronFuses: Record<string, boolean>;
  files: string[];
};

it("packages for three systems, as an archive that is checked when it is loaded", () => {
  expect(config).toMatchObject({
    asar: true,
    linux: { target: ["dir", "AppImage"] },
    mac: { target: "dmg", hardenedRuntime: true },
    win: { target: "nsis" },
    publish: null,
  });
});

it("sets the fuses as Electron's checklist says", () => {
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    resetAdHocDarwinSignature: true,
  });
});

it("carries what the app starts from, and no sources", () => {
  const { main } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { main: string };
  expect(main).toBe("out/main/boot.cjs");
  expect(existsSync(join(root, "src-main/shells/desktop/boot.cjs"))).toBe(true);
  for (const part of ["main", "preload", "renderer"]) expect(config.files).toContain(`out/${part}/**`);
  expect(config.files.some((pattern) => pattern.startsWith("src") || pattern === "**/*")).toBe(false);
});
