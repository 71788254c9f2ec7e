/**
 * What a step looks for on the node. A check is one line of a small language; it is held against two snapshots, the one
 * with which the step began and the latest, and says in words what it sees. It never asks whether a button was pressed.
 */
import { findings } from "../findings/findings.ts";
import { bytes } from "../format.ts";
import { lookup } from "../lookup.ts";
import { NAMESPACE_TYPES, type NamespaceType, type Pod, type Snapshot } from "../model.ts";
import { holdersOf } from "../questions/pod-report.ts";
import { mayHidePods, unread } from "../unread.ts";
import { oomKillsIn, podNamed, processNamed, sameProcess, zombiesOf } from "./find.ts";
import { bytesOf, report } from "./values.ts";

export interface Verdict {
  ok: boolean;
  /** What the node shows, as a sentence. */
  says: string;
}

export interface Check {
  /** As the teacher wrote it. */
  line: string;
  test: (start: Snapshot, now: Snapshot) => Verdict;
}

type Test = Check["test"];
interface Form {
  /** For messages and docs/lessons.md. */
  words: string;
  pattern: RegExp;
  make: (groups: Record<string, string>) => Test;
}

const verdict = (ok: boolean, yes: string, no: string): Verdict => ({ ok, says: ok ? yes : no });

/** What was not read is neither there nor gone: a step that asks for it waits, and says for what. */
const notKnown = (what: string): Verdict => ({
  ok: false,
  says: `${what} is not known: this login could not read it. Open the node as root, or with sudo`,
});
const STATE = {
  process: "its sandbox process lives",
  dropped: "its namespaces are pinned and no sandbox process lives",
  dead: "its sandbox process has died",
  none: "it has no sandbox",
  starting: "its sandbox is being made",
} as const;

const types = (text: string): NamespaceType[] => {
  const list = text.trim().split(/\s+/);
  const wrong = list.find((one) => !NAMESPACE_TYPES.includes(one as NamespaceType));
  if (wrong !== undefined) throw new Error(`"${wrong}" is no namespace type`);
  return list as NamespaceType[];
};

const size = (text: string): number => {
  const value = bytesOf(text);
  if (value === undefined) throw new Error(`"${text}" is no size; write 64 MiB`);
  return value;
};

const FORMS: readonly Form[] = [
  {
    words: "pod POD exists",
    pattern: /^pod (?<pod>\S+) exists$/,
    make:
      ({ pod = "" }) =>
      (_, now) =>
        verdict(podNamed(now, pod) !== undefined, `${pod} is there`, `there is no pod ${pod} yet`),
  },
  {
    words: "pod POD is gone",
    pattern: /^pod (?<pod>\S+) is gone$/,
    make:
      ({ pod = "" }) =>
      (_, now) => {
        const found = podNamed(now, pod);
        if (found === undefined && mayHidePods(now)) return notKnown(`whether ${pod} is gone`);
        return verdict(found === undefined, `${pod} is gone`, `${pod} is still there`);
      },
  },
  {
    words: "sandbox of POD is process|dropped|dead|none|starting",
    pattern: /^sandbox of (?<pod>\S+) is (?<state>process|dropped|dead|none|starting)$/,
    make:
      ({ pod = "", state = "" }) =>
      (_, now) => {
        const found = podNamed(now, pod);
        if (!found) return { ok: false, says: `there is no pod ${pod}` };
        return { ok: found.sandbox.state === state, says: `${pod}: ${STATE[found.sandbox.state]}` };
      },
  },
  {
    words: "pod POD shares TYPE…",
    pattern: /^pod (?<pod>\S+) shares (?<list>.+)$/,
    make: ({ pod = "", list = "" }) => {
      const wanted = types(list);
      return (_, now) => {
        const found = podNamed(now, pod);
        const missing = wanted.filter((type) => found?.namespaces[type] === undefined);
        if (found && missing.some((type) => found.unread?.includes(type))) return notKnown(`what ${pod} shares`);
        return verdict(
          missing.length === 0,
          `${pod} shares ${wanted.join(", ")}`,
          `${pod} does not share ${missing.join(", ")}`,
        );
      };
    },
  },
  {
    words: "TYPE of POD is held by sandbox|container|process|pin|fd",
    pattern: /^(?<type>[a-z]+) of (?<pod>\S+) is held by (?<holder>sandbox|container|process|pin|fd)$/,
    make: ({ type = "", pod = "", holder = "" }) => {
      const [wanted] = types(type);
      return (_, now) => {
        const by = wanted ? holders(now, pod, wanted) : [];
        const says = `${type} of ${pod} is held by ${by.length > 0 ? by.join(", ") : "nothing"}`;
        return { ok: by.includes(holder), says };
      };
    },
  },
  {
    words: "TYPE of POD is not held by sandbox|container|process|pin|fd",
    pattern: /^(?<type>[a-z]+) of (?<pod>\S+) is not held by (?<holder>sandbox|container|process|pin|fd)$/,
    make: ({ type = "", pod = "", holder = "" }) => {
      const [wanted] = types(type);
      return (_, now) => {
        const by = wanted ? holders(now, pod, wanted) : [];
        const held = by.includes(holder);
        if (!held && wanted && hidesHolder(now, podNamed(now, pod), wanted, holder))
          return notKnown(`whether ${type} of ${pod} is held by ${holder}`);
        return {
          ok: podNamed(now, pod) !== undefined && !held,
          says: `${type} of ${pod} is held by ${by.length > 0 ? by.join(", ") : "nothing"}`,
        };
      };
    },
  },
  {
    words: "address of POD is as before",
    pattern: /^address of (?<pod>\S+) is as before$/,
    make:
      ({ pod = "" }) =>
      (start, now) => {
        const [was, is] = [start, now].map((snapshot) => podNamed(snapshot, pod)?.ips[0]);
        return verdict(
          is !== undefined && is === was,
          `${pod} still has ${is}`,
          `${pod} has ${is ?? "no address"}, it had ${was ?? "none"}`,
        );
      },
  },
  {
    words: "TYPE of POD is as before",
    pattern: /^(?<type>[a-z]+) of (?<pod>\S+) is as before$/,
    make: ({ type = "", pod = "" }) => {
      const [wanted] = types(type);
      return (start, now) => {
        const [was, is] = [start, now].map((snapshot) => wanted && podNamed(snapshot, pod)?.namespaces[wanted]);
        return verdict(
          is !== undefined && is === was,
          `${type} of ${pod} is still ${is}`,
          `${type} of ${pod} is ${is ?? "gone"}, it was ${was ?? "not there"}`,
        );
      };
    },
  },
  {
    words: "POD/NAME runs",
    pattern: /^(?<place>\S+\/\S+) runs$/,
    make:
      ({ place = "" }) =>
      (_, now) =>
        verdict(
          processNamed(now, place) !== undefined,
          `${place} runs as pid ${processNamed(now, place)?.pid}`,
          `${place} does not run`,
        ),
  },
  {
    words: "POD/NAME has ended",
    pattern: /^(?<place>\S+\/\S+) has ended$/,
    make:
      ({ place = "" }) =>
      (start, now) => {
        const is = processNamed(now, place);
        if (is === undefined && unread(now).processes) return notKnown(`whether ${place} has ended`);
        return verdict(
          processNamed(start, place) !== undefined && is === undefined,
          `${place} has ended`,
          `${place} runs as pid ${is?.pid ?? "…"}`,
        );
      },
  },
  {
    words: "POD/NAME is the same process as before",
    pattern: /^(?<place>\S+\/\S+) is the same process as before$/,
    make:
      ({ place = "" }) =>
      (start, now) => {
        const is = processNamed(now, place);
        return verdict(
          sameProcess(processNamed(start, place), is),
          `${place} is still pid ${is?.pid}`,
          `${place} is not the process it was`,
        );
      },
  },
  {
    words: "POD/NAME is another process than before",
    pattern: /^(?<place>\S+\/\S+) is another process than before$/,
    make:
      ({ place = "" }) =>
      (start, now) => {
        const [was, is] = [processNamed(start, place), processNamed(now, place)];
        return verdict(
          is !== undefined && !sameProcess(was, is),
          `${place} is pid ${is?.pid} now, it was ${was?.pid ?? "none"}`,
          `${place} is pid ${is?.pid ?? "none"}, as before`,
        );
      },
  },
  {
    words: "POD has at least N zombies",
    pattern: /^(?<pod>\S+) has at least (?<count>\d+) zombies?$/,
    make:
      ({ pod = "", count = "0" }) =>
      (_, now) => {
        const found = zombiesOf(now, pod).length;
        return { ok: found >= Number(count), says: `${pod} has ${found} ${found === 1 ? "zombie" : "zombies"}` };
      },
  },
  {
    words: "POD has no zombie",
    pattern: /^(?<pod>\S+) has no zombie$/,
    make:
      ({ pod = "" }) =>
      (_, now) => {
        const found = zombiesOf(now, pod).length;
        if (found === 0 && unread(now).processes) return notKnown(`whether ${pod} has a zombie`);
        return {
          ok: podNamed(now, pod) !== undefined && found === 0,
          says: `${pod} has ${found} ${found === 1 ? "zombie" : "zombies"}`,
        };
      },
  },
  {
    words: "memory of POD[/NAME] is above SIZE",
    pattern: /^memory of (?<place>\S+) is above (?<size>.+)$/,
    make: ({ place = "", size: text = "" }) => {
      const least = size(text);
      return (_, now) => {
        const used = report(now, place)?.usage.memoryBytes;
        return {
          ok: used !== undefined && used > least,
          says: used === undefined ? `${place} has no cgroup just now` : `${place} uses ${bytes(used)}`,
        };
      };
    },
  },
  {
    words: "memory limit of POD[/NAME] is SIZE",
    pattern: /^memory limit of (?<place>\S+) is (?<size>.+)$/,
    make: ({ place = "", size: text = "" }) => {
      const wanted = size(text);
      return (_, now) => {
        const found = report(now, place);
        if (found === undefined) return notKnown(`the memory limit of ${place}`);
        const limit = found.effective.memoryMaxBytes;
        return {
          ok: limit?.value === wanted,
          says: limit
            ? `${place} may use ${bytes(limit.value)}, set by ${limit.setBy}`
            : `${place} has no memory limit`,
        };
      };
    },
  },
  {
    words: "an OOM kill happened in POD",
    pattern: /^an OOM kill happened in (?<pod>\S+)$/,
    make:
      ({ pod = "" }) =>
      (start, now) => {
        const [was, is] = [oomKillsIn(start, pod), oomKillsIn(now, pod)];
        return verdict(is > was, `the OOM killer ended a process in ${pod}`, `no OOM kill in ${pod} yet`);
      },
  },
  {
    words: "the kernel log names NAME",
    pattern: /^the kernel log names (?<name>\S+)$/,
    make:
      ({ name = "" }) =>
      (start, now) => {
        const [was, is] = [start, now].map(
          (snapshot) => (snapshot.oomKills ?? []).filter((kill) => kill.comm === name).length,
        );
        return verdict(
          (is ?? 0) > (was ?? 0),
          `the kernel log says that ${name} was killed`,
          `the kernel log does not speak of ${name} yet`,
        );
      },
  },
  {
    words: "finding RULE is there",
    pattern: /^finding (?<rule>[-a-z0-9]+) is there$/,
    make:
      ({ rule = "" }) =>
      (_, now) => {
        const found = findings(now).find((one) => one.rule === rule);
        return verdict(found !== undefined, found?.title ?? "", `no finding "${rule}"`);
      },
  },
  {
    words: "POD/NAME has the TYPE namespace of POD/NAME",
    pattern: /^(?<a>\S+\/\S+) has the (?<type>[a-z]+) namespace of (?<b>\S+\/\S+)$/,
    make: ({ a = "", type = "", b = "" }) => {
      const [wanted] = types(type);
      return (_, now) => {
        const [x, y] = [a, b].map((place) => (wanted ? processNamed(now, place)?.namespaces[wanted] : undefined));
        return verdict(
          x !== undefined && x === y,
          `both are in ${type} ${x}`,
          `${a} is in ${type} ${x ?? "…"}, ${b} in ${y ?? "…"}`,
        );
      };
    },
  },
];

function holders(snapshot: Snapshot, name: string, type: NamespaceType): string[] {
  const pod = podNamed(snapshot, name);
  const namespace = snapshot.namespaces.find((one) => one.type === type && one.inode === pod?.namespaces[type]);
  return pod && namespace ? holdersOf(namespace, pod, lookup(snapshot)) : [];
}

/** Whether such a holder may be there and was not read. */
function hidesHolder(snapshot: Snapshot, pod: Pod | undefined, type: NamespaceType, holder: string): boolean {
  const { pins, processes, namespaces } = unread(snapshot);
  if (pod?.unread?.includes(type)) return true;
  if (holder === "pin") return pins;
  if (holder === "fd") return !snapshot.deep;
  // Which processes are the pod's is known: what one of them did not show is in the pod's own list.
  if (holder === "container" || holder === "sandbox") return processes;
  return processes || namespaces(type) > 0;
}

/** Throws Error with the forms there are. */
export function parseCheck(line: string): Check {
  for (const { pattern, make } of FORMS) {
    const groups = pattern.exec(line)?.groups;
    if (groups) return { line, test: make({ ...groups }) };
  }
  throw new Error(`"check: ${line}" is none of: ${FORMS.map((form) => form.words).join("; ")}`);
}

/** Whether all of a step's checks hold; an ask is answered apart. */
export const holds = (checks: readonly Check[], start: Snapshot, now: Snapshot): boolean =>
  checks.every((check) => check.test(start, now).ok);
