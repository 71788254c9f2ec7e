/** What goes wrong at a step of an action. Each does the action meanwhile, and gives what came of it. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinsFolder } from "../../../src-main/actions/folder.ts";
import { openJournal } from "../../../src-main/actions/journal.ts";
import { hooked } from "../../../src-main/actions/testing/hooked.ts";
import { localShell } from "../../../src-main/actions/testing/local.ts";
import { connectSsh } from "../../../src-main/ssh/connect.ts";
import type { Outcome } from "../../../src-shared/actions.ts";
import { said } from "../../nodes/elsewhere.ts";
import type { Sshd } from "../../nodes/sshd.ts";
import { FaultyPod } from "./pod.ts";

/** `undefined`: the app was killed, so nobody was told what came of it. */
export type Trouble = (pod: FaultyPod, at: string) => Promise<Outcome | undefined>;

/** A node that thaws is one that was only slow: longer than a script may say nothing (remote.ts). */
const FROZEN_MS = 40_000;

/** On this machine, as its root. */
export const TROUBLES = {
  kill: (pod, at) => pod.act(localShell({ at, fault: "kill" })),
  cut: (pod, at) => pod.act(localShell({ at, fault: "cut" })),

  /** The app in a process of its own, ended by SIGKILL just when its script comes to that line. */
  async app(pod, at) {
    const asked = JSON.stringify([pod.action, pod.key, pod.journal.path, at]);
    const code = `import(${JSON.stringify(import.meta.url)}).then((m) => m.app(${asked}))`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    await new Promise((resolve) => child.once("exit", resolve));
    return undefined;
  },

  /** Our disk is full from then on: what was begun is told whole, and nothing more is begun. */
  async "full-disk"(pod, at) {
    const disk = join(pod.folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "podglass-test", disk]);
    try {
      pod.journal = openJournal(join(disk, "journal.jsonl"));
      const fill = () => execFileSync("sh", ["-c", `cat /dev/zero >'${disk}/filler' 2>/dev/null || :`]);
      const outcome = await pod.act(hooked(pod.node, { at, seconds: 0.2, onLine: fill }));
      const before = readFileSync(pod.journal.path, "utf8");
      const more = await pod.undo().then(
        () => "it was undone on a full disk",
        (error: Error) => error.message,
      );
      if (!/could not be written whole|nothing of Podglass|there is nothing to undo/.test(more)) throw new Error(more);
      if (readFileSync(pod.journal.path, "utf8") !== before) throw new Error("the journal was written on a full disk");
      rmSync(join(disk, "filler"));
      await pod.settled();
      await pod.judge(outcome);
      return outcome;
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  },

  /** There is no room in /run from then on, until the action is over (hit() made a small one for this pod's pins). */
  async "full-run"(pod, at) {
    const filler = join(pinsFolder(pod.key), "filler");
    const fill = () => execFileSync("sh", ["-c", `cat /dev/zero >'${filler}' 2>/dev/null || :`]);
    const outcome = await pod.act(hooked(pod.node, { at, seconds: 0.2, onLine: fill }));
    if (!existsSync(filler)) throw new Error("it was over before /run was full");
    rmSync(filler);
    return outcome;
  },

  /** Another person, with a journal of his own, does the same at that moment. */
  async "second-client"(pod, at) {
    let other: Promise<string> | undefined;
    const onLine = () => {
      other = pod.act(pod.node, { journal: openJournal(join(pod.folder, "other.jsonl")) }).then(
        (outcome) => (outcome.done ? "done" : JSON.stringify(outcome.steps.at(-1))),
        (error: Error) => error.message,
      );
    };
    const outcome = await pod.act(hooked(pod.node, { at, seconds: 8, onLine }));
    const came = await other;
    // Late, it finds done what it wants, and twice is once; or the pod is not as in its plan.
    const twice = came === "done" && (pod.action === "pin" || pod.action === "restore");
    if (came === undefined || !(twice || /another action is being done|not as it was when the plan/.test(came)))
      throw new Error(`the second client: ${came}`);
    return outcome;
  },
} satisfies Record<string, Trouble>;

/** Runs in a process of its own. */
export async function app([action, key, path, at]: [FaultyPod["action"], string, string, string]): Promise<void> {
  const pod = new FaultyPod(localShell(), action, key.replace(/^lab\//, ""));
  pod.journal = openJournal(path);
  rmSync(pod.folder, { recursive: true });
  await pod.act(localShell({ at, onLine: () => process.kill(process.pid, "SIGKILL") }));
}

/** The session of a login stops for a while, with all that it runs, as a node that is frozen; then goes on as if nothing was. */
export const frozen =
  (server: Sshd): Trouble =>
  async (pod, at) => {
    const connection = await connectSsh(
      server.target(),
      { configFile: "none", identityFiles: [server.keyFile], userKnownHostsFiles: [server.knownHosts] },
      { hostKey: async () => false, prompts: async () => null, progress: () => {} },
    );
    try {
      const session = Number(await said(connection, "echo $PPID"));
      let thawed: Promise<void> | undefined;
      const onLine = () => {
        const pids = withChildren(session);
        for (const pid of pids) process.kill(pid, "SIGSTOP");
        thawed = sleep(FROZEN_MS).then(() => {
          for (const pid of pids) if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGCONT");
        });
      };
      const outcome = await pod.act(hooked(connection, { at, seconds: 0.2, onLine }));
      if (!thawed) throw new Error("it was over before it was frozen");
      await thawed;
      return outcome;
    } finally {
      connection.close();
    }
  };

function withChildren(first: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /s, "");
        return [[Number(name), Number(stat.split(" ")[1])] as const];
      } catch {
        return [];
      }
    });
  const found = [first];
  for (const pid of found) found.push(...parents.flatMap(([child, parent]) => (parent === pid ? [child] : [])));
  return found;
}

/** Ends a process, waits until nothing is left of it, and has a process of root's get its pid. Says when that one began. */
const REUSE = `
case $1 in *[!0-9]* | 0 | 1) exit 1 ;; esac
kill -KILL "$1" 2>/dev/null || :
i=0
while [ -e "/proc/$1" ]; do sleep 0.05; i=$((i + 1)); [ $i -lt 100 ] || exit 1; done
i=0
while [ $i -lt 200 ]; do
  echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid
  setsid sleep 600 </dev/null >/dev/null 2>&1 &
  [ $! != "$1" ] || exec cut -d ' ' -f 22 "/proc/$1/stat"
  kill $!
  i=$((i + 1))
done
exit 1`;

/** Pause ends by itself at that step, and a process of root's gets its pid: that one lives on, and nothing of it is pinned. */
export const reused: Trouble = async (pod, at) => {
  const planned = await pod.plan();
  const { sandbox, pinned } = planned.question.target;
  const pid = sandbox?.pid ?? planned.question.look.manifest?.dropped?.pid;
  if (pid === undefined) throw new Error("there is no pid to use again");
  let started: Promise<string> | undefined;
  const onLine = () => {
    started = said(pod.node, REUSE, String(pid));
  };
  const outcome = await pod.act(hooked(pod.node, { at, seconds: 8, onLine }));
  const start = await started;
  if (start === undefined)
    throw new Error(`it was over before the pid was used again: ${JSON.stringify(outcome.steps.at(-1))}`);
  const now = await said(pod.node, 'cut -d " " -f 22 "/proc/$1/stat" || :', String(pid));
  if (now !== start) throw new Error(`process ${pid} was ended: it is no process of the pod`);
  const { namespaces } = await pod.read();
  const wanted = new Set(pinned.map(({ inode }) => inode));
  const others = namespaces.filter(
    ({ inode, pins }) => !wanted.has(inode) && pins.some(({ path }) => path.startsWith(planned.question.target.folder)),
  );
  await said(pod.node, 'kill "$1"', String(pid));
  if (others.length > 0) throw new Error("a namespace of another process was pinned");
  if (outcome.done && sandbox) throw new Error("done, though pause had ended by itself");
  return outcome;
};

/** On a node of one's own: its clock is set back by a day at that step. */
export const clockBack: Trouble = async (pod, at) => {
  let set: Promise<string> | undefined;
  const onLine = () => {
    set = said(pod.node, 'date -s "@$(($(date +%s) - 86400))"');
  };
  const outcome = await pod.act(hooked(pod.node, { at, seconds: 3, onLine }));
  if (set === undefined) throw new Error("it was over before the clock was set");
  await set;
  return outcome;
};

/** A small /run for the pins of one pod, on this machine. Gives what takes it away. */
export function smallRun(key: string): () => void {
  const folder = pinsFolder(key);
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  mkdirSync(folder, { mode: 0o700 });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "podglass-test", folder]);
  // `lab down` has mostly taken it away already, with the pins in it.
  return () => execFileSync("sh", ["-c", `umount -l '${folder}' 2>/dev/null; rm -rf '${folder}'`]);
}
