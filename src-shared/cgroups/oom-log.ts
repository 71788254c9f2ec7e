/**
 * Kills by the OOM killer as the kernel log tells them. A kill has one line from dump_oom_summary ("oom-kill:constraint=…",
 * since 5.0), with the cgroup whose limit was hit and the victim's, and one from __oom_kill_process ("Killed process …");
 * kernels before 5.0 say "Task in A killed as a result of limit of B" instead of the first (mm/oom_kill.c, mm/memcontrol.c).
 * With memory.oom.group more "Killed process" lines follow one summary. Names in the log are chosen by their owners:
 * fields are taken from the line's end, where nothing can be forged behind them.
 */
import type { OomKill } from "../model.ts";

/** The node's clock, to turn seconds since boot into a time of day. */
export interface LogClock {
  takenAt: string;
  uptimeSeconds?: number;
}

/** comm has at most 15 bytes (TASK_COMM_LEN); a longer one is not the kernel's. */
const COMM = 15;
const SUMMARY = /oom-kill:constraint=(\w+),(.*),task=(.*),pid=(\d{1,10}),uid=\d+$/s;
const KILLED =
  /(Memory cgroup out of memory|Out of memory(?: \([^)]*\))?): Killed process (\d{1,10}) \((.*)\)(?:,? total-vm:.*)$/s;
/** Before 5.0 the verdict line carried the score, and "Killed process" stood alone on the next line. */
const VERDICT =
  /(Memory cgroup out of memory|Out of memory): Kill process (\d{1,10}) \((.*)\) score \d+ or sacrifice child$/s;
const KILLED_ALONE = /(?:^|[\s;])Killed process (\d{1,10}) \((.*)\),? total-vm:.*$/s;
const TASK_IN = /Task in (\/.*) killed as a result of limit of (\/.*)$/s;

/** At most this much of a line is looked at and kept. */
const LONGEST = 2000;

interface Open extends OomKill {
  /** A "Killed process" line was seen for it. */
  confirmed: boolean;
}

/** Kills in the order of the log. Lines that are no kills are skipped; a kill told by several lines is one. */
export const oomKills = (lines: string[], clock?: LogClock): OomKill[] => {
  const kills: Open[] = [];
  let limit: Pick<OomKill, "cgroup" | "limitCgroup"> | undefined;
  for (const raw of lines) {
    const line = raw.length > LONGEST ? raw.slice(0, LONGEST) : raw;
    const at = timeOf(line, clock);
    const text = line.trimEnd();

    const summary = SUMMARY.exec(text);
    if (summary) {
      limit = cgroupsOf(summary[1]!, summary[2]!);
      kills.push(made(at, summary[4]!, summary[3]!, limit, text, false));
      continue;
    }
    const task = TASK_IN.exec(text);
    if (task) {
      limit = { cgroup: task[1]!, limitCgroup: task[2]! };
      continue;
    }
    const killed = KILLED.exec(text) ?? VERDICT.exec(text);
    const [memcg, pid, comm] = killed ? [killed[1]!.startsWith("Memory"), killed[2]!, killed[3]!] : [];
    const alone = killed ? null : KILLED_ALONE.exec(text);
    if (alone) {
      confirm(kills, Number(alone[1]));
      continue;
    }
    if (pid === undefined || comm === undefined) continue;
    if (confirm(kills, Number(pid), text)) continue;
    // No summary of its own: an old kernel's verdict, or a further victim of memory.oom.group.
    kills.push(made(at, pid, comm, memcg ? limit : undefined, text, true));
  }
  return kills.map(({ confirmed: _, ...kill }) => kill);
};

const confirm = (kills: Open[], pid: number, line?: string): boolean => {
  const open = kills.findLast((kill) => kill.pid === pid);
  if (!open || (open.confirmed && line !== undefined)) return false;
  open.confirmed = true;
  if (line !== undefined) open.line = line;
  return true;
};

const made = (
  at: string | undefined,
  pid: string,
  comm: string,
  limit: Pick<OomKill, "cgroup" | "limitCgroup"> | undefined,
  line: string,
  confirmed: boolean,
): Open => ({ ...(at ? { at } : {}), pid: Number(pid), comm: comm.slice(0, COMM), ...limit, line, confirmed });

/** "nodemask=…,cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b", or "…,global_oom,task_memcg=/a/b". */
const cgroupsOf = (constraint: string, fields: string): Pick<OomKill, "cgroup" | "limitCgroup"> => {
  const task = fields.lastIndexOf(",task_memcg=");
  const cgroup = task === -1 ? undefined : fields.slice(task + ",task_memcg=".length);
  const before = task === -1 ? fields : fields.slice(0, task);
  const domain = before.lastIndexOf(",oom_memcg=");
  const limited = constraint === "CONSTRAINT_MEMCG" && domain !== -1;
  return {
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(limited ? { limitCgroup: before.slice(domain + ",oom_memcg=".length) } : {}),
  };
};

/** dmesg's "[  188.423796] ", /dev/kmsg's "6,1234,188423796,-;", or an ISO time at the start (journalctl -o short-iso). */
const timeOf = (line: string, clock: LogClock | undefined): string | undefined => {
  const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d))\s/.exec(line)?.[1];
  if (iso) return isoOf(Date.parse(iso.replace(",", ".").replace(/([+-]\d\d)(\d\d)$/, "$1:$2")));
  const seconds = /^(?:<\d+>)?\[\s*(\d{1,10}\.\d{1,9})\]/.exec(line)?.[1];
  const micros = /^\d+,\d+,(\d{1,18}),[^;]*;/.exec(line)?.[1];
  const sinceBoot = seconds ? Number(seconds) : micros ? Number(micros) / 1e6 : undefined;
  if (sinceBoot === undefined || clock?.uptimeSeconds === undefined) return undefined;
  return isoOf(Date.parse(clock.takenAt) - (clock.uptimeSeconds - sinceBoot) * 1000);
};

const isoOf = (ms: number): string | undefined =>
  Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : undefined;
