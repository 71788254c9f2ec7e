/**
 * What a gap can say. The probe's scripts (src-main/probe) and assemble/ say it, and nobody else: a sentence that is not
 * here is a stranger's, and `src-main/probe/gaps.test.ts` holds the scripts against these tables.
 */
import type { Gap } from "./model.ts";
import { known, type Said, say } from "./sentences.ts";

export const GAP_WHATS = {
  processes: "processes of other users",
  "processes-cut": "processes and cgroups",
  end: "the end of the reading",
  records: "records of the reading",
  "node-itself": "the node itself",
  namespaces: "namespaces of processes",
  "own-namespace": "the node's own {type} namespace",
  relations: "owners and parents of namespaces",
  listed: "namespaces that the kernel lists",
  commands: "command lines of processes",
  shares: "memory shares of pause processes and monitors",
  threads: "threads of processes",
  "stray-threads": "threads in other namespaces",
  files: "open files of processes",
  "holding-files": "open files that hold namespaces",
  sockets: "sockets of processes",
  sysctls: "sysctls of namespaces",
  listeners: "listening sockets of network namespaces",
  "who-listens": "who listens in network namespaces",
  wires: "interfaces and routes of network namespaces",
  addresses: "addresses of pinned network namespaces",
  networks: "networks without a process",
  programs: "programs of the node",
  log: "the kernel log",
  "version-of": "what {name} says",
  tools: "what the runtimes' own tools say",
  cgroups: "cgroups",
  "cgroups-above": "cgroups above our own",
  hierarchy: "cgroup hierarchy {name}",
  "memory-stat": "memory.stat of cgroups",
  pins: "bind mounts that pid 1 sees",
  "pins-elsewhere": "bind mounts in other mount namespaces",
  mounts: "mounts of mount namespaces",
  "runtime-records": "runtime records",
  "records-of": "records that {name} names",
  "records-of-user": "records that conmon of user {uid} names",
  "records-of-docker": "records of dockerd",
  "configuration-of": "the configuration of {name}",
  "ended-pods": "pods that have ended",
  "ended-containers": "containers that have ended, on {name}",
  "pods-within": "pods of a node in a container",
  slow: "slow places",
} as const;

export const GAP_WHYS = {
  denied: "permission denied",
  slow: "a slow place: read with --deep",
  "slow-places": "pins in other mount namespaces, open files, threads and memory.stat are read with --deep only",
  "cut-off": "it was cut off before its end",
  damaged: "damaged, lost on the way, or newer than this Podglass",
  "no-room": "left out: {bound}, which is not kept of one node",
  most: "more than {most}",
  "most-mounts": "more than 400 in one: the rest was left out",
  "long-arguments": "longer than 16 KiB: the rest was left out",
  "long-record": "longer than 1 MiB",
  "long-table": "their table is longer than 1 MiB",
  secret: "an environment could not be taken out of them, so they were left out",
  hidden: "/proc is mounted with {option}",
  "helper-ended": "the second reader ended early",
  "reader-ended": "their reader ended early",
  "in-container": "the probe runs inside a container: its PID namespace is not the first one",
  "node-in-container":
    'this "node" is a container: its PID namespace is {inode}, not the kernel\'s first; the host around it cannot be seen',
  "in-cgroup-namespace": "the probe runs in a cgroup namespace",
  "not-mounted": "not mounted where the probe runs",
  "no-mounts": "no mount table of the node was read",
  "no-initial": "neither /proc/1/ns nor /proc/2/ns can be read, and the kernel gives this type no fixed number",
  "not-opened": "could not be opened",
  unheld: "nothing that was read holds them: they were made meanwhile, or are held where nobody looks",
  "unheld-slow": "no process and no pin that was read holds them; open files, threads and sockets are read with --deep",
  "no-relations": "neither perl nor python3 nor lsns 2.38 can tell them here",
  "no-pidfd-number": "the number of pidfd_getfd(2) is not known for this machine",
  "no-setns-number": "no setns(2) number is known for this machine",
  "old-kernel": "the kernel is older than 5.6: it has no pidfd_getfd(2)",
  "slow-sockets": "asking them took more than 20 s",
  "slow-entering": "entering them took more than 20 s",
  "slow-tool": "it failed or took more than {seconds} s",
  "slow-again": "looking at them again took more than {seconds} s",
  "not-entered": "could not be entered",
  "not-entered-pin": "only a pin holds it, and nobody has entered it to read its addresses",
  "perl-wires": "only perl, or ip(8), can ask which there are here",
  "plain-wires":
    "the ip of busybox tells neither their kinds, nor the other ends of wires, nor the ways of a route that has several",
  "most-wires": "more than 4000 in one: the rest was left out",
  "forged-wires": "an alias in one of them passes for an interface: its were left out",
  "perl-sockets": "whose namespace they hold only perl can ask here",
  "root-log": "not an ordinary user's to read",
  "root-tools": "they are asked as root only",
  "no-log": "dmesg gave nothing",
  "silent-path": "a folder of PATH does not answer: it may be on a mount whose server is gone",
  "silent-place": "{path} does not answer: it may be on a mount whose server is gone",
  "silent-process":
    "pid {pid} does not answer: whoever holds the lock of its memory map waits for something, and ps and top hang on it too",
  "silent-others": "not asked, since {count} others do not answer",
  "silent-places": "not looked for, since {count} other places do not answer",
  unread: "could not be read",
  "unbelieved-unread":
    "the namespaces of their daemons and monitors could not be read, so their words are not believed",
  unbelieved: "pid {pid}: {why}, so its words are not believed",
  about: "pid {pid}: {why}",
  "no-configuration": "pid {pid} names {path}, which is not there",
  "no-folder": "pid {pid} keeps its containers in {path}, which could not be read: {why}",
  "no-folder-elsewhere":
    "pid {pid}, in a mount namespace of its own, keeps its containers in a folder that could not be read: {why}",
  "about-elsewhere": "pid {pid}, in a mount namespace of its own: {why}",
  "own-mounts": "it is in a mount namespace of its own",
  "own-mounts-perl": "it is in a mount namespace of its own, where only perl can follow paths safely",
  "perl-paths": "only perl can follow a user's own paths safely",
  "not-there": "it is not there",
  "namespaces-unread": "its namespaces could not be read",
  "first-unread": "the namespaces of pid 1 could not be read",
  "own-user": "it is in a user namespace of its own",
  "not-roots": "it is not root's",
  "path-not-plain": "its path is not a plain one",
  "path-link": "a link leads to it",
  "path-no-folder": "it is in no folder",
  "path-strange-folder": "it is in a folder of somebody else",
  "path-changed": "its folder was changed meanwhile",
  "path-no-own-folder": "it is in no folder of that user",
  "path-not-opened": "it is a link, or cannot be opened",
  "path-strange": "it belongs to somebody else",
  "pods-ended": "no process of theirs lives and no pin of theirs is left",
  forgets: "it keeps no record of them: exit codes, OOM kills and restarts are in the CRI's answers alone",
  "pods-within":
    "their runtime's records are inside that container: names, images and modes are known only as far as the node itself tells them",
} as const;

export const GAP_REMEDIES = {
  root: "log in as root, or allow sudo -n and use --sudo",
  "root-login": "log in as root, or allow sudo -n",
  ptrace: "log in as a root that has CAP_SYS_PTRACE: this one lacks it, and these processes may do more than it may",
  deep: "--deep",
  "open-container": "open the container itself as a node: docker:NAME or podman:NAME",
  "machine-itself": "log in to the machine that runs this container",
  "node-itself": "log in to the node itself",
  "enter-cgroups": "start the probe, or the login shell, with nsenter -t {pid} -C",
  again: "read again",
  mount: "mount it",
  unmount: "unmount it, or mend its server",
  stack: "find what its threads in state D wait for: cat /proc/PID/task/*/stack",
  perl: "install perl there",
  crictl: "crictl ps -a, on the node",
  "as-a-node": "if it runs in a container, read that container as a node of its own",
} as const;

type What = Said<typeof GAP_WHATS>;
type Why = Said<typeof GAP_WHYS>;

type Remedy = Exclude<keyof typeof GAP_REMEDIES, "enter-cgroups">;

/** @param count how many are not known */
export const gap = (what: What, why: Why, count: number, remedy?: Remedy): Gap => ({
  what: say(GAP_WHATS, what),
  why: say(GAP_WHYS, why),
  count,
  ...(remedy ? { mend: GAP_REMEDIES[remedy] } : {}),
});

/** A gap of how a runtime is made: nothing would close it, and nothing is wrong. */
export const isByNature = ({ why }: Pick<Gap, "why">): boolean => why === GAP_WHYS.forgets;

const SLOW: readonly string[] = ["slow", "slow-places"] satisfies (keyof typeof GAP_WHYS)[];

/** A place that is slow to read and was left out on purpose; any other gap is something that a person may have counted on. */
export const isSlowPlace = ({ why }: Pick<Gap, "why">): boolean => SLOW.includes(known(GAP_WHYS, why)?.code ?? "");

const RECORDS: readonly string[] = [GAP_WHATS["runtime-records"], GAP_WHATS.end, GAP_WHATS.records];
/** Files in which runtimes and Podglass write down what they made may be missing from what was read. */
export const recordsUnread = (gaps: readonly Gap[]): boolean => gaps.some(({ what }) => RECORDS.includes(what));
