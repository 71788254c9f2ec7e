/** What the kernel and the node's own tools say, to hold a Snapshot against. */
import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync, readlinkSync } from "node:fs";
import { delimiter, join } from "node:path";

/** pid to its links below /proc/PID/ns, as they are now. */
export function memberships(): Map<number, Map<string, number>> {
  const all = new Map<number, Map<string, number>>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const links = new Map<string, number>();
    try {
      for (const type of readdirSync(`/proc/${name}/ns`)) {
        try {
          const inode = /^[a-z_]+:\[(\d+)\]$/.exec(readlinkSync(`/proc/${name}/ns/${type}`))?.[1];
          if (inode && !type.endsWith("_for_children")) links.set(type, Number(inode));
        } catch {
          // this link cannot be read, or is a zombie's
        }
      }
    } catch {
      continue; // it has ended
    }
    all.set(Number(name), links);
  }
  return all;
}

export interface LsnsRow {
  ns: number;
  type: string;
  path: string | null;
  nprocs: number;
  pid: number | null;
  ppid: number | null;
  command: string | null;
  uid: number | null;
  user: string | null;
  netnsid?: string | null;
  nsfs?: string | null;
  pns?: number;
  ons?: number;
}

/** Every column that this node's lsns has; "type:inode" to its row. */
export function lsns(): Map<string, LsnsRow> {
  const text = execFileSync("lsns", ["-J", "--output-all"], { encoding: "utf8", maxBuffer: 1 << 28 });
  const { namespaces } = JSON.parse(text) as { namespaces: LsnsRow[] };
  return new Map(namespaces.map((row) => [`${row.type}:${row.ns}`, row]));
}

/** Every nsfs mount of our own mount namespace: "type:inode path". */
export function nsfsMounts(): Set<string> {
  let text = "";
  try {
    text = execFileSync("findmnt", ["-J", "-l", "-t", "nsfs", "-o", "TARGET,FSROOT"], { encoding: "utf8" });
  } catch {
    return new Set(); // findmnt ends with 1 where there is none
  }
  const { filesystems } = JSON.parse(text) as { filesystems: { target: string; fsroot: string }[] };
  return new Set(filesystems.map(({ target, fsroot }) => `${fsroot.replace(/[[\]]/g, "")} ${target}`));
}

/** systemd-cgls of a folder: each group's path below it, and the pids that it shows there. */
export function cgls(folder: string): Map<string, number[]> {
  // In the C locale, and not in full, a command line is one line, whatever is in it; -k: kernel threads too.
  const text = execFileSync("systemd-cgls", ["--no-pager", "--all", "-k", folder], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: "C" },
  });
  const groups = new Map<string, number[]>([["/", []]]);
  const path: string[] = [];
  for (const line of text.split("\n")) {
    // Two columns of lines a level, then "PID command", or a group's name, from systemd 250 on with its id.
    const [, lines, words] = /^((?:\| | {2})*)[|`]-(.*)$/.exec(line) ?? [];
    if (lines === undefined || words === undefined) continue;
    path.length = Math.min(path.length, lines.length / 2);
    const pid = /^ *(\d+) (?!\(#\d+\)$)/.exec(words)?.[1];
    if (pid === undefined) {
      // An ellipsis behind a name says that systemd delegates the group.
      path.push(words.replace(/ \(#\d+\)$/, "").replace(/ \.\.\.$/, ""));
      groups.set(`/${path.join("/")}`, []);
    } else groups.get(`/${path.join("/")}`)?.push(Number(pid));
  }
  for (const pids of groups.values()) pids.sort((a, b) => a - b);
  return groups;
}

/** Whether a program is on the PATH. */
export function has(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Differences that stay: a comparison of two moments is done again where it found some, and what changed by itself
 * meanwhile is different no more. Keys name a fact, values show it.
 */
export async function lasting(compare: (round: number) => Promise<Map<string, string>>): Promise<string[]> {
  let still: Map<string, string> | undefined;
  for (let round = 0; round < 5; round++) {
    const now = await compare(round);
    const before = still;
    still = new Map([...now].filter(([key]) => before?.has(key) ?? true));
    if (still.size === 0) return [];
  }
  return [...(still ?? [])].map(([key, value]) => `${key}: ${value}`).slice(0, 20);
}

/** Waits for a state of the machine; throws after 20 s. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the machine did not come to the state that the test waits for within 20 s");
}
