/** The same operations on a lab pod of this machine and on one of the demo node: the same is seen afterwards. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { oomKillsIn, processNamed, sameProcess } from "../../src-shared/lessons/find.ts";
import { report } from "../../src-shared/lessons/values.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { LabOperation } from "../../src-shared/requests.ts";
import { localShell } from "../actions/testing/local.ts";
import { type OpenDemo, openDemo } from "../demo/source.ts";
import { readNode } from "../probe/index.ts";
import type { Connection } from "../transport/transport.ts";
import { labDown, labFind, labUp } from "./lab.ts";
import { labDo } from "./operations.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;
const tag = `labd-${process.pid}`;
const MiB = 1024 * 1024;
const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

describe.skipIf(!root)("what goes wrong with pods, on purpose", { timeout: 120_000 }, () => {
  const here = localShell();
  let demo: OpenDemo;
  beforeAll(async () => {
    demo = await openDemo("", nobody, new AbortController().signal);
  });
  afterAll(async () => {
    for (const name of (await labFind(here)).names.filter((one) => one.startsWith(tag))) await labDown(here, name);
    demo.close();
  }, 60_000);

  const read = async (on: Connection): Promise<Snapshot> => assemble(await readNode(on));
  /** The experiment on both; what it saw must be the same, and what is expected. */
  async function both<T>(work: (on: Connection) => Promise<T>, expected: T): Promise<void> {
    expect(await work(demo.connection), "on the demo node").toEqual(expected);
    expect(await work(here), "on this machine").toEqual(expected);
  }
  const said = (on: Connection, operation: LabOperation): Promise<string> =>
    labDo(on, operation).catch((error: Error) => error.message.replaceAll(/\d+/g, "N"));

  it.each(["pause", "pinned"] as const)(
    "a container that crashed comes back to its %s pod's address",
    async (sandbox) => {
      const name = `${tag}-${sandbox}`;
      await both(
        async (on) => {
          await labUp(on, { name, sandbox, containers: 2, memoryBytes: 32 * MiB });
          const before = await read(on);
          await labDo(on, { do: "restart", name, member: "c1" });
          await labDo(on, { do: "kill", name, member: "c2" });
          const ended = processNamed(await read(on), `${name}/c2`) === undefined;
          await labDo(on, { do: "restart", name, member: "c2" });
          const after = await read(on);
          const pod = (snapshot: Snapshot) => snapshot.pods.find((one) => one.key === `lab/${name}`);
          const own = (snapshot: Snapshot, member = "c1") => processNamed(snapshot, `${name}/${member}`)?.namespaces;
          return {
            ended,
            others: [1, 2].map((i) =>
              sameProcess(processNamed(before, `${name}/c${i}`), processNamed(after, `${name}/c${i}`)),
            ),
            shared: (["net", "ipc", "uts"] as const).map(
              (type) => own(after)?.[type] === pod(before)?.namespaces[type],
            ),
            address: pod(after)?.ips[0] === pod(before)?.ips[0] && pod(after)?.ips.length === 1,
            ownPid: own(after)?.pid !== own(after, "c2")?.pid,
            limit: report(after, `${name}/c1`)?.limits.memoryMaxBytes,
            state: pod(after)?.sandbox.state,
          };
        },
        {
          ended: true,
          others: [false, false],
          shared: [true, true, true],
          address: true,
          ownPid: true,
          limit: 32 * MiB,
          state: sandbox === "pause" ? "process" : "dropped",
        },
      );
    },
  );

  it("without the pause that it joins through, a container that crashed stays away", async () => {
    const name = `${tag}-lost`;
    await both(
      async (on) => {
        await labUp(on, { name, sandbox: "pause", containers: 2 });
        await labDo(on, { do: "kill", name, member: "pause" });
        const words = await said(on, { do: "restart", name, member: "c1" });
        const after = await read(on);
        return { words, lives: [1, 2].map((i) => processNamed(after, `${name}/c${i}`) !== undefined) };
      },
      {
        words: `${tag.replaceAll(/\d+/g, "N")}-lost: /proc/N/ns/net: no such process. The container joins its pod through pause, and pause is gone`,
        lives: [false, true],
      },
    );
  });

  it("a container in a shared PID namespace comes back into it", async () => {
    const name = `${tag}-family`;
    await both(async (on) => {
      await labUp(on, { name, sandbox: "pause", containers: 2, sharePid: true });
      await labDo(on, { do: "restart", name, member: "c1" });
      const after = await read(on);
      return processNamed(after, `${name}/c1`)?.namespaces.pid === processNamed(after, `${name}/pause`)?.namespaces.pid;
    }, true);
  });

  it("a limit that is set from above holds below, and who passes it is killed", async () => {
    const name = `${tag}-hungry`;
    await both(
      async (on) => {
        await labUp(on, { name, sandbox: "pause", containers: 2, memoryBytes: 64 * MiB });
        const limited = await said(on, { do: "limit", name, member: "", bytes: 40 * MiB });
        await labDo(on, { do: "grow", name, member: "c1", bytes: 16 * MiB });
        const before = await read(on);
        const words = await said(on, { do: "grow", name, member: "c2", bytes: 60 * MiB });
        const after = await read(on);
        return {
          effective: report(before, `${name}/c1`)?.effective.memoryMaxBytes,
          above: (report(before, `${name}/c1`)?.usage.memoryBytes ?? 0) > 15 * MiB,
          limited: limited.endsWith(" is 40 MiB"),
          words,
          kills: [oomKillsIn(before, name) > 0, oomKillsIn(after, name) > 0],
          lives: [1, 2].map((i) =>
            sameProcess(processNamed(before, `${name}/c${i}`), processNamed(after, `${name}/c${i}`)),
          ),
        };
      },
      {
        effective: { value: 40 * MiB, setBy: `/podglass-lab/${name}` },
        above: true,
        limited: true,
        words: `that was too much: the kernel killed a process in podglass-lab/${name}/c2`,
        kills: [false, true],
        lives: [true, true],
      },
    );
  });

  it("refuses what is not there, by name", async () => {
    const name = `${tag}-few`;
    await both(
      async (on) => {
        await labUp(on, { name, sandbox: "pinned", containers: 1 });
        const member = "pause";
        return [
          await said(on, { do: "kill", name, member }),
          await said(on, { do: "grow", name, member: "c7", bytes: MiB }),
        ].map((words) => words.replaceAll(tag.replaceAll(/\d+/g, "N"), "").replaceAll(tag, ""));
      },
      ["the lab pod -few has no pause", "the lab pod -few has no cN"],
    );
  });
});
