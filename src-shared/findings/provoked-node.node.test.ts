/** Findings that need no runtime, made to be true on this machine by hand: pins without a process, cgroups without a pod. */
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../e2e/nodes/room.ts";
import { readNode } from "../../src-main/probe/index.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import { assemble } from "../assemble/assemble.ts";
import type { NamespaceType, Snapshot } from "../model.ts";
import { unread } from "../unread.ts";
import { findings } from "./findings.ts";

const root = process.platform === "linux" && process.getuid?.() === 0 && existsSync("/sys/fs/cgroup");

describe.skipIf(!root)("findings provoked by hand", () => {
  const connection = localConnection();
  const undo: (() => unknown)[] = [];
  afterAll(async () => {
    for (const work of undo.reverse()) await work();
    connection.close();
  });
  const read = async (): Promise<Snapshot> => assemble(await readNode(connection, { privilege: "plain", deep: true }));
  const about = (snapshot: Snapshot, text: string) =>
    findings(snapshot).filter((one) => `${one.where} ${one.evidence.join(" ")}`.includes(text));

  /** A namespace that only a bind mount keeps. */
  const pin = async (type: "net" | "ipc" | "uts", path: string) => {
    const above = path.slice(0, path.lastIndexOf("/"));
    const made = mkdirSync(above, { recursive: true, mode: 0o700 });
    writeFileSync(path, "");
    undo.push(() => {
      rmSync(path);
      // Only the folders that were not there before, deepest first, and only while nobody else uses them.
      for (let at = above; made && at.startsWith(made); at = at.slice(0, at.lastIndexOf("/"))) {
        if (readdirSync(at).length > 0) break;
        rmdirSync(at);
      }
    });
    await run("unshare", [`--${type}=${path}`, "true"]);
    // Lazily: whoever reads this machine meanwhile may be inside for a moment.
    undo.push(() => run("umount", ["-l", path]));
  };

  it("leaked-pin, pinned-namespace, stale-pin-folder", { timeout: 60_000 }, async () => {
    const uuid = randomUUID();
    const person = `pgt${randomBytes(3).toString("hex")}`;
    const hash = randomBytes(8).toString("hex");
    await pin("ipc", `/run/ipcns/${uuid}`);
    await pin("uts", `/run/utsns/${uuid}`);
    await pin("net", `/run/netns/${person}`);
    await pin("uts", `/run/podglass/pins/${hash}/uts`);
    const snapshot = await read();
    const leaked = about(snapshot, uuid);
    // A process that shows its namespaces to nobody (a stranger's capabilities) may be in any of them.
    const loud = (type: NamespaceType) => (unread(snapshot).namespaces(type) > 0 ? "info" : "warning");
    expect(leaked).toMatchObject([{ rule: "leaked-pin", severity: loud("ipc") }]);
    expect(leaked[0]!.where).toContain(`/run/ipcns/${uuid}`);
    expect(leaked[0]!.where).toContain(`/run/utsns/${uuid}`);
    expect(about(snapshot, person)).toMatchObject([{ rule: "pinned-namespace", severity: "info" }]);
    expect(about(snapshot, hash)).toMatchObject([{ rule: "stale-pin-folder", severity: loud("uts") }]);
  });

  it("empty-pod-cgroup, cgroup-v1", { timeout: 60_000 }, async () => {
    const uid = randomUUID();
    const top = `pgt${randomBytes(3).toString("hex")}`;
    const v2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
    const roots = v2
      ? ["/sys/fs/cgroup"]
      : readdirSync("/sys/fs/cgroup")
          .map((name) => `/sys/fs/cgroup/${name}`)
          .filter((path) => existsSync(`${path}/cgroup.procs`));
    for (const path of roots) {
      const parts = [top, "kubepods", "burstable", `pod${uid}`];
      mkdirSync([path, ...parts].join("/"), { recursive: true });
      undo.push(() => {
        for (let depth = parts.length; depth > 0; depth--) rmdirSync([path, ...parts.slice(0, depth)].join("/"));
      });
    }
    const snapshot = await read();
    const path = `/${top}/kubepods/burstable/pod${uid}`;
    expect(about(snapshot, path)).toMatchObject([
      { rule: "empty-pod-cgroup", severity: "info", at: { cgroupPath: path } },
    ]);
    expect(findings(snapshot).some((one) => one.rule === "cgroup-v1")).toBe(!v2);
  });
});
