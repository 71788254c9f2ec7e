/** The whole main process on the demo node, as a shell uses it: requests in, results and events out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApiEvent, Results } from "../src-shared/api.ts";
import { applyDelta } from "../src-shared/diff/delta.ts";
import type { Snapshot } from "../src-shared/model.ts";
import type { RequestInput, RequestName } from "../src-shared/requests.ts";
import { Inspector } from "./inspector.ts";
import { openRecording } from "./recordings/reader.ts";
import type { ShellPowers } from "./shells/shell.ts";

const powers: ShellPowers = {
  actions: "never",
  confirm: async () => true,
  saveFile: async () => true,
  openFile: async () => null,
  typed: true,
};

describe("the Inspector", () => {
  let stateDir: string;
  let inspector: Inspector;
  let events: ApiEvent[];
  const ask = <N extends RequestName>(name: N, input: RequestInput<N>): Promise<Results[N]> =>
    inspector.request(name, input, powers) as Promise<Results[N]>;
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (let turn = 0; turn < 200; turn += 1) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise((later) => setTimeout(later, 50));
    }
    throw new Error(`it did not come; the last events: ${JSON.stringify(events.slice(-3)).slice(0, 500)}`);
  };
  const phase = (wanted: string) =>
    until(() => events.findLast((event) => event.type === "node" && event.state.phase === wanted));
  const openDemo = async (): Promise<string> => {
    const { nodeId } = await ask("node.open", { target: "demo", options: { everyMs: 200 } });
    await phase("live");
    return nodeId;
  };
  const latest = async (nodeId: string): Promise<Snapshot> =>
    (await ask("node.snapshot", { nodeId }))?.snapshot as Snapshot;

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), "podglass-inspector-"));
    events = [];
    inspector = new Inspector({ stateDir, actions: "never" });
    inspector.subscribe((event) => events.push(event));
  });
  afterEach(async () => {
    await inspector.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("opens one of many nodes as a summary, and reads it whole at somebody's look", async () => {
    await inspector.close();
    inspector = new Inspector({ stateDir, actions: "never", rests: true });
    inspector.subscribe((event) => events.push(event));
    const { nodeId } = await ask("node.open", { target: "demo", options: { resting: true } });
    const told = await until(() => events.find((event) => event.type === "summary"));
    // What was opened by itself is remembered; a fleet would push it out.
    expect(await ask("settings.get", {})).not.toHaveProperty("recentTargets");
    const { summary } = told as Extract<ApiEvent, { type: "summary" }>;
    expect(summary.row).toMatchObject({ node: "demo", state: "read", pods: { all: summary.pods.length } });
    expect(await ask("node.snapshot", { nodeId })).toBeNull();
    expect(events.filter(({ type }) => type === "summary")).toHaveLength(2);
    expect(events.some(({ type }) => type === "snapshot")).toBe(false);
    for (const name of ["history.info", "events.list"] as const) await ask(name, { nodeId });
    expect((await ask("node.states", {}))[0]?.resting).toBe(true);
    // At rest it would be read in half a minute, which is longer than anything is waited for here.
    await ask("node.look", { nodeIds: [nodeId] });
    await until(() => events.find((event) => event.type === "snapshot"));
    const { pods } = await latest(nodeId);
    expect(pods.map(({ key }) => key)).toEqual(summary.pods.map(({ key }) => key));
  });

  it("opens a node, tells it whole once, then as deltas that add up to what it knows", async () => {
    const nodeId = await openDemo();
    await until(() => events.filter((event) => event.type === "delta")[2]);
    await ask("node.every", { nodeId, everyMs: 0 });
    const known = await ask("node.snapshot", { nodeId });
    const whole = events.find((event) => event.type === "snapshot");
    if (whole?.type !== "snapshot") throw new Error("no snapshot came");
    const deltas = events.flatMap((event) =>
      event.type === "delta" && event.delta.seq <= (known?.seq ?? 0) ? [event.delta] : [],
    );
    expect(deltas.reduce(applyDelta, whole.snapshot)).toEqual(known?.snapshot);
    expect((await ask("node.open", { target: "demo" })).nodeId).toBe(nodeId);
  });

  it("refuses what is not of its form, and what it does not know, with a sentence", async () => {
    await expect(inspector.request("node.open", { target: 7 }, powers)).rejects.toThrow(/not of its form: target/);
    await expect(inspector.request("toString", {}, powers)).rejects.toThrow(/no request called/);
    await expect(ask("node.snapshot", { nodeId: "none" })).rejects.toThrow(/not open any more/);
  });

  it("pins and drops on the demo node, journals it, and undoes it", async () => {
    const nodeId = await openDemo();
    const web = (await latest(nodeId)).pods.find(({ name }) => name === "web");
    if (web === undefined) throw new Error("the demo node has no pod web");
    const podKey = web.key;
    const refused = await ask("action.plan", { nodeId, podKey, action: "drop" });
    expect(refused.plan.checks.find(({ name }) => name === "pinned")?.ok).toBe(false);
    await expect(ask("action.do", { nodeId, planId: refused.planId })).rejects.toThrow(/refused: pinned/);
    const { planId } = await ask("action.plan", { nodeId, podKey, action: "drop", options: { pinFirst: true } });
    const outcome = await ask("action.do", { nodeId, planId });
    expect(outcome).toMatchObject({ done: true, rolledBack: false });
    const after = (await latest(nodeId)).pods.find(({ key }) => key === podKey);
    expect(after?.sandbox.state).toBe("dropped");
    await expect(ask("action.do", { nodeId, planId })).rejects.toThrow(/not known any more/);
    const [entry] = await ask("journal.list", { nodeId });
    expect(entry).toMatchObject({ action: "drop", state: "done", undoable: true });
    const undone = await ask("journal.undo", { nodeId });
    expect(undone.done).toBe(true);
    expect((await latest(nodeId)).pods.find(({ key }) => key === podKey)?.sandbox.state).toBe("process");
  }, 30_000);

  it("records a node, lists the file, opens it like a node and moves in it", async () => {
    const nodeId = await openDemo();
    const { path } = await ask("record.start", { nodeId });
    const before = events.length;
    await until(() => events.slice(before).filter((event) => event.type === "delta")[3]);
    const { frames } = await ask("record.stop", { nodeId });
    expect(frames).toBeGreaterThan(2);
    expect((await ask("recording.list", {})).map((entry) => entry.path)).toEqual([path]);
    const file = await ask("node.open", { target: path });
    const state = await until(() =>
      events.findLast(
        (event) => event.type === "node" && event.state.nodeId === file.nodeId && event.state.phase === "still",
      ),
    );
    const recording = state.type === "node" ? state.state.recording : undefined;
    expect(recording?.frames).toBe(frames);
    await ask("recording.seek", { nodeId: file.nodeId, atMs: 0 });
    const start = await latest(file.nodeId);
    expect(Date.parse(start.takenAt)).toBe(recording?.startMs);
    const { snapshot } = await ask("recording.at", { nodeId: file.nodeId, atMs: 1e9 });
    // Moments are by a clock of ours, which a busy machine lets run a little beside the node's.
    expect(Math.abs(Date.parse(snapshot.takenAt) - (recording?.endMs ?? 0))).toBeLessThan(5_000);
    expect((await latest(file.nodeId)).takenAt).toBe(start.takenAt);
    await expect(ask("action.plan", { nodeId: file.nodeId, podKey: "x", action: "pin" })).rejects.toThrow(/is a file/);
  });

  it("opens a snapshot's file, and says what is wrong with one that is none", async () => {
    const nodeId = await openDemo();
    const path = join(stateDir, "node.json");
    writeFileSync(path, JSON.stringify(await latest(nodeId)));
    const file = await ask("node.open", { target: path });
    await until(() => events.find((event) => event.type === "snapshot" && event.nodeId === file.nodeId));
    writeFileSync(join(stateDir, "bad.json"), '{"schema":"other/1"}');
    await ask("node.open", { target: join(stateDir, "bad.json") });
    const refused = await phase("refused");
    expect(refused.type === "node" && refused.state.detail).toMatch(
      /bad\.json is not a snapshot that Podglass can read: schema/,
    );
  });

  it("asks whoever typed before it acts, on the demo node too, and does nothing without a yes", async () => {
    const nodeId = await openDemo();
    const asked: string[] = [];
    const no: ShellPowers = {
      ...powers,
      confirm: async ({ action, steps }) => asked.push(`${action}: ${steps.at(-1)?.command}`) === 0,
    };
    const [pod] = (await latest(nodeId)).pods.filter(({ name }) => name === "web");
    const { planId } = await ask("action.plan", { nodeId, podKey: pod?.key ?? "", action: "pin" });
    for (const [name, input] of [
      ["action.do", { nodeId, planId }],
      ["lab.up", { nodeId, options: { name: "x", sandbox: "pause" } }],
    ] as const)
      await expect(inspector.request(name, input, no)).rejects.toThrow("Nothing was done: it was not confirmed.");
    expect(asked).toEqual([
      expect.stringMatching(/^pin: .*mount /),
      "lab-up: podglass lab up demo --name x --sandbox pause --containers 1",
    ]);
    expect(await ask("journal.list", { target: "demo" })).toEqual([]);
  });

  it("waits for a node that it is told to wait for, and closes one that could not be opened, with the way's own error", async () => {
    const wait = { wait: true, everyMs: 0 };
    const { nodeId } = await ask("node.open", { target: "demo", options: wait });
    expect(await latest(nodeId)).toMatchObject({ schema: "podglass.snapshot/1" });
    await expect(ask("node.open", { target: "root@127.0.0.1:1", options: wait })).rejects.toMatchObject({
      name: "ConnectionError",
      kind: "unreachable",
    });
    expect((await ask("node.states", {})).map(({ target }) => target)).toEqual(["demo"]);
  });

  it("reads nothing of a node that is only to be reached, before somebody asks", async () => {
    const { nodeId } = await ask("node.open", { target: "demo", options: { wait: true, read: false, everyMs: 0 } });
    await ask("lab.up", { nodeId, options: { name: "x", sandbox: "pause" } });
    expect((await ask("lab.list", { nodeId })).pods.map(({ name }) => name)).toEqual(["x"]);
    expect(await ask("node.snapshot", { nodeId })).toBeNull();
    await ask("node.refresh", { nodeId });
    expect((await latest(nodeId)).pods.some(({ name }) => name === "x")).toBe(true);
  });

  it("writes a recording where a terminal says, never where a window does", async () => {
    const nodeId = await openDemo();
    const path = join(stateDir, "mine.podglass");
    const window = { ...powers, typed: false };
    await expect(inspector.request("record.start", { nodeId, path }, window)).rejects.toThrow(/own folder/);
    await ask("record.start", { nodeId, path });
    expect((await ask("record.stop", { nodeId })).path).toBe(path);
  });

  it("read-only takes no action, not even on the demo node", async () => {
    const { nodeId } = await ask("node.open", { target: "demo", options: { readOnly: true } });
    const state = await phase("live");
    expect(state.type === "node" && state.state).toMatchObject({ readOnly: true, actions: false });
    await expect(ask("lab.up", { nodeId, options: { name: "x", sandbox: "pause" } })).rejects.toThrow(/read-only/);
  });

  it("remembers what was open and what was set, and keeps a broken settings file beside", async () => {
    await openDemo();
    await ask("settings.set", { values: { theme: "dark", recentTargets: [] } });
    expect(JSON.parse(readFileSync(join(stateDir, "settings.json"), "utf8"))).toMatchObject({
      theme: "dark",
      recentTargets: [{ target: "demo", kind: "demo" }],
    });
    writeFileSync(join(stateDir, "settings.json"), "{broken");
    const other = new Inspector({ stateDir, actions: "never" });
    expect(await other.request("settings.get", {}, powers)).toEqual({});
    expect(readFileSync(join(stateDir, "settings.json.broken"), "utf8")).toBe("{broken");
    await other.close();
  });

  describe("files that a window names", () => {
    let path: string;
    let chosen: (string | undefined)[];
    const window: ShellPowers = {
      ...powers,
      typed: false,
      openFile: async (suggested) => {
        chosen.push(suggested);
        return null;
      },
    };
    const named = (target: string, shell = window): Promise<string> =>
      inspector.request("node.open", { target }, shell).then(
        () => "opened",
        (error: Error) => error.message,
      );
    beforeEach(() => {
      chosen = [];
      path = join(stateDir, "node.json");
      writeFileSync(path, "{}");
    });

    it("are put before the person, and nothing tells whether they are there", async () => {
      const told = [path, join(stateDir, "missing"), "/dev/zero", "~/.ssh/id_rsa", "./x", "../x", "C:\\x"];
      const words = new Set<string>();
      for (const target of told) words.add(await named(target));
      expect([...words]).toEqual(["No file was opened: a window opens those that you choose in its dialog."]);
      expect(chosen).toEqual(told);
      expect(await ask("node.states", {})).toEqual([]);
    });

    it("are hosts where they do not look like a path, also when such a file is there", async () => {
      const here = "package.json";
      expect(await named(here)).toBe("opened");
      await until(() => events.find((event) => event.type === "node" && event.state.kind === "ssh"));
    });

    it("open once they were chosen, and again later, but not from what was only sent along", async () => {
      const snapshot = await ask("node.open", { target: "demo", options: { everyMs: 0 } }).then(async ({ nodeId }) => {
        await until(() => events.find((event) => event.type === "snapshot"));
        return latest(nodeId);
      });
      writeFileSync(path, JSON.stringify(snapshot));
      const choosing = (lasting: boolean): ShellPowers => ({ ...window, openFile: async () => ({ path, lasting }) });
      expect(await named(path, choosing(false))).toBe("opened");
      for (const { nodeId, kind } of await ask("node.states", {}))
        if (kind === "file") await ask("node.close", { nodeId });
      expect(await named(path)).toMatch(/^No file was opened/);
      expect(await named(path, choosing(true))).toBe("opened");
      for (const { nodeId, kind } of await ask("node.states", {}))
        if (kind === "file") await ask("node.close", { nodeId });
      expect(await named(path)).toBe("opened");
      expect(await named(`${stateDir}/../${path}`)).toMatch(/^No file was opened/);
    });

    it("and keys and jump hosts are nothing that a window can name", async () => {
      for (const options of [{ identityFile: `${"$"}{HOME}` }, { identityFile: "/dev/zero" }, { jump: "a" }])
        await expect(inspector.request("node.open", { target: "root@127.0.0.1:1", options }, window)).rejects.toThrow(
          "not of its form",
        );
    });
  });

  it("tells a shell of something critical where a person asked for it, and marks the same events in what is kept", async () => {
    await inspector.close();
    inspector = new Inspector({ stateDir, actions: "never", history: true });
    inspector.subscribe((event) => events.push(event));
    await ask("settings.set", { values: { notify: true } });
    const nodeId = await openDemo();
    const pid = (await latest(nodeId)).pods.find(({ name }) => name === "web")?.sandbox.pid ?? 0;
    const { path } = await ask("record.start", { nodeId });
    await ask("demo.do", { nodeId, experiment: { do: "kill", pid } });
    expect(events.filter(({ type }) => type === "notice")).toEqual([]);
    const notice = await until(() => events.find((event) => event.type === "notice"));
    expect(notice).toMatchObject({ nodeId, title: "demo", text: expect.stringContaining("web") });
    const told = await ask("events.list", { nodeId });
    expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["sandbox-changed", "finding-new"]));
    const counted = events.findLast((event) => event.type === "node");
    expect(counted).toMatchObject({ state: { eventCount: told.length } });
    await expect
      .poll(async () => (await ask("history.info", { nodeId }))?.marks.map(({ text }) => text), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(told.map(({ text }) => text)));
    await ask("record.stop", { nodeId });
    const recording = await openRecording(path);
    expect(recording.info.marks.map(({ text }) => text)).toEqual(
      expect.arrayContaining(told.map(({ text }) => text.slice(0, 200))),
    );
    await recording.close();
    await ask("settings.set", { values: { notify: false } });
  }, 20_000);
});
