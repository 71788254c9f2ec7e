import { defineConfig } from "@playwright/test";

/** They make containers of fixed names on this machine: of these one at a time, whatever shell it is for. */
const LIVE = ["specs/first-light.spec.ts", "specs/live-walk.spec.ts"];

/**
 * Two shells, one set of specs; e2e/desktop has what only the desktop window can show, and the main specs are run against
 * the packaged app as well.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/playwright",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [
    ["list"],
    ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "test-results/playwright.json" }],
  ],
  projects: [
    // One shell is enough for what the other would only repeat: @browser and @desktop name the one.
    {
      name: "browser",
      testMatch: ["specs/**/*.spec.ts"],
      testIgnore: LIVE,
      grepInvert: /@desktop|lesson [46],/,
      use: { shell: "browser" } as object,
    },
    { name: "browser-live", testMatch: LIVE, use: { shell: "browser" } as object },
    {
      name: "desktop",
      testMatch: ["specs/**/*.spec.ts", "desktop/**/*.spec.ts"],
      testIgnore: LIVE,
      grepInvert: /@browser|lesson [357],/,
      use: { shell: "desktop" } as object,
    },
    { name: "desktop-live", testMatch: LIVE, grepInvert: /@browser/, use: { shell: "desktop" } as object },
    {
      name: "packaged",
      testMatch: ["specs/{first-light,pods,picture,lessons}.spec.ts", "packaged/**/*.spec.ts"],
      // Two lessons and one picture show that their texts and drawing are in the package.
      grepInvert: /@browser|lesson [3-7],|device pixels|motion:|beside itself/,
      use: { shell: "packaged" } as object,
    },
  ],
});
