/**
 * An ordinary user of a node with systemd and cgroup v2 chooses the names of groups in what user@.service delegates to
 * him, and makes his processes pass for a pod there. Root pins it, drops its pause, restores and undoes, all as the app
 * does: nothing of his choosing is written to, and none of his choosing is ended.
 * Needs a node: PODGLASS_SOAK_NODE=root@HOST:PORT PODGLASS_SOAK_KEY=FILE PODGLASS_SOAK_USER=NAME npm run soak -- delegated
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinsFolder } from "../../src-main/actions/folder.ts";
import { openJournal } from "../../src-main/actions/journal.ts";
import { perform } from "../../src-main/actions/perform.ts";
import { makePlan, refusals } from "../../src-main/actions/plan.ts";
import { undo } from "../../src-main/actions/undo.ts";
import { readNode } from "../../src-main/probe/index.ts";
import type { ActionName } from "../../src-shared/actions.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type Elsewhere, elsewhere, said } from "../nodes/elsewhere.ts";

const SANDBOX = "5a".repeat(32);
const APP = "ab".repeat(32);
const KEY = `containerd/${SANDBOX}`;
const UID = "3c9d1b1e-0000-4000-8000-00000000beef";
const NODE = "there";

/** What a loop that takes words apart would find: his files, a link to one of root's, and a process of root's. */
const TRAP = `
mkdir -p "$1/podglass-pause" && cd "$1"
for each in cpuset.cpus cpuset.mems cgroup.subtree_control; do echo his >$each; ln -sf "$2" podglass-pause/$each; done
printf '%s\\n-1\\n' "$3" >cgroup.procs
cp cgroup.procs podglass-pause/cgroup.procs`;
/** Two shims of his, as units of his own: one with pause in namespaces of its own, one with a container that joins it. */
const POD = `
home=$1 base=$2 pause=$3 app=$4 unit=$5
mkdir -p "$home/a" "$home/b" "$base/$pause" "$base/$app"
# In files: systemd takes $ and % in a command line for its own.
printf '%s\\n' "$base/$pause" >"$home/pause-group"
printf '%s\\n' "$base/$app" >"$home/app-group"
cp "$(command -v unshare)" "$home/a/containerd-shim-runc-v2"
cp "$(command -v sleep)" "$home/pause"
cat >"$home/in" <<'END'
IFS= read -r group <"$1"
echo 0 >"$group/cgroup.procs"
exec "$2" infinity
END
# Lines that begin with # are not sent.
printf '#%s\\n' !/bin/sh >"$home/b/containerd-shim-runc-v2"
cat >>"$home/b/containerd-shim-runc-v2" <<'END'
home=$5
IFS= read -r group <"$home/pause-group"
until sandbox=$(head -n 1 "$group/cgroup.procs") && [ "$(cat "/proc/\${sandbox:-self}/comm")" = pause ]; do sleep 0.2; done
nsenter -t "$sandbox" -U -n -i -u --preserve-credentials sh "$home/in" "$home/app-group" sleep &
wait
END
chmod 755 "$home/b/containerd-shim-runc-v2"
export XDG_RUNTIME_DIR=/run/user/$(id -u)
systemd-run --user -q --collect --unit="$unit-pause" "$home/a/containerd-shim-runc-v2" --user --map-root-user --net --ipc --uts --pid --fork \\
  sh "$home/in" "$home/pause-group" "$home/pause" -namespace k8s.io -id "$pause"
systemd-run --user -q --collect --unit="$unit-app" "$home/b/containerd-shim-runc-v2" -namespace k8s.io -id "$pause" "$home"
for i in $(seq 100); do
  [ -z "$(cat "$base/$app/cgroup.procs")" ] || exit 0
  sleep 0.2
done
systemctl --user status "$unit-app" >&2
exit 1`;

class World {
  readonly there: Elsewhere;
  readonly folder = mkdtempSync(join(tmpdir(), "podglass-delegated-"));
  readonly journal = openJournal(join(this.folder, "journal.jsonl"));
  home = "";
  his = "";
  secret = "";
  victim = "";
  trap = "";
  private pods = 0;
  private readonly failures: string[];
  passed = 0;

  constructor(there: Elsewhere, failures: string[]) {
    this.there = there;
    this.failures = failures;
  }

  check(holds: boolean, what: string): void {
    if (holds) this.passed += 1;
    else this.failures.push(what);
  }

  async setUp(): Promise<void> {
    const { root, user } = this.there;
    this.home = await said(user, "mktemp -d /tmp/podglass-his-XXXXXX");
    this.his = await said(
      user,
      'export XDG_RUNTIME_DIR=/run/user/$(id -u); echo "/sys/fs/cgroup$(systemctl --user show -p ControlGroup --value)"; test -w "/sys/fs/cgroup$(systemctl --user show -p ControlGroup --value)"',
    );
    this.check(
      (await said(root, 'stat -f -c %T "$1"; stat -c %U "$1"', this.his)) === `cgroup2fs\n${this.there.userName}`,
      `${this.his} is a group of cgroup v2 that is the user's`,
    );
    this.secret = await said(root, 'f=$(mktemp); echo "as it was" >"$f"; chmod 600 "$f"; echo "$f"');
    this.victim = await said(root, "setsid sleep 86400 </dev/null >/dev/null 2>&1 & echo $!");
  }

  async tearDown(): Promise<void> {
    const { root } = this.there;
    await said(root, 'kill "$1"; rm -f "$2"; rm -rf "$3"', this.victim, this.secret, this.home);
    rmSync(this.folder, { recursive: true });
  }

  /** Root's file and process as they were, and his trap as he laid it. */
  async unharmed(what: string): Promise<void> {
    const now = await said(
      this.there.root,
      'cat "$1"; cat "/proc/$2/comm"; find "$3" -type f | sort | xargs -d "\\n" cat; find "$3" | wc -l',
      this.secret,
      this.victim,
      this.trap,
    );
    const his = "his\n".repeat(3);
    const procs = `${this.victim}\n-1\n`;
    this.check(
      now === `as it was\nsleep\n${procs}${his}${procs}10`,
      `${what}: something of root's or his was changed: ${now}`,
    );
  }

  read = async (): Promise<Snapshot> => assemble(await readNode(this.there.root));

  async plan(action: ActionName, asUserMade: boolean) {
    return makePlan({
      snapshot: await this.read(),
      connection: this.there.root,
      privilege: "root",
      action,
      podKey: KEY,
      options: { asUserMade },
      readOnly: false,
      nodeLabel: NODE,
    });
  }

  async act(action: ActionName): Promise<string> {
    const planned = await this.plan(action, true);
    const no = refusals(planned.plan);
    if (no.length > 0) return no.join("; ");
    const { root: connection } = this.there;
    const outcome = await perform(planned, { connection, reread: this.read, journal: this.journal });
    return outcome.done ? "done" : JSON.stringify([...outcome.steps, ...outcome.verified].filter(({ ok }) => !ok));
  }

  async undo(): Promise<string> {
    const outcome = await undo({
      connection: this.there.root,
      privilege: "root",
      journal: this.journal,
      nodeLabel: NODE,
      podKey: KEY,
      readOnly: false,
      options: { asUserMade: true },
      reread: this.read,
    });
    return outcome.done ? "done" : JSON.stringify([...outcome.steps, ...outcome.verified].filter(({ ok }) => !ok));
  }

  /** His pod in groups of a name of his: everything that root can do to it, one after the other. */
  async pod(what: string, name: string, spoil = ""): Promise<void> {
    const { root, user } = this.there;
    const base = `${this.his}/${name}/kubepods/pod${UID}`;
    const unit = `podglass-${process.pid}-${++this.pods}`;
    const began = Date.now();
    this.trap = `${this.home}/l/kubepods/pod${UID}`;
    await said(user, TRAP, this.trap, this.secret, this.victim);
    try {
      await said(user, POD, this.home, base, SANDBOX, APP, unit);
      const unasked = refusals((await this.plan("pin", false)).plan);
      this.check(
        unasked.length === 1 && /^owner: /.test(unasked[0] ?? ""),
        `${what}: pinned without --as-user-made, or refused for another reason: ${unasked}`,
      );
      for (const action of ["pin", "drop"] as const) {
        const came = await this.act(action);
        this.check(came === "done", `${what}: ${action}: ${came}`);
        await this.unharmed(`${what}, ${action}`);
      }
      if (spoil !== "") await said(user, spoil, base);
      const restored = await this.undo().catch((error: Error) => error.message);
      if (spoil === "") this.check(restored === "done", `${what}: undo of the drop: ${restored}`);
      await this.unharmed(`${what}, restore`);
      if (spoil === "") {
        const inLeaf = await said(root, 'cat "$1/podglass-pause/cgroup.procs"', base);
        this.check(/^\d+$/.test(inLeaf), `${what}: the stand-in is in the leaf of that group: ${inLeaf}`);
        const gone = await this.act("drop");
        this.check(gone === "done", `${what}: drop of the stand-in: ${gone}`);
      } else console.log(`  ${what}: ${restored}`);
      await this.unharmed(`${what}, afterwards`);
    } finally {
      await said(
        user,
        'export XDG_RUNTIME_DIR=/run/user/$(id -u); echo 0 >"$2/cgroup.freeze" || :; systemctl --user kill -s KILL "$1-pause" "$1-app" || :',
        unit,
        base,
      ).catch(() => {});
      await said(
        root,
        `for each in "$1"/net "$1"/ipc "$1"/uts "$1"/user; do umount "$each" 2>/dev/null || :; done; rm -rf "$1"
          [ ! -d "$2" ] || { echo 1 >"$2/cgroup.kill"; sleep 1; find "$2" -depth -type d -exec rmdir {} \\; || :; }
          rm -rf "$3"/*`,
        pinsFolder(KEY),
        `${this.his}/${name.split("/")[0]}`,
        this.home,
      );
    }
    console.log(`  ${what}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
}

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const there = await elsewhere();
  if (!there) {
    console.log("  no node is named (PODGLASS_SOAK_NODE): nothing was tried");
    return { passed: 0, failures: [] };
  }
  const failures: string[] = [];
  const world = new World(there, failures);
  try {
    await world.setUp();
    // A blank, and the path of what he laid behind it: a loop over words would go there.
    await world.pod("a blank and a path", `x ${world.home}/l`);
    await world.pod("patterns", "* [a-z]*?");
    await world.pod("a command", "$(touch owned)`id`;&\"'");
    await world.pod("a dash and a backslash", "-rf \\0041\\n");
    // What v2 lets him do to a group of his while root puts a stand-in below it.
    await world.pod("no groups below", "x", 'echo 0 >"$1/cgroup.max.descendants"');
    await world.pod(
      "no processes",
      "x",
      'echo +pids >"$1/../../cgroup.subtree_control" || :; echo 0 >"$1/pids.max" || :',
    );
    await world.pod("frozen", "x", 'echo 1 >"$1/cgroup.freeze"');
    await world.pod("a leaf of his", "x", 'mkdir "$1/podglass-pause"');
  } catch (error) {
    failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await world.tearDown().catch((error: Error) => failures.push(error.message));
    there.close();
  }
  return { passed: world.passed, failures };
}
