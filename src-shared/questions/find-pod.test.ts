import { describe, expect, it } from "vitest";
import { readingOf } from "../../src-main/testing/fixture.ts";
import { assemble } from "../assemble/assemble.ts";
import { findPod } from "./find-pod.ts";

describe("the pod that a person means", async () => {
  const snapshot = assemble(await readingOf("kubelet-containerd"));
  const found = (text: string) => {
    const { pod, ...rest } = findPod(snapshot, text);
    return pod ? pod.name : "candidates" in rest ? rest : undefined;
  };

  it("is found by its own name, by namespace and name, and by the uid that its node gave it", () => {
    expect(found("guar-lab-sid-b")).toBe("guar-lab-sid-b");
    expect(found("shop/guar-lab-sid-b")).toBe("guar-lab-sid-b");
    expect(found("2ee1aa1916f1cfd42b956d3f304ae286")).toBe("guar-lab-sid-b");
  });

  it("is offered, and not taken, where the name lacks the node that a kubelet puts behind a static pod's", () => {
    for (const text of ["guar", "shop/guar"])
      expect(found(text)).toMatchObject({ candidates: [], meant: [{ name: "guar-lab-sid-b" }] });
    expect(found("kube-system/guar")).toMatchObject({ meant: [] });
    expect(found("gua")).toMatchObject({ meant: [] });
  });

  it("is not told by the uid of its mirror in the API, which no record of a node has: it says where the node's is", () => {
    const mirror = "7b9e4a7c-597b-41d4-9b01-6d5237ad4566";
    expect(found(mirror)).toMatchObject({ candidates: [], meant: [], note: expect.stringContaining("config.mirror") });
    expect(found("no-such-pod")).not.toHaveProperty("note");
  });
});
