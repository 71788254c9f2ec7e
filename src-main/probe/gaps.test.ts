/** The scripts' gaps against src-shared/gaps.ts: a sentence that is not in the tables could not be redacted by its parts. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GAP_REMEDIES, GAP_WHATS, GAP_WHYS, isSlowPlace } from "../../src-shared/gaps.ts";
import { known, type Sentences, withParts } from "../../src-shared/sentences.ts";

const folder = new URL(".", import.meta.url);
const scripts = ["perl", "awk"].flatMap((name) =>
  readdirSync(new URL(`${name}/`, folder)).map((file) => readFileSync(new URL(`${name}/${file}`, folder), "utf8")),
);

/** The literal arguments of each call, values that stand in them as "1"; undefined for what is no literal. */
function calls(script: string): (string | undefined)[][] {
  return [...script.matchAll(/\b(?:say_)?gap\((.*)$/gm)].map(([, rest = ""]) => {
    const found: (string | undefined)[] = [];
    let text: string | undefined;
    for (const [token] of rest.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[,)(]|[^\s,)("']+/g)) {
      if (token === ")" || token === "(") break;
      if (token === ",") {
        found.push(text);
        text = undefined;
      } else if (/^["']/.test(token)) {
        const plain = token.slice(1, -1).replace(/\\(.)/g, "$1");
        text = (text ?? "") + (token.startsWith('"') ? plain.replace(/\$\w+(\{[^}]*\}|\[\d\])*/g, "1") : plain);
      } else if (token !== ".") text = text === undefined && found.length > 0 ? undefined : `${text ?? ""}1`;
    }
    return [...found, text];
  });
}

const all = scripts.flatMap(calls);

test("every literal sentence of the scripts is in the tables", () => {
  expect(all.length).toBeGreaterThan(60);
  const strange = (table: Sentences, at: number) =>
    all.flatMap((call) => {
      const text = call[at];
      // A value and nothing else ("$reason") or the end of a longer expression says nothing about a sentence.
      return text === undefined || !/[a-z]{3}/.test(text) || known(table, text) ? [] : text;
    });
  expect(strange(GAP_WHATS, 0)).toEqual([]);
  expect(strange(GAP_WHYS, 1).filter((why) => !known(GAP_WHYS, `${why}x`))).toEqual([]);
  // A choice between two is several literals in a row.
  expect(strange(GAP_REMEDIES, 2).filter((text) => !text.includes("1"))).toEqual([]);
  // What most gaps share is set once.
  const shared = scripts.flatMap((script) =>
    [...script.matchAll(/\bmend = (['"])(.*?)\1/g)].map(([, , text = ""]) => text),
  );
  expect(shared.length).toBeGreaterThan(2);
  expect(shared.filter((text) => text !== "" && !known(GAP_REMEDIES, text))).toEqual([]);
});

test("parts are told from words, inside one another too, and a stranger's text is no sentence", () => {
  const loud = (text: string) => text.toUpperCase();
  expect(withParts([GAP_WHYS], "pid 7: it is in a folder of somebody else, so its words are not believed", loud)).toBe(
    "pid 7: it is in a folder of somebody else, so its words are not believed",
  );
  expect(withParts([GAP_WHYS], "pid 7 names /etc/acme.toml, which is not there", loud)).toBe(
    "pid 7 names /ETC/ACME.TOML, which is not there",
  );
  expect(withParts([GAP_WHYS], "the files of acme could not be read", loud)).toBeUndefined();
});

test("only what was left out on purpose is a slow place", () => {
  expect(isSlowPlace({ why: GAP_WHYS.slow })).toBe(true);
  expect(isSlowPlace({ why: "not asked, since 3 others do not answer" })).toBe(false);
});
