import { commandOf } from "../../src-shared/shell-quote.ts";

/** The command with which a person would reach a target: ssh takes a port by -p or in a URL, never after a colon. */
export function sshWords(text: string): string {
  const target = text.replace(/^openssh:/, "");
  const [, host = target, port] = /^(?!ssh:)((?:[^@]*@)?(?:\[[^\]]*\]|[^:]*)):(\d{1,5})$/.exec(target) ?? [];
  const words = ["ssh", ...(port === undefined ? [] : ["-p", port]), host.replace(/\[([^\]]*)\]/, "$1")];
  return commandOf(words);
}
