import { expect, it } from "vitest";
import { type Arrival, arrivals, arrivalsIn } from "./arrivals.ts";

it("takes recordings from a command line, and nothing else", () => {
  const words = ["--no-sandbox", "a.podglass", "/b/c.podglass", "--x=d.podglass", "notes.txt", "."];
  expect(arrivalsIn(words, "/home/me")).toEqual([{ recording: "/home/me/a.podglass" }, { recording: "/b/c.podglass" }]);
});

it("takes a file's address as a desktop gives it, of this machine alone", () => {
  const words = ["file:///b/two%20words.podglass", "file://elsewhere/c.podglass", "file:///%"];
  expect(arrivalsIn(words, "/")).toEqual([{ recording: "/b/two words.podglass" }]);
});

it("takes one link as the text that it is, and no other address of the scheme", () => {
  const link = "podglass://open/root%40node-a/pods";
  expect(arrivalsIn(["--", link, `${link}?pod=x`], "/")).toEqual([{ link }]);
  for (const word of [
    "podglass://app/index.html",
    "podglass://open.evil/x/pods",
    "podglass:open/x/pods.podglass",
    `podglass://open/${"x".repeat(9000)}/pods`,
    "--url=podglass://open/x/pods",
  ])
    expect(arrivalsIn([word], "/"), word).toEqual([]);
});

it("keeps them until the window listens, and shows each once", () => {
  const shown: Arrival[] = [];
  const coming = arrivals(async (arrival) => void shown.push(arrival));
  coming.add([{ recording: "/a.podglass" }]);
  expect(shown).toEqual([]);
  coming.listening();
  coming.listening();
  coming.add([{ link: "podglass://open/-/lessons" }]);
  expect(shown).toEqual([{ recording: "/a.podglass" }, { link: "podglass://open/-/lessons" }]);
});
