/** The rule beside the kernel: processes of many kinds try to enter each namespace, and the kernel's answer is the rule's. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { readNode } from "../../src-main/probe/read.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import { assemble } from "../assemble/assemble.ts";
import { NAMESPACE_TYPES } from "../model.ts";
import { allowedIn, findNamespace } from "./allowed.ts";

/** Waits for a word, then a child tries each file that it was born with, and one of each of its own namespaces. */
const TRIES = `
$| = 1;
print readlink("/proc/self"), "\\n";
my $count = <STDIN>;
my @files = (3 .. 2 + $ARGV[0]);
my %known = map { readlink("/proc/self/fd/$_") => 1 } @files;
for (glob "/proc/self/ns/{${NAMESPACE_TYPES.join(",")}}") {
  next if $known{readlink $_} || !open my $own, "<", $_;
  push @own, $own;
  push @files, fileno $own;
}
for my $file (@files) {
  my $what = readlink "/proc/self/fd/$file";
  my $pid = open my $child, "-|";
  if (!$pid) { print syscall($ARGV[1], $file, 0) == 0 ? 0 : $! + 0; exit }
  print "$what ", <$child>, "\\n";
}
print "done\\n";
`;
/** setns(2): asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl. */
const SETNS = process.arch === "x64" ? "308" : "268";

const as = (uid: number) => ["setpriv", "--reuid", String(uid), "--regid", String(uid), "--clear-groups"];
const KINDS: Record<string, string[]> = {
  "root in a uts namespace": ["unshare", "--uts"],
  "root without SYS_ADMIN": ["unshare", "--uts", "setpriv", "--bounding-set", "-sys_admin"],
  "root without SYS_CHROOT": ["unshare", "--uts", "setpriv", "--bounding-set", "-sys_chroot"],
  "root in a PID namespace": ["unshare", "--pid", "--fork", "--kill-child"],
  "a user's own user namespace": [...as(4001), "unshare", "-U", "-r", "--net", "--uts", "--ipc", "--mount"],
  "one below it": [...as(4001), "unshare", "-U", "-r", "unshare", "-U", "-r", "--net"],
  "one that root made": ["unshare", "-U", "-r", "--net", "--pid", "--fork", "--kill-child"],
  "nobody's root": [...as(4001), "unshare", "-U", "-r", "setpriv", "--bounding-set", "-all"],
  "that user outside": ["unshare", "--uts", ...as(4001)],
  "another user": ["unshare", "--uts", ...as(4002)],
};

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "beside the kernel",
  { timeout: 60_000 },
  () => {
    const children: ChildProcess[] = [];
    const files: number[] = [];
    afterAll(() => {
      for (const child of children) child.kill("SIGKILL");
      for (const file of files) closeSync(file);
    });

    it("each process enters what the rule says it could, and nothing else", async () => {
      const known = new Set<string>();
      const open = (pid: string) => {
        for (const type of NAMESPACE_TYPES) {
          const path = `/proc/${pid}/ns/${type}`;
          const link = readlinkSync(path);
          if (known.has(link)) continue;
          known.add(link);
          files.push(openSync(path, "r"));
        }
      };
      open("self");
      const lines = new Map<string, AsyncIterator<string>>();
      const pids = new Map<string, number>();
      for (const [name, words] of Object.entries(KINDS)) {
        const [program, ...rest] = [...words, "perl", "-e", TRIES, String(files.length), SETNS];
        const child = spawn(program!, rest, { stdio: ["pipe", "pipe", "inherit", ...files] });
        children.push(child);
        const said = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
        lines.set(name, said);
        const pid = Number((await said.next()).value);
        expect(pid, name).toBeGreaterThan(1);
        pids.set(name, pid);
        open(String(pid));
      }
      const snapshot = assemble(await readNode(localConnection(), { reader: "perl" }));
      const verdicts = { yes: 0, no: 0 };
      for (const [at, name] of Object.keys(KINDS).entries()) {
        children[at]!.stdin!.write("go\n");
        const actor = snapshot.processes.find(({ pid }) => pid === pids.get(name))!;
        for (let said = await lines.get(name)!.next(); said.value !== "done"; said = await lines.get(name)!.next()) {
          const [what = "", errno] = String(said.value).split(" ");
          const { enter, why } = allowedIn(snapshot, actor, findNamespace(snapshot, what)!);
          // Some distributions label who makes a user namespace: what that lets pass is not ours to know.
          if (why.code === "label") continue;
          expect([name, what, enter], JSON.stringify(why)).toEqual([name, what, errno === "0" ? "yes" : "no"]);
          verdicts[errno === "0" ? "yes" : "no"]++;
        }
      }
      expect(verdicts.yes).toBeGreaterThan(25);
      expect(verdicts.no).toBeGreaterThan(60);
      const { namespaces } = snapshot.processes.find(({ pid }) => pid === pids.get("a user's own user namespace"))!;
      expect(findNamespace(snapshot, `user:${namespaces.user}`)).toMatchObject({ ownerUid: 4001, initial: false });
    });
  },
);
