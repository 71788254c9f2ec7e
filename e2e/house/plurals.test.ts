/** One function writes a count with its noun (count, src-shared/format.ts): "1 processes" is how a program talks. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const NOUNS =
  "processes|pods|containers|pins|namespaces|cgroups|groups|files|threads|zombies|children|copies|nodes|lines|steps|readings|frames|findings|gaps|members|rows|events|kills|changes|times|targets|monitors|mounts";
const COUNTED = new RegExp(`(?<!more than )\\$\\{([^{}]+)\\} (?:more |other |live )?(?:${NOUNS})\\b`, "g");
/** A bound in capitals is never one; a word from a list of names is no count. */
const FINE = /^[A-Z_.a-z]*[A-Z_]{3,}|=== 1|\b(qos|written|label|type|join|round|kind|operation)\b|^(?:count|listed)\(/;
/** Said only where there are several. */
const MANY = new Set([
  "src-shared/events/event.ts",
  "src-shared/findings/leaked-pin.ts",
  "src-shared/findings/pid-namespace-app.ts",
  "src-shared/walls/allowed.ts",
  "src-renderer/frame/timeline/scrub.tsx",
  "src-renderer/state/grouped.ts",
  "src-renderer/views/pod/summary.ts",
  "src-main/targets/list.ts",
  "src-main/shells/cli/several.ts",
]);

it("a count with its noun is written by count() alone", () => {
  const found = ["src-shared", "src-main", "src-renderer"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !MANY.has(name))
      .flatMap((name) =>
        [...readFileSync(join(root, name), "utf8").matchAll(COUNTED)]
          .filter(([, counted = ""]) => !FINE.test(counted.trim()))
          .map(([text]) => `${name}: ${text}`),
      ),
  );
  expect(found).toEqual([]);
});
