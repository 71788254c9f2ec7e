/** A terminal made on the node itself, for a way in that gives a shell and no terminal. It takes perl there. */
import pty from "./pty.pl?raw";

/** One of our exec strings (script.ts) on such a terminal. pty.pl has no single quote, so it is one word to any POSIX shell. */
export const onNodesTerminal = (command: string): string =>
  `exec perl -e '${pty.replace(/^\s*#.*\n/gm, "")}' ${command.replace(/^exec /, "")}`;
