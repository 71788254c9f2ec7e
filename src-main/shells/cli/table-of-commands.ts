/** The command line as commander knows it, flat: what completions and the manual page are made from. */
import type { Argument, Command, Option } from "commander";

export interface Entry {
  /** "lab up", "pods"; "" is the program itself. */
  path: string;
  description: string;
  options: readonly Option[];
  arguments: readonly Argument[];
  /** Names of the commands below it. */
  below: readonly { name: string; description: string }[];
}

/** The program first, then each visible command and those below it. */
export function tableOf(command: Command, path = ""): Entry[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((one) => one.name() !== "help");
  const entry: Entry = {
    path,
    description: command.description(),
    options: help.visibleOptions(command),
    arguments: command.registeredArguments,
    below: commands.map((one) => ({ name: one.name(), description: one.description() })),
  };
  return [entry, ...commands.flatMap((one) => tableOf(one, `${path} ${one.name()}`.trim()))];
}

/** "-i", "--json": the forms of an option as they are typed. */
export const formsOf = (option: Option): string[] => [option.short, option.long].filter((form) => form !== undefined);

export const takesValue = (option: Option): boolean => option.required || option.optional;
