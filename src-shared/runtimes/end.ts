/** How a container ended, from what its runtime wrote down. */
import type { ContainerEnd } from "../model.ts";
import { integer, text } from "./json.ts";

/** Times that mean "not yet": Go's zero time, and podman's. */
const NEVER = /^(0001-01-01|-62135596800)/;

/**
 * An exit code above 128 is a signal's number and 128 (waitpid as shells tell it); runtimes write it so. No end: undefined.
 * @param at ISO 8601, or seconds since 1970
 */
export function endOf(said: { exitCode?: unknown; oomKilled?: unknown; at?: unknown }): ContainerEnd | undefined {
  const at = timeOf(said.at);
  const exitCode = integer(said.exitCode);
  if (at === undefined && exitCode === undefined) return undefined;
  const signal = exitCode !== undefined && exitCode > 128 && exitCode < 128 + 65 ? exitCode - 128 : undefined;
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(said.oomKilled === true ? { oomKilled: true } : {}),
    ...(at === undefined ? {} : { at }),
  };
}

function timeOf(value: unknown): string | undefined {
  const seconds = integer(value);
  if (seconds !== undefined) return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : undefined;
  const written = text(value);
  if (!written || NEVER.test(written)) return undefined;
  const time = Date.parse(written);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
