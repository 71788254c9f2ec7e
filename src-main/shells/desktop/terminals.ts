/** The person's own terminal program, and the words with which it starts a command. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { commandOf } from "../../../src-shared/shell-quote.ts";
import { splitWords } from "../../targets/split-words.ts";

interface Machine {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** Whether there is such a program. */
  has(program: string): boolean;
}

/** What stands between a terminal and the command that it starts (its own manual each). Debian's alternative is asked first. */
const KNOWN: readonly (readonly [program: string, ...before: string[]])[] = [
  ["x-terminal-emulator", "-e"],
  ["kgx", "--"],
  ["gnome-terminal", "--"],
  ["konsole", "-e"],
  ["xfce4-terminal", "-x"],
  ["kitty"],
  ["foot"],
  ["alacritty", "-e"],
  ["wezterm", "start", "--"],
  ["xterm", "-e"],
];

/** A terminal that closes at once would take a refusal's sentence along. */
const STAYS = '"$@" || { printf "\\nIt ended with %s. Press Enter to close. " "$?"; read -r answer; }';

/**
 * @param chosen the setting: a program and its words, before the command's own ("kitty --hold")
 * Throws with a sentence where no terminal program is found.
 */
export function terminalWords(
  command: readonly string[],
  chosen: string | undefined,
  machine: Machine = here,
): string[] {
  const { platform, env, has } = machine;
  if (platform === "win32") {
    if (chosen) return [...splitWords(chosen), ...command];
    return ["wt.exe", "--", ...command];
  }
  const staying = ["/bin/sh", "-c", STAYS, "podglass", ...command];
  if (chosen) return [...splitWords(chosen), ...staying];
  if (platform === "darwin") {
    const script =
      'on run words\ntell application "Terminal"\nactivate\ndo script (item 1 of words)\nend tell\nend run';
    return ["osascript", "-e", script, commandOf(staying)];
  }
  const own = KNOWN.find(([program]) => program === env.TERMINAL && has(program));
  const [program, ...before] = own ?? KNOWN.find(([name]) => has(name)) ?? [];
  if (program === undefined)
    throw new Error(
      `No terminal program was found here (${KNOWN.map(([name]) => name).join(", ")}). Name yours in the settings, or copy the command.`,
    );
  return [program, ...before, ...staying];
}

const here: Machine = {
  platform: process.platform,
  env: process.env,
  has: (program) =>
    (process.env.PATH ?? "").split(delimiter).some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return folder !== "";
      } catch {
        return false;
      }
    }),
};
