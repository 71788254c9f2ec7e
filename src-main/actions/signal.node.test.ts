/** A signal goes to the process that was meant, or to none: through a handle on it where the node has one. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import { runOnNode } from "./remote.ts";
import { localShell } from "./testing/local.ts";

const without = (...programs: string[]) =>
  programs.reduce((text, program) => text.replace(`command -v ${program} `, "command -v no-such-program "), common);
const WAYS = (
  [
    ["perl", without("python3"), "/usr/bin/perl", ""],
    ["python3", without("perl"), "/usr/bin/python3", ""],
    ["neither", without("perl", "python3"), "/bin/sh", " (by its number: this node has no handle on processes)"],
  ] as const
).filter(([, , program]) => existsSync(program));

describe.skipIf(process.platform !== "linux")("a signal", { timeout: 30_000 }, () => {
  let one: ChildProcess;
  beforeEach(() => {
    one = spawn("sleep", ["300"], { stdio: "ignore" });
  });
  afterEach(() => void one.kill("SIGKILL"));
  const start = () =>
    readFileSync(`/proc/${one.pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19] as string;

  for (const [way, text, , sent] of WAYS) {
    const send = async (...args: string[]) => {
      const script = compose('#podglass:signal/1\nsend_signal "$@"\nsay ok sent "$sent"', text);
      return runOnNode(localShell(), script, args);
    };
    it(`by ${way} ends the process that began then, by that signal, and no other`, async () => {
      const stranger = String(Number(start()) + 1);
      for (const signal of ["TERM", "KILL"]) {
        expect(await send(signal, String(one.pid), stranger)).toMatchObject({ code: 0 });
        expect(await send(signal, "4194000", "1")).toMatchObject({ code: 0, lines: [{ rest: sent }] });
        expect(existsSync(`/proc/${one.pid}/ns`)).toBe(true);
        const ended = new Promise((resolve) => one.once("exit", (_, by) => resolve(by)));
        expect(await send(signal, String(one.pid), start())).toMatchObject({ code: 0, lines: [{ rest: sent }] });
        expect(await ended).toBe(`SIG${signal}`);
        one = spawn("sleep", ["300"], { stdio: "ignore" });
      }
      for (const pid of ["-1", "0", "1", "", "x"]) expect((await send("KILL", pid, "0")).code).toBe(11);
    });
  }
});
