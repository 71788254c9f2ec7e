import { describe, expect, it } from "vitest";
import { containerOf, namespaceOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { entranceArguments, entrancesOf, findPlace, NoEntrance } from "./entrance.ts";

describe("by what a pod is entered", () => {
  const pod = podOf("containerd/abc", {
    name: "web",
    namespace: "shop",
    containers: ["app1", "app2"],
    namespaces: { net: 100, uts: 101 },
    host: ["ipc"],
  });
  const snapshot = snapshotOf({
    processes: [
      processOf(10, { namespaces: { net: 100, uts: 101, mnt: 110, pid: 111 } }),
      processOf(20, { namespaces: { net: 100, uts: 101, mnt: 120, pid: 121 } }),
    ],
    containers: [
      containerOf("app1", { name: "app", podKey: pod.key, pid: 10 }),
      containerOf("app2", { name: "side", podKey: pod.key, pid: 20 }),
    ],
    namespaces: [namespaceOf("net", 100, { pids: [10, 20] }), namespaceOf("uts", 101, { pids: [10, 20] })],
    pods: [pod],
  });

  it("is a process with its start time; what is the node's own is left out and named", () => {
    const { entrances, own } = entrancesOf(snapshot, { pod });
    expect(own).toEqual(["ipc"]);
    expect(entrances.map(({ type, inode, by }) => [type, inode, by])).toEqual([
      ["net", 100, { pid: 10, startTicks: 1010 }],
      ["uts", 101, { pid: 10, startTicks: 1010 }],
    ]);
    expect(entranceArguments(entrances)).toEqual(["2", "net", "100", "10", "1010", "uts", "101", "10", "1010"]);
  });

  it("is a pin where no process is left, if it is in the node's own mount namespace", () => {
    const alone = { ...snapshot, processes: [], containers: [] };
    const pinned = (mountNamespace: number) => ({
      ...alone,
      namespaces: [
        namespaceOf("mnt", 5, { initial: true }),
        namespaceOf("net", 100, { pins: [{ path: "/run/a b", mountNamespace }] }),
      ],
    });
    expect(entrancesOf(pinned(5), { pod }, ["net"]).entrances).toEqual([
      { type: "net", inode: 100, by: { pin: "/run/a b" } },
    ]);
    expect(() => entrancesOf(pinned(6), { pod }, ["net"])).toThrow(NoEntrance);
  });

  it("is a container's own where one is named, and for what containers do not share one must be", () => {
    const place = findPlace(snapshot, "shop/web/side");
    expect(place).toMatchObject({ pod: { key: pod.key }, container: { id: "app2" } });
    if (place.pod === undefined) throw new Error("it is found");
    expect(entrancesOf(snapshot, place, ["mnt"]).entrances[0]?.by).toEqual({ pid: 20, startTicks: 1020 });
    expect(() => entrancesOf(snapshot, { pod }, ["mnt"])).toThrow(/name one as POD\/CONTAINER \(app, side\)/);
    expect(findPlace(snapshot, "web/ap")).toMatchObject({ candidates: [{ key: pod.key }] });
    expect(findPlace(snapshot, "nothing/here")).toMatchObject({ candidates: [] });
  });

  it("with a container's programs takes its user namespace along, and says what they may do where it has none", () => {
    const place = { pod, container: snapshot.containers[1] };
    const node = namespaceOf("user", 130, { initial: true });
    const withUser = (user: number | undefined) => ({
      ...snapshot,
      namespaces: [...snapshot.namespaces, node],
      processes: [{ ...processOf(20), namespaces: { mnt: 120, pid: 121, ...(user === undefined ? {} : { user }) } }],
    });
    const own = entrancesOf(withUser(131), place, ["pid", "mnt"]);
    expect(own.entrances.map(({ type, inode }) => [type, inode])).toContainEqual(["user", 131]);
    const nodes = entrancesOf(withUser(130), place, ["pid", "mnt"]);
    expect(nodes.entrances.map(({ type }) => type).sort()).toEqual(["mnt", "pid"]);
    expect(nodes.own).toEqual([]);
    expect([nodes.notes.join(), own.notes.join()]).toEqual([
      expect.stringMatching(/run as the node's root/),
      expect.not.stringMatching(/run as the node's root/),
    ]);
    expect(() => entrancesOf(withUser(undefined), place, ["mnt"])).toThrow(/Which user namespace .* is not known/);
  });

  it("is never another pod's whose name reads like a container of this one", () => {
    const forged = { ...pod, key: "podman/evil", name: `${pod.key}/app1`, namespace: undefined, containers: [] };
    const beside = (name: string) => ({ ...snapshot, pods: [{ ...forged, name }, pod] });
    expect(findPlace(beside(forged.name), `${pod.key}/app1`)).toMatchObject({ container: { id: "app1" } });
    expect(findPlace(beside("web/app"), "web/app")).toMatchObject({
      candidates: [{ key: "podman/evil" }, { key: pod.key }],
    });
    expect(findPlace(beside("web/other"), "web/other")).toMatchObject({ pod: { key: "podman/evil" } });
  });

  it("is not known where it could not be read", () => {
    const unread = { ...pod, namespaces: {}, unread: ["net" as const] };
    expect(() => entrancesOf(snapshot, { pod: unread }, ["net"])).toThrow(/is not known.*--sudo/);
  });
});
