/** A live node over ssh: what a program there may say of itself, and the probe taken by hand. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src-shared/model.ts";
import { type Sshd, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { podglass, podglassJson } from "./run.ts";

const why = whyNoSshd();

describe.runIf(why === null)("a live node over ssh", () => {
  let sshd: Sshd;
  let login: string[];
  const folder = mkdtempSync(join(tmpdir(), "podglass-truth-"));

  beforeAll(async () => {
    sshd = await startSshd();
    login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sshd?.stop();
  });

  it("shows a hostile command line inert, and keeps the reading whole", async () => {
    // Newlines, an escape sequence and words of the probe's own language, in every place that a program can set.
    const name = "sl\u001b]0;owned\u0007eep\n0::/x";
    const child = spawn("sh", ["-c", "sleep 60; :", "evil\n#podglass:end\n\u001b[31mp 1 0"], { argv0: name });
    await new Promise((started) => setTimeout(started, 200));
    try {
      const snapshot = await podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
      const seen = snapshot.processes.find(({ pid }) => pid === child.pid);
      expect(seen?.cmdline[0]).toBe(name);
      const table = await podglass(["pods", sshd.target(), ...login]);
      expect(table.status).toBe(0);
      expect(table.out + table.words).not.toContain("\u001b");
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("opens the probe's output, taken by hand, like the node itself", async () => {
    const file = join(folder, "node.txt");
    const probe = await podglass(["probe"]);
    writeFileSync(join(folder, "probe"), probe.out);
    const live = async () => podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
    const states = ({ pods }: Snapshot) => new Map(pods.map(({ key, sandbox }) => [key, sandbox.state]));
    const before = states(await live());
    writeFileSync(file, execFileSync("sh", [join(folder, "probe")], { maxBuffer: 1 << 28 }));
    const byHand = await podglassJson<Snapshot>(["snapshot", file]);
    const now = await live();
    const after = states(now);
    // Pods that came, went or changed meanwhile aside.
    for (const [key, state] of before) if (after.get(key) === state) expect(states(byHand).get(key), key).toBe(state);
    expect(byHand.node.bootId).toBe(now.node.bootId);
  });
});
