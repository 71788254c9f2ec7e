import { describe, expect, it } from "vitest";
import { stateDir } from "./places.ts";

describe("the state folder", () => {
  it("is the platform's own place, unless PODGLASS_STATE_DIR names one", () => {
    expect(stateDir({ PODGLASS_STATE_DIR: "/x", HOME: "/h" }, "linux")).toBe("/x");
    expect(stateDir({ HOME: "/h" }, "linux")).toBe("/h/.local/state/podglass");
    expect(stateDir({ HOME: "/h", XDG_STATE_HOME: "" }, "linux")).toBe("/h/.local/state/podglass");
    expect(stateDir({ HOME: "/h", XDG_STATE_HOME: "/s" }, "linux")).toBe("/s/podglass");
    expect(stateDir({ HOME: "/h" }, "darwin")).toBe("/h/Library/Application Support/Podglass");
  });
});
