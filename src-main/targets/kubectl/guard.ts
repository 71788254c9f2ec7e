/** Deletes in every ending: what watches over us outlives us, and acts when our end of its stdin is gone. */
import { spawn } from "node:child_process";

/**
 * "$@" is the command, which says what it deleted. Tried again for three minutes: the line may have been cut, and come back.
 * Where it found nothing that is the end only if we said a word: what was asked for when we died may come yet, within the
 * 30 s that its call has.
 */
const WATCH =
  'known=$(cat); for s in 1 5 25 125 0; do said=$("$@" 2>/dev/null) && case $s$known$said in 1 | 5 | 25) ;; *) exit ;; esac; sleep $s; done';

/**
 * Runs the command when the given function is called or this process has ended, by whatever cause; SIGKILL too. `known`: what
 * it deletes is there by now, or was refused. Windows has no sh for that: there it runs when the function is called.
 */
export function whenWeEnd(words: readonly string[]): (known: boolean) => void {
  const detached = (program: string, args: readonly string[], stdin: "pipe" | "ignore") => {
    const child = spawn(program, args, { stdio: [stdin, "ignore", "ignore"], detached: true, windowsHide: true });
    child.on("error", () => undefined);
    child.unref();
    return child;
  };
  const [program = "", ...args] = words;
  if (process.platform === "win32") return () => void detached(program, args, "ignore");
  // A session of its own: Ctrl-C on the terminal is not for it.
  const { stdin } = detached("/bin/sh", ["-c", WATCH, "podglass-guard", ...words], "pipe");
  stdin?.on("error", () => undefined);
  if (stdin !== null && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return (known) => stdin?.end(known ? "known" : "");
}
