/** Does a process live? A pid in the list is not enough, and neither is a letter. */
import type { Process } from "./model.ts";

type Living = Pick<Process, "state" | "threads">;

/**
 * Ended and not waited for: it holds a pid and nothing else. A thread-group leader that called pthread_exit is Z too,
 * while its other threads go on in its namespaces and its cgroup (kernel/exit.c, delay_group_leader): that one lives.
 */
export const isZombie = ({ state, threads }: Living): boolean => state === "Z" && (threads ?? 1) < 2;

/** Z and X as proc_pid_stat(5) has them. */
export const isLive = <T extends Living>(process: T | undefined): process is T =>
  process !== undefined && !isZombie(process) && process.state !== "X" && process.state !== "x";
