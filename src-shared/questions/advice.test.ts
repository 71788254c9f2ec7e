import { describe, expect, it } from "vitest";
import { podOf, snapshotOf } from "../testing/snapshot.ts";
import { configurationAdvice } from "./advice.ts";

describe("configuration advice", () => {
  const pods = [podOf("cri-o/a"), podOf("podman/b")];

  it("writes the drop-in that makes CRI-O drop pause, and only where it is needed", () => {
    const off = snapshotOf({ pods });
    off.node.configuration = [{ runtime: "cri-o", path: "/etc/crio/crio.conf", key: "drop_infra_ctr", value: "false" }];
    const [crio, podman] = configurationAdvice(off);
    expect(crio).toMatchObject({
      now: "drop_infra_ctr = false in /etc/crio/crio.conf",
      file: { path: "/etc/crio/crio.conf.d/90-drop-infra.conf", content: "[crio.runtime]\ndrop_infra_ctr = true\n" },
      commands: ["systemctl restart crio"],
    });
    expect(podman!.commands[0]).toContain("--infra=false");
    const [unset] = configurationAdvice(snapshotOf({ pods }));
    expect(unset).toMatchObject({ now: "drop_infra_ctr is not set, so true", commands: [] });
    expect(unset!.file).toBeUndefined();
  });
});
