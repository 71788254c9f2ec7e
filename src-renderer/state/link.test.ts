import { expect, test } from "vitest";
import { linkText, parseLink, placeText } from "./link.ts";

const PARAMS: Record<string, string>[] = [
  {},
  { pod: "shop/web?&#", if: "pin:/run/netns/a b" },
  { at: "ns:net:4026532190" },
];

test("a link leads back to what it was made of", () => {
  for (const target of ["demo:sick", "root@node-a:22", "docker:a b/ü", "ssh://[::1]:22", undefined])
    for (const params of PARAMS) {
      const link = { ...(target && { target }), view: "pod", params };
      expect(parseLink(linkText(link))).toEqual(link);
      expect(parseLink(`#${placeText(link)}`)).toEqual(link);
    }
});

test("what is of this window alone stays out of it", () => {
  expect(linkText({ target: "a", view: "compare", params: { left: "node-1 x" } })).toBe("podglass://open/a/compare");
});

test("what is no link is none, and no broken one throws", () => {
  for (const text of [
    "",
    "#main",
    "root@node-a",
    "https://x/#/a/pods",
    "#/a",
    "#/%E0%A4%A/pods",
    "#//pods",
    "#/a/PODS",
  ])
    expect(parseLink(text), text).toBeUndefined();
  expect(parseLink(`#/a/pods?at=${"x".repeat(9000)}`)).toBeUndefined();
});
