/** The one place that makes sentences of reasons. A reason is data (model.ts): others ask for its code, never for its words. */
import { listed } from "./format.ts";
import type { NamespaceType, Sandbox, SandboxReason } from "./model.ts";
import { RUNTIME_LABELS, type RuntimeName } from "./runtimes/names.ts";
import { runtimeOf } from "./runtimes/table.ts";
import type { Sentences } from "./sentences.ts";

const are = (words: readonly unknown[]): string => (words.length === 1 ? "is" : "are");

export const sandboxWhy = (runtime: RuntimeName, reasons: readonly SandboxReason[]): string =>
  reasons.map((reason) => sandboxWords(runtime, reason)).join("; ");

function sandboxWords(runtime: RuntimeName, reason: SandboxReason): string {
  const label = RUNTIME_LABELS[runtime];
  switch (reason.code) {
    case "stand-in":
      return `a stand-in that Podglass started (pid ${reason.pid}); the runtime's own pause process is gone, and its record does not know this one`;
    case "vm":
      return `the sandbox process (${reason.comm}) is the pod itself, a machine that its containers run in: it is no pause, and ends them all when it ends`;
    case "kept":
      return runtimeOf(runtime).keptWords?.[reason.how] ?? "the pod's sandbox";
    case "reaps":
      return "it is pid 1 of the pod's PID namespace and reaps";
    case "holds":
      return holdsWords(reason);
    case "holds-unread":
      return "which namespaces it holds could not be read";
    case "dropped-by-runtime": {
      const marks = [
        ...(reason.mark ? [`empty cgroup ${reason.mark.slice(reason.mark.lastIndexOf("/") + 1).slice(0, 13)}…`] : []),
        ...(reason.annotation ? [`annotation ${reason.annotation}`] : []),
      ];
      return `${label} dropped it: ${marks.join(", ")}`;
    }
    case "dropped-by-podglass":
      return `Podglass dropped it (pause was pid ${reason.pid}${reason.at ? `, ${minuteOf(reason.at)}` : ""})`;
    case "made-without":
      return runtimeOf(runtime).madeWithout ?? "it was made without pause";
    case "pauseless":
      return `${label} made this pod without a pause process (pid 0), which is normal for its pauseless sandboxes`;
    case "never-made": {
      const { withoutSandbox } = runtimeOf(runtime);
      if (withoutSandbox) return `${withoutSandbox}: ${listed(reason.names) || "its containers"} share no namespace`;
      return "no sandbox was ever made, and nothing is shared";
    }
    case "shared-without":
      return `no sandbox was made; ${listed(reason.types)} ${are(reason.types)} shared by the containers themselves, held by no pin`;
    case "gone":
      return `the pause process is gone${reason.containersLive ? "" : " and no container lives"}`;
    case "all-pinned":
      return "every namespace that the containers share has a pin";
    case "held":
      return heldWords(reason.pins);
    case "stopped":
      return runtimeOf(runtime).afterPause.counted ?? `${label} counts the sandbox as stopped`;
    case "borrowed":
      return borrowedWords(reason);
    case "starting":
      return "it is being made: its record is there, and it has not had a process yet";
    case "elsewhere":
      return `not known whether pause lives: pid ${reason.pid}, which its record names, lives, but in ${reason.group ? `group ${reason.group}` : "a group that could not be read"}`;
    case "unread":
      return unreadWords(reason);
  }
}

function holdsWords({ alone, pinned }: { alone: NamespaceType[]; pinned: NamespaceType[] }): string {
  if (alone.length > 0)
    return `it holds ${alone.join(", ")}${pinned.length > 0 ? `; ${pinned.join(", ")} pinned too` : ", and no pin does"}`;
  return pinned.length > 0
    ? `${pinned.join(", ")} ${are(pinned)} pinned too, so pause holds nothing that a pin does not`
    : "it holds no namespace of the pod";
}

/** "net, ipc and uts are held by /run/netns/…, …" */
function heldWords(pins: { type: NamespaceType; path: string }[]): string {
  if (pins.length === 0) return "no pin holds what it shares";
  const paths = [...new Set(pins.map(({ path }) => path))];
  return `${listed(pins.map(({ type }) => type))} ${are(pins)} held by ${paths.join(", ")}`;
}

function borrowedWords({ types, names }: { types: NamespaceType[]; names: string[] }): string {
  const living =
    types.length > 0
      ? `${listed(types)} ${types.length === 1 ? "lives" : "live"} only as long as ${listed(names)}`
      : `what ${listed(names)} still share${names.length === 1 ? "s" : ""} could not be read`;
  return `the pod runs on borrowed time; ${living}, and no container joins them through pause any more`;
}

function unreadWords({
  what,
  pid,
}: {
  what: "processes" | "groups" | "pins" | "namespaces" | "shares" | "records";
  pid?: number;
}): string {
  switch (what) {
    case "processes":
      return "not known whether pause lives: this login is not shown other users' processes (hidepid)";
    case "groups":
      return `not known whether pause lives: the group of process ${pid} could not be read, and it may be pause`;
    case "namespaces":
      return "not known whether the sandbox is dead: what the containers still share could not be read";
    case "shares":
      return "not known whether a sandbox was ever made: what the containers share could not be read";
    case "records":
      return "not known whether pause lives: no record of the sandbox could be read";
    case "pins":
      return "not known whether pins hold what the pod shares: the mounts of the node were not read";
  }
}

/** Its state is what is left when something could not be read, not a conclusion: the words say what. */
export const isNotKnown = ({ reasons = [] }: Pick<Sandbox, "reasons">): boolean =>
  reasons.some(({ code }) => code === "unread" || code === "elsewhere");

/** What stands against ending pause (questions/obstacles.ts), each a sentence without its capital and its point. */
export const OBSTACLES = {
  "not-known": "{why}",
  dropped: "there is no pause process any more: {why}",
  dead: "pause is gone already, and not by a plan: {why}",
  starting: "there is no pause process yet: {why}",
  never: "there never was a pause process: {why}",
  outlived:
    "no container of the pod is left, so nothing would use what pins hold: podglass unpin takes them away, and then the stand-in can end",
  within: "the pod is in a container that is a node of its own: open that node itself, by docker:NAME or podman:NAME",
  "program-unread": "process {pid} could not be read: it may be more than a pause",
  machine: "the sandbox process ({comm}, {pid}) is the pod itself: every container ends with it",
  program: "{comm} ({pid}) is a program of its own, and not a pause that only waits",
  unread:
    "whether the pod shares its {types} {noun} could not be read: log in as root, or allow sudo -n and use --sudo",
  "pid-namespace":
    "pause is pid 1 of the PID namespace that the pod shares: {names} would be killed with it, and a pin does not help, for a PID namespace ends with its pid 1",
  "pid-namespace-below":
    "pause is pid 1 of a PID namespace: {processes} in it or below it would be killed with it, and a pin does not help, for a PID namespace ends with its pid 1",
  unpinnable: "the pod shares its {types} namespace, which Podglass does not pin",
  network: "{words}",
  "user-made": "it is made of processes of user {uid}: {why}",
  "kubelet-unread": "whether a kubelet owns the pod is not known: no record of it could be read",
  static: "a static pod: its kubelet would stop and remake it, perhaps the control plane with it",
  kubelet: "{words}",
} as const satisfies Sentences;

/** What happens to one thing when a holder goes (questions/what-if.ts). */
export const EFFECTS = {
  named: "it is what goes",
  "killed-with-init": "its PID namespace ends with its pid 1, and the kernel kills every member",
  ends: "its first process ends",
  "machine-ends": "it runs in the machine that goes",
  killed: "killed by the kernel together with pid 1 of its PID namespace",
  freed: "nothing else holds it, so the kernel frees it",
  "freed-as-read": "nothing else that was read holds it; not everything was",
  "init-ends": "its pid 1 ends: members are killed, nothing can be started in it any more",
  keeps: "its processes keep every namespace that they are in",
  "held-pin": "held by the pin {path}",
  "held-names": "held by {names}",
  "held-both": "held by the pin {path} and {names}",
  "held-other": "held by another process",
  "dead-sandbox": "the pod's sandbox is dead: there is nothing to join",
  "new-sandbox": "the kubelet makes new containers in a new sandbox instead",
  "new-infra": "infra is started again in new namespaces",
  "unread-shares": "whether the pod shares it could not be read",
  "unread-pid": "whether it is in the PID namespace that would end could not be read",
  "unread-holders": "what holds it may end",
  "joins-freed": "what it would join has been freed",
  "joins-nothing": "its config.json joins {type} at {path}, which leads nowhere then",
  "joins-astray": "its config.json joins {type} at {path}, which does not lead to what it is in now",
  /** What its runtime makes of it: runtimes/, afterPause. */
  runtime: "{words}",
} as const satisfies Sentences;

/** What else is to be said of such a loss, as a sentence of its own. */
export const REMARKS = {
  "runtimes-pin": "{path} is the runtime's own: when the pod is removed, its network plugin finds nothing to clean up.",
  kubelet:
    "The kubelet sees a sandbox that is not ready: it stops every container and makes the pod anew, with another address.",
  pinned: "Pause holds nothing in this pod that a pin does not hold.",
  runtime: "{words}",
} as const satisfies Sentences;

/** "2026-11-28 16:06 UTC", of a time as a manifest has it; what is none stays as it is. */
const minuteOf = (at: string): string => at.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):.*Z$/, "$1 $2 UTC");
