/** From launching the desktop app to a window that answers. */
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron } from "@playwright/test";
import type { BenchTable } from "../table.ts";
import { quantile } from "./harness.ts";

const ROUNDS = 5;
const PATIENCE_MS = 30_000;

export async function coldStart(root: string): Promise<BenchTable> {
  const title = "Cold start of the desktop app, from launch to a window that answers";
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, "node_modules/electron/dist");
  const electron = join(dist, process.platform === "win32" ? "electron.exe" : "electron");
  if (!existsSync(electron)) return { title, figures: [], notes: ["skipped: no Electron runtime was found"] };
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { title, figures: [], notes: ["skipped: there is no display; run it under xvfb-run -a"] };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await once(root, electron));
  times.sort((a, b) => a - b);
  const ms = (time: number | undefined) => (time ?? 0).toFixed(0);
  return {
    title,
    figures: [
      {
        what: `median of ${ROUNDS} (first to last)`,
        figure: `${ms(quantile(times, 0.5))} ms (${ms(times[0])} to ${ms(times.at(-1))})`,
      },
    ],
    notes: ["Each with a fresh state folder; with the time that Playwright takes to attach."],
  };
}

async function once(root: string, electron: string): Promise<number> {
  const state = await mkdtemp(join(tmpdir(), "podglass-bench-"));
  try {
    await chmod(state, 0o777); // Electron may run as another user
    const env: Record<string, string> = { PODGLASS_STATE_DIR: state };
    for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] ??= value;
    const start = performance.now();
    const app = await _electron.launch({
      executablePath: electron,
      args: [root],
      cwd: root,
      env,
      timeout: PATIENCE_MS,
    });
    try {
      const page = await app.firstWindow({ timeout: PATIENCE_MS });
      await page.getByRole("button", { name: /demo/i }).first().waitFor({ timeout: PATIENCE_MS });
      return performance.now() - start;
    } finally {
      await app.close();
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}
