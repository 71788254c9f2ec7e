/** Which mounts no path leads to, beside the kernel: the mount that a walk to each path ends in. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseMount } from "../../src-main/probe/mount.ts";
import { coveredOf } from "./mounts.ts";

/** In a mount namespace of its own: what is stacked, and what stands beside a later mount on a folder above. */
const MOUNTS = `cd "$1" || exit
put() { mkdir -p "$1"; mount -t tmpfs tmpfs "$1"; }
put "$1"; put "$1/a"; put "$1/a/b"; put "$1/a/b/c"; put "$1/a"; put "$1/a/b"
put "$1/x/y"; put "$1/x/y/z"; put "$1/x"; put "$1/q"; put "$1/q/r"; put "$1/q"
echo ready; exec sleep 60`;
/** The number of the mount that an open file is in: proc_pid_fdinfo(5). */
const REACHED = 'sed -n "s/^mnt_id:[[:space:]]*//p" /proc/self/fdinfo/9 9<"$1" || echo 0';

it.runIf(process.platform === "linux" && process.getuid?.() === 0)("covered is what no walk ends in", async () => {
  const folder = mkdtempSync(join(tmpdir(), "podglass-mounts-"));
  const child = spawn("unshare", ["--mount", "sh", "-c", MOUNTS, "sh", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const mounts = readFileSync(`/proc/${child.pid}/mountinfo`, "utf8")
      .split("\n")
      .flatMap((line) => parseMount(line) ?? [])
      .map((one) => ({ ...one, destination: one.mountPoint }));
    const ours = mounts.filter(({ destination }) => destination.startsWith(folder));
    expect(ours).toHaveLength(12);
    const there = ours.map(({ destination }) =>
      execFileSync("nsenter", [
        "-t",
        String(child.pid),
        "-m",
        "sh",
        "-c",
        `exec 2>/dev/null; ${REACHED}`,
        "sh",
        destination,
      ]),
    );
    const covered = coveredOf(mounts);
    expect(ours.map(({ id, destination }) => [destination, covered.has(id!)])).toEqual(
      ours.map(({ id, destination }, at) => [destination, Number(there[at]) !== id]),
    );
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    if (existsSync(folder)) rmdirSync(folder);
  }
});
