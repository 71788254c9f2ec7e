/** What CONTRIBUTING.md's recipes promise to name when it is forgotten, and no compiler can. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { actionAnswers } from "../../src-main/demo/answers/actions.ts";
import { ROWS } from "../../src-main/targets/programs.ts";
import { ACTIONS } from "../../src-shared/actions.ts";
import { RUNTIME_LABELS } from "../../src-shared/runtimes/names.ts";
import { runtimes } from "../../src-shared/runtimes/table.ts";

const root = resolve(import.meta.dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const files = (folder: string, ends: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => ends.test(name))
    .map((name) => `${folder}/${name}`);

it("every file and folder that the recipes and the architecture name is there", () => {
  const named = ["CONTRIBUTING.md", "docs/architecture.md"].flatMap((page) =>
    [...text(page).matchAll(/`((?:src-\w+|e2e|assets|docs|scripts|bench)\/[\w./-]*\w\/?)`/g)].map(
      ([, path = ""]) => path,
    ),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe("a runtime", () => {
  const perl = text("src-main/probe/perl/deep.pl");
  const asked = [...(/%version_of = \((.*)\);/.exec(perl)?.[1] ?? "").matchAll(/'?([\w-]+)'? => '([\w-]+)'/g)];
  const awk = text("src-main/probe/awk/main.awk");
  const tools = text("src-main/probe/sh/tools.sh");
  const tests = files("src-shared", /\.test\.ts$/).map(text);

  it.each(runtimes.flatMap(({ name, versions: [first] }) => (first ? [[name, first] as const] : [])))(
    "%s: both readers ask for its version, of a program whose arguments they read",
    (_, version) => {
      const program = asked.find(([, , name]) => name === version)?.[1] ?? "";
      expect(program, "%version_of in perl/deep.pl").not.toBe("");
      const list = /split\("([^"]+)", list, " "\)/.exec(awk)?.[1]?.split(" ") ?? [];
      expect(list, "the list in awk/main.awk").toContain(version);
      expect(tools, "work() in sh/tools.sh").toContain(`${list.indexOf(version) + 1}) set -- ${program} --version`);
      for (const script of [text("src-main/probe/perl/processes.pl"), awk]) {
        const [, comms = ""] = /monitors? = (?:qr\/|")\^\((?:\?:)?([^)]+)\)/.exec(script) ?? [];
        expect(comms.split("|"), "comms of monitors").toContain(program);
      }
    },
  );

  it("the two readers look for records in the same places", () => {
    const places = (script: string): string[] => {
      const found =
        script.replace(/^\s*#.*$|\/run\/podglass\S*/gm, "").match(/(?<![\w$"}/*])\/(?:etc|run|usr|var)\/[\w./-]*\w/g) ??
        [];
      return [...new Set(found.map((path) => path.replace(/\/(overlay|vfs|btrfs)-containers$/, "")))].sort();
    };
    const ofShell = places(text("src-main/probe/sh/records.sh"));
    expect(ofShell.length).toBeGreaterThan(15);
    expect(places(text("src-main/probe/perl/records.pl"))).toEqual(ofShell);
  });

  it.each(runtimes)("$name: its row in docs/pods.md, and a test with a container of it", ({ name }) => {
    expect(text("docs/pods.md")).toMatch(new RegExp(`^\\| .*${RUNTIME_LABELS[name].replace(/^the /, "")}.* \\|`, "m"));
    expect(tests.some((one) => one.includes(`runtime: "${name}"`))).toBe(true);
  });

  it.each(runtimes)("$name: words for each reason why its pause is there", ({ kept, keptWords = {} }) => {
    for (const reaps of [true, false]) {
      const how = kept?.({ reaps, setting: () => undefined }).how;
      if (how !== undefined) expect(Object.keys(keptWords)).toContain(how);
    }
  });
});

describe("an action", () => {
  const tests = files("src-main/actions", /\.node\.test\.ts$/).map(text);

  it.each(ACTIONS)("%s: a button on the pod's page, an answer of the demo node, its docs and a test", (name) => {
    expect(text("src-renderer/views/pod/actions.tsx"), "offersOf").toContain(`action: "${name}"`);
    expect(
      actionAnswers.map(([answered]) => answered),
      "demo/answers/actions.ts",
    ).toContain(name);
    expect(text("docs/actions.md"), "the first table").toMatch(new RegExp(`^\\| ${name} \\| \`(.*/)?${name}/\``, "m"));
    expect(text("docs/guide/as-root.md")).toContain(`\`${name}\``);
    expect(
      tests.some((one) => one.includes(`"${name}"`)),
      "a node test",
    ).toBe(true);
  });
});

describe("a way in by a program", () => {
  const ways = text("docs/ways-in.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const security = text("SECURITY.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const help = /"TARGET is [^"]*"/.exec(text("src-main/shells/cli.ts"))?.[0] ?? "";
  const tests = files("src-main/targets", /^programs\..*test\.ts$/).map(text);

  it.each(Object.entries(ROWS))(
    "%s: in docs/ways-in.md, SECURITY.md, the terminal's help and a test",
    (prefix, row) => {
      const [program = ""] = row.words("node-a", "");
      expect(
        ways.some((line) => line.includes(`\`${prefix}:`)),
        "docs/ways-in.md",
      ).toBe(true);
      const started = security.filter((line) => line.includes(`\`${prefix}:`));
      expect(
        started.some((line) => line.includes(`\`${program} `)),
        "SECURITY.md, programs of your machine",
      ).toBe(true);
      expect(help).toContain(`${prefix}:`);
      expect(
        tests.some((one) => one.includes(`${prefix}:`)),
        "programs.test.ts",
      ).toBe(true);
    },
  );
});
