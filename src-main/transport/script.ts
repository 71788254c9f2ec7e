/**
 * Runs a `.sh` text of ours on a node. The exec string is one constant; the script follows on stdin up to a marker, then
 * one line of arguments in our encoding, then whatever the script itself reads. `sh -s` would not do: dash and busybox
 * read ahead and execute the data.
 */
import { encodeLine } from "./encoding.ts";
import type { Channel, Connection } from "./transport.ts";

const MARKER = "#podglass:end";

/**
 * Every login shell has to read this line: no newline (tcsh), no `!` (csh, zsh), no backslash (fish), no quote inside.
 * The arguments become "$@" through printf %b; the dot keeps their trailing newlines.
 */
const COLLECT = [
  `sh -c 'n=$(echo; echo .); n=\${n%.}; s=`,
  `while IFS= read -r l; do case $l in "${MARKER}") break;; esac; s=$s$l$n; done`,
  `IFS=" " read -r a; set -f`,
  `for f in $a; do v=$(printf %b. "$f"); set -- "$@" "\${v%.}"; done`,
  `set +f; eval "$s"'`,
].join("; ");

/** What a terminal's shell says first, alone on its line, with its terminal and its pid. */
export const TERMINAL_READY = "podglass-terminal";
/**
 * COLLECT on a terminal: which echoes nothing and takes no key for a signal or a line's end until our script makes it a
 * person's (stty sane).
 */
const COLLECT_TERMINAL = `sh -c 'stty raw -echo && echo && echo ${TERMINAL_READY} $(tty) $$ . && ${COLLECT.slice("sh -c '".length)}`;

/** The exec strings: constants all. */
const EXEC_PLAIN = `exec ${COLLECT}`;
export const EXEC_SUDO = `exec sudo -n ${COLLECT}`;

/** What sudo writes on stderr when it wants a password, and what the command below it writes first. */
export const SUDO_ASKS = "podglass-sudo-password:";
export const SUDO_READY = "podglass-sudo-ready";
/** EXEC_SUDO for a sudo that asks: ssh/sudo.ts puts it in its place. stdin may have the script only after SUDO_READY. */
export const EXEC_SUDO_ASK = `exec sudo -S -p ${SUDO_ASKS} sh -c 'echo ${SUDO_READY} >&2; exec "$0" "$@"' ${COLLECT}`;

export const EXEC_TERMINAL = `exec ${COLLECT_TERMINAL}`;
export const EXEC_TERMINAL_SUDO = `exec sudo -n ${COLLECT_TERMINAL}`;
/** For a sudo that asks: on the terminal, where our own question is the only thing that anybody hears. */
export const EXEC_TERMINAL_SUDO_ASK = `exec sudo -S -p ${SUDO_ASKS} ${COLLECT_TERMINAL}`;

export interface ScriptOptions {
  /** Through `sudo -n`. */
  sudo?: boolean;
  signal?: AbortSignal;
}

/**
 * What is sent of a script: without comment lines and indentation, since dash's `read` costs a system call a byte.
 * Scripts are written so that neither matters (no here-document with leading space or `#` lines that count).
 */
export function slim(script: string): string {
  const [first = "", ...rest] = script.split("\n");
  const lines = rest.map((line) => line.trimStart()).filter((line) => line !== "" && !line.startsWith("#"));
  return `${[first, ...lines].join("\n")}\n`;
}

/** A script and its arguments, as the shell that COLLECTs them reads them. */
export const told = (script: string, args: readonly string[]): string =>
  `${slim(script)}${MARKER}\n${encodeLine(args)}\n`;

/** Starts a script; the caller reads stdout, may write lines to stdin, and ends it. Throws ConnectionError. */
export async function startScript(
  connection: Connection,
  script: string,
  args: readonly string[],
  options: ScriptOptions = {},
): Promise<Channel> {
  options.signal?.throwIfAborted();
  const channel = await connection.exec(options.sudo ? EXEC_SUDO : EXEC_PLAIN);
  if (options.signal?.aborted) {
    channel.kill();
    options.signal.throwIfAborted();
  }
  connection.started?.(script.slice(0, script.indexOf("\n")).replace(/^#podglass:/, ""), channel);
  // A node that hangs up makes writes fail; what ended is told by channel.exit.
  channel.stdin.on("error", () => {});
  channel.stdin.write(told(script, args));
  return channel;
}
