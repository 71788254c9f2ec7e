import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src-shared/actions.ts";
import { contentSecurityPolicy } from "../content-security.ts";
import { isOurs, SCHEME, START_PAGE } from "./origin.ts";
import { mayOpenOutside } from "./outside.ts";
import { describePlan } from "./plan-text.ts";
import { windowOptions } from "./window-options.ts";

const file = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8");

describe("the window's options", () => {
  it("follow Electron's security checklist", () => {
    const made = windowOptions({ preload: "/p.cjs", version: "1.2.3", packaged: true }).webPreferences;
    expect(made).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      devTools: false,
    });
    expect(made?.enableBlinkFeatures).toBeUndefined();
    expect(windowOptions({ preload: "", version: "", packaged: false }).webPreferences?.devTools).toBe(true);
  });

  it("keep the page to itself", () => {
    const policy = contentSecurityPolicy();
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http/);
    const meta =
      /Content-Security-Policy"\s+content="([^"]+)"/.exec(file("../../../src-renderer/index.html"))?.[1] ?? "";
    for (const part of meta.split("; ")) expect(policy).toContain(part);
  });

  it("make the scheme known before the app is ready, under the name that the rest uses", () => {
    expect(file("boot.cjs")).toContain(`scheme: "${SCHEME}"`);
    expect(file("boot.cjs")).toContain("app.enableSandbox()");
  });
});

describe("addresses", () => {
  it("tell the app's own from all others", () => {
    expect(isOurs(START_PAGE)).toBe(true);
    expect(isOurs("podglass://app/assets/x.js#/pods")).toBe(true);
    for (const other of [
      "podglass://app.evil/",
      "podglass://evil/",
      "podglass://me@app/",
      "podglass://app:1/",
      "file:///etc/passwd",
      "https://app/",
      "about:blank",
      "",
      "javascript:1",
    ])
      expect([other, isOurs(other)]).toEqual([other, false]);
  });

  it("lead outside to documents alone", () => {
    expect(mayOpenOutside("https://docs.kernel.org/admin-guide/cgroup-v2.html")).toBe(true);
    for (const other of [
      "http://docs.kernel.org/",
      "https://docs.kernel.org.evil/",
      "https://a:b@github.com/",
      "https://github.com:8443/",
      "file:///etc/passwd",
      "ssh://host",
      "x-apple:1",
      "https://evil.example/",
    ])
      expect([other, mayOpenOutside(other)]).toEqual([other, false]);
  });
});

describe("a plan in a native dialog", () => {
  it("shows what will change and how, with hostile names made inert and cut", () => {
    const plan: Plan = {
      schema: "podglass.plan/1",
      action: "drop",
      node: "n",
      pod: "p",
      checks: [],
      effects: ["pause of \u202eevil\u001b[2J\nCancel: nothing happens ends"],
      steps: Array.from({ length: 20 }, (_, index) => ({ title: `step ${index}`, command: "x".repeat(5000) })),
    };
    const text = describePlan(plan);
    expect(text).toContain("• pause of evil Cancel: nothing happens ends");
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain("and 8 more steps");
    expect(text.length).toBeLessThan(6_000);
  });
});
