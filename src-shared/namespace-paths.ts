/** Paths that lead to a namespace: a pin, or /proc/PID/ns/TYPE, which follows the pid and whoever has it by now. */

/** /var/run is a link to /run on every distribution that these runtimes run on; runtimes write either. */
export const normalPath = (path: string): string => (path.startsWith("/var/run/") ? path.slice(4) : path);

const OF_PROCESS = /^\/proc\/(\d+)\/(?:task\/\d+\/)?ns\/[a-z_]+$/;

/** The pid in /proc/PID/ns/TYPE or /proc/PID/task/TID/ns/TYPE; undefined for any other path. */
export function pidOfPath(path: string | undefined): number | undefined {
  const pid = path === undefined ? undefined : OF_PROCESS.exec(path)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
