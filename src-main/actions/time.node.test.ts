/** What never answers does not hold an action: not the app, and not the pod's lock on the node. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import { reason, runOnNode } from "./remote.ts";
import { sh } from "./testing/actor.ts";
import { localShell } from "./testing/local.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;
/** The scripts' own limit, as they have it but shorter. */
const SHORT = common.replace("LIMIT=60", "LIMIT=2");

describe.skipIf(!root)("time limits", { timeout: 60_000 }, () => {
  const pod = `time-${process.pid}`;
  const lock = `/run/podglass/locks/${pod}`;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podglass-time-"));
    sh(`mkfifo ${folder}/fifo`);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    rmSync(lock, { force: true });
    sh("rmdir /run/podglass/locks /run/podglass/pins /run/podglass 2>/dev/null || true");
  });
  const script = (wait: string) =>
    compose(
      `#podglass:wait/1\nlock ${pod}\ntake_back() { say undone all; }\nguard\nsay step wait\n${wait}\nsay ok wait`,
      SHORT,
    );
  const free = () => sh(`[ ! -e ${lock} ] || flock -n ${lock} echo free`);

  it.each([
    ["a program that reads a FIFO", (at: string) => `cat ${at}/fifo`],
    ["the shell that opens one", (at: string) => `read -r line <${at}/fifo`],
    ["a loop that never ends", () => "while :; do sleep 0.1; done"],
    ["a pipe of programs", (at: string) => `cat ${at}/fifo | sort | tail -n 1`],
  ])("end %s on the node, with a word of where, and give the lock back", async (_, wait) => {
    const begun = Date.now();
    const result = await runOnNode(localShell(), script(wait(folder)), []);
    expect(reason(result)).toBe("time: it took more than 2 s and was ended");
    expect(result.code).toBe(13);
    expect(result.lines.map(({ word }) => word)).toContain("undone");
    expect(Date.now() - begun).toBeLessThan(8_000);
    expect(existsSync(lock)).toBe(false);
  });

  it("end a shell that heeds no signal by force, and the lock is free", async () => {
    const result = await runOnNode(localShell(), script("trap '' ALRM; while :; do sleep 0.1 || :; done"), []);
    expect(result.code).toBeNull();
    await expect.poll(() => existsSync(lock), { timeout: 5_000 }).toBe(false);
  }, 30_000);

  it("leave a node that says nothing, with what is known", async () => {
    const begun = Date.now();
    const result = await runOnNode(localShell(), script("sleep 1.5"), [], { silenceMs: 500 });
    expect(Date.now() - begun).toBeLessThan(3_000);
    expect(result).toMatchObject({ code: null, silent: 0.5 });
    expect(reason(result)).toBe("the node said nothing for 0.5 s at the step wait, and was left there");
    await expect.poll(free, { timeout: 5_000 }).not.toBe("x");
  });

  it("leave no lock behind where a check refuses before anything is done", async () => {
    const result = await runOnNode(
      localShell(),
      compose(`#podglass:wait/1\nlock ${pod}\nrefuse identity gone`, SHORT),
      [],
    );
    expect([result.code, reason(result)]).toEqual([10, "identity: gone"]);
    expect(existsSync(lock)).toBe(false);
  });

  it("leave no process behind that looks at the time", async () => {
    const env = { PODGLASS_TIME_TEST: String(process.pid) };
    const result = await runOnNode(localShell({ env }), script("sleep 0.1"), []);
    expect(result.code).toBe(0);
    const left = () => sh(`grep -l PODGLASS_TIME_TEST=${process.pid} /proc/[0-9]*/environ 2>/dev/null | wc -l`);
    await expect.poll(left, { timeout: 5_000 }).toBe("0");
  });
});
