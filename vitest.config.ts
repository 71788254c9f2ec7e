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
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
