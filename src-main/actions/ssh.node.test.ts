import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, whyNoSshd } from "../../e2e/nodes/sshd.ts";
import type { ActionName } from "../../src-shared/actions.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { labDown, labFind, labUp } from "../lab/lab.ts";
import { readNode } from "../probe/index.ts";
import { connectSsh } from "../ssh/connect.ts";
import { sourceOf } from "../targets/targets.ts";
import type { Connection } from "../transport/transport.ts";
import { pinsFolder } from "./folder.ts";
import { openJournal } from "./journal.ts";
import { perform } from "./perform.ts";
import { makePlan } from "./plan.ts";
import { actor } from "./testing/actor.ts";
import { undo } from "./undo.ts";

const name = `sudo-${process.pid}`;
const key = `lab/${name}`;
const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

describe.skipIf(whyNoSshd())("actions over ssh", { timeout: 180_000 }, () => {
  let server: Sshd;
  let state: string;
  const login = (user: string) =>
    connectSsh(
      server.target(user),
      { configFile: "none", identityFiles: [server.keyFile], userKnownHostsFiles: [server.knownHosts] },
      nobody,
    );
  beforeAll(async () => {
    server = await startSshd();
    state = mkdtempSync(join(tmpdir(), "podglass-ssh-actions-"));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(state, { recursive: true, force: true });
  }, 60_000);

  const plan = async (connection: Connection, action: ActionName, privilege: "sudo" | "user") =>
    makePlan({
      snapshot: assemble(await readNode(connection, { privilege: privilege === "sudo" ? "sudo" : "plain" })),
      connection,
      privilege,
      action,
      podKey: key,
      options: {},
      readOnly: false,
      nodeLabel: "there",
    });

  it("go through sudo -n, and undo says what it found", async () => {
    const connection = await login(server.addUser({ sudo: "nopasswd" }).name);
    const reread = async () => assemble(await readNode(connection, { privilege: "sudo" }));
    const journal = openJournal(join(state, "journal.jsonl"));
    try {
      await labUp(connection, { name, sandbox: "pause" }, { sudo: true });
      const outcome = await perform(await plan(connection, "pin", "sudo"), { connection, reread, journal });
      expect(outcome).toMatchObject({ done: true });
      expect(readFileSync("/proc/self/mountinfo", "utf8")).toContain(`${pinsFolder(key)}/net`);
      const way = {
        connection,
        journal,
        podKey: key,
        nodeLabel: "there",
        readOnly: false,
        reread,
        privilege: "sudo",
      } as const;
      expect(await undo(way)).toMatchObject({ done: true });
      expect(existsSync(pinsFolder(key))).toBe(false);
      // Undoing is not itself undone: there is nothing before it.
      await expect(undo(way)).rejects.toThrow(/nothing of Podglass/);
    } finally {
      if ((await labFind(connection, { sudo: true })).names.includes(name))
        await labDown(connection, name, { sudo: true });
      connection.close();
    }
  });

  it.each(["openssh", "via"] as const)("pin, drop and bring back over other ways in: %s", async (way) => {
    const configFile = join(state, "config");
    const lines = [`Port ${server.port}`, "User root", "IdentityAgent none", `IdentityFile ${server.keyFile}`];
    writeFileSync(
      configFile,
      ["Host there", "HostName 127.0.0.1", ...lines, `UserKnownHostsFile ${server.knownHosts}`, ""].join("\n"),
    );
    const source = await (way === "openssh"
      ? sourceOf("openssh:there", { configFile })
      : sourceOf("there", { via: `nsenter -t ${process.pid} -m sh` }));
    const opened = await source.open(nobody, new AbortController().signal);
    const connection = opened.connection as Connection;
    const me = actor(connection, () => opened.read({}));
    const holder = async () => (await me.pod(key)).sandbox.state;
    try {
      await labUp(connection, { name, sandbox: "pause" });
      await me.act("drop", key, { pinFirst: true });
      expect(await holder()).toBe("dropped");
      expect(readFileSync("/proc/self/mountinfo", "utf8")).toContain(`${pinsFolder(key)}/net`);
      // What undoes a drop is a restore.
      const back = { connection, privilege: "root", podKey: key, nodeLabel: "here", readOnly: false } as const;
      expect(await undo({ ...back, journal: me.journal, reread: me.read })).toMatchObject({ done: true });
      expect(await holder()).toBe("process");
      expect(me.journal.list().map(({ action }) => action)).toEqual(["restore", "drop"]);
    } finally {
      if ((await labFind(connection)).names.includes(name)) await labDown(connection, name);
      me.close();
      opened.close();
    }
  });

  it("refuse an ordinary user, whom the node tells nothing", async () => {
    const root = await login("root");
    const connection = await login(server.addUser().name);
    try {
      await labUp(root, { name, sandbox: "pause" });
      const planned = await makePlan({
        ...(await plan(root, "pin", "user")).input,
        connection,
        privilege: "user",
      });
      const failing = planned.plan.checks.filter(({ ok }) => !ok).map((check) => check.name);
      expect(failing).toContain("privilege");
      expect(failing).toContain("identity");
      await expect(labFind(connection)).rejects.toThrow(/root/);
    } finally {
      await labDown(root, name);
      root.close();
      connection.close();
    }
  });
});
