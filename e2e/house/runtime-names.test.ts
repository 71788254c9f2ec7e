/**
 * A runtime's name decides nothing outside its room (src-shared/runtimes). Sentences may say names, and so may tests, the
 * demo and the lab; where another file has one in its code, docs/architecture.md says why.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { runtimes } from "../../src-shared/runtimes/table.ts";

const root = resolve(import.meta.dirname, "../..");
/** All that the table calls a runtime by; "lab" is a word of ours as well. */
const names = runtimes
  .filter(({ name }) => name !== "lab")
  .flatMap(({ name, daemon, versions, groups }) => [name, daemon ?? [], ...versions, ...groups.prefixes].flat());
const NAME = new RegExp(`(?<![\\w-])(${[...new Set(names), "crio", "conmon", "incus"].join("|")})(?![\\w])`, "i");
const LEFT_OUT = /^src-shared\/runtimes\/|\.test\.tsx?$|\/testing\/|^src-main\/(demo|lab)\//;
/** A string without a blank is a word of the code, one with a blank is a text; regular expressions are code. */
const WORDS = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`|(?<=[(,=:]\s*)(\/(?![*/])(?:[^/\\\n]|\\.)+\/)[a-z]*/g;

const named = (text: string): boolean =>
  text
    .split("\n")
    .filter((line) => !/^\s*(\*|\/\/|\/\*)|^import |^} from |link: /.test(line))
    .some((line) =>
      [...line.matchAll(WORDS)].some(([, double, back, pattern]) => {
        const word = double ?? back;
        return pattern === undefined ? word !== undefined && !/\s/.test(word) && NAME.test(word) : NAME.test(pattern);
      }),
    );

it("stands outside its room in at most ten files, each with its reason in docs/architecture.md", () => {
  const files = ["src-shared", "src-main", "src-renderer"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter((name) => /\.tsx?$/.test(name) && !LEFT_OUT.test(name)),
  );
  const found = files.filter((name) => named(readFileSync(join(root, name), "utf8")));
  const written = readFileSync(join(root, "docs/architecture.md"), "utf8");
  expect(found.filter((name) => !written.includes(`\`${name}\``))).toEqual([]);
  expect(found.length).toBeLessThanOrEqual(10);
});
