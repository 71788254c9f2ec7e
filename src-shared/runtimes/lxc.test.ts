/** Shapes of the documents: lxc.container.conf(5), lxc.cgroup.dir; Incus, doc/explanation/instances. */
import { describe, expect, it } from "vitest";
import { idOf, own, Scene } from "../../src-main/testing/scene.ts";
import { assemble } from "../assemble/assemble.ts";
import { cgroupOwner } from "../assemble/cgroup-path.ts";

describe("LXC and Incus", () => {
  it.each([
    ["/lxc.payload.web1", "web1"],
    ["/lxc.payload.web1/system.slice/ssh.service", "web1"],
    ["/lxc.payload.shop_web1/init.scope", "shop_web1"],
    ["/machine.slice/lxc.payload.c-2.a", "c-2.a"],
  ])("own %s", (path, id) => {
    const owner = cgroupOwner(path);
    expect(owner).toMatchObject({ runtime: "lxc", containerId: id });
    expect(path.startsWith(owner.containerPath!)).toBe(true);
  });
  it.each(["/lxc.monitor.web1", "/lxc.payload.", "/lxc.payload.../x", "/lxc.pivot"])("do not own %s", (path) => {
    expect(cgroupOwner(path).containerId).toBeUndefined();
  });

  it("are containers by name, with what runs in them, and no pods", () => {
    const inner = idOf("inner");
    const home = own(4026545000, ["mnt", "pid", "net", "ipc", "uts"]);
    const snapshot = assemble(
      new Scene()
        .process({ pid: 300, comm: "systemd", in: home, at: "/lxc.payload.web1/init.scope" })
        .process({
          pid: 310,
          ppid: 300,
          comm: "sshd",
          in: home,
          nsPids: [310, 7],
          at: "/lxc.payload.web1/system.slice/ssh.service",
        })
        .process({ pid: 320, ppid: 300, in: { ...home, ...own(4026546000) }, at: `/lxc.payload.web1/docker/${inner}` })
        .reading,
    );
    expect(snapshot.containers.find(({ id }) => id === "web1")).toMatchObject({
      name: "web1",
      runtime: "lxc",
      kind: "app",
      pid: 300,
      pids: [300, 310],
      cgroupPath: "/lxc.payload.web1",
    });
    expect(snapshot.containers.find(({ id }) => id === inner)).toMatchObject({ runtime: "docker", pids: [320] });
    expect(snapshot.pods).toEqual([]);
    expect(snapshot.node.runtimes).toContainEqual({ name: "lxc" });
  });
});
