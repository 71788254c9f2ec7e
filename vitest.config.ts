import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src-*/**/*.test.ts",
      "src-*/**/*.test.tsx",
      "e2e/house/*.test.ts",
      "e2e/cli/*.test.ts",
      "e2e/runtimes/*.test.ts",
    ],
    // No measure of speed: a busy machine needs several times what a quiet one does.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
