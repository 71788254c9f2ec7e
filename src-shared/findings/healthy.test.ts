/** No warning and no critical finding on a healthy node: captures of real ones, whose lab pods make zombies on purpose. */
import { describe, expect, it } from "vitest";
import { type FixtureName, fixtureReading } from "../../src-main/testing/fixture.ts";
import { assemble } from "../assemble/assemble.ts";
import { findings } from "./findings.ts";

const of = (name: FixtureName) => findings(assemble(fixtureReading(name)));
/** The lab's containers that are made to leave zombies: podman's c1, CRI's zombies, Docker's web. */
const MADE_SO = /container (?:c1|zombies|web)$/;

describe("a healthy node", () => {
  it.each(["bookworm-v2", "modern-v2", "cri-o-dropped", "cri-o-pause"] as const)("%s", (name) => {
    const loud = of(name).filter((one) => one.severity !== "info");
    for (const one of loud) expect(`${one.rule} in ${one.where}`).toMatch(MADE_SO);
    expect(new Set(loud.map((one) => one.rule))).toEqual(new Set(["zombies"]));
  });

  it("finds a host-network pod worth a word, not a warning", () => {
    const [host] = of("cri-o-dropped").filter((one) => one.rule === "host-namespaces");
    expect(host).toMatchObject({ severity: "info", where: "pod lab/hostnet" });
  });
});

describe("the same node after its pauses were killed", () => {
  it("says what is dead", () => {
    expect(of("cri-o-after-kill").filter((one) => one.severity !== "info")).toMatchObject([
      { rule: "dead-sandbox", where: "pod lab/shared" },
      { rule: "stopped-sandbox", where: "pod lab/hostnet" },
      { rule: "stopped-sandbox", where: "pod lab/web" },
    ]);
  });
});
