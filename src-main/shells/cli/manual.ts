/** The manual page podglass(1), in man(7)'s own words, from commander's table; npm installs it with the command. */
import type { Command } from "commander";
import { type Entry, formsOf, tableOf, takesValue } from "./table-of-commands.ts";

/** A line of text: no word of it is a request to roff, a hyphen stays one that can be copied, and all is ASCII. */
const plain = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")

    .replace(/^([.'])/gm, "\\&$1")
    .replace(/[^\n -~]/gu, (one) => `\\[u${one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`);

function usage(entry: Entry): string {
  const words = entry.arguments.map((argument) => {
    const name = `\\fI${plain(argument.name())}\\fR${argument.variadic ? "..." : ""}`;
    return argument.required ? name : `[${name}]`;
  });
  return `\\fBpodglass ${plain(entry.path)}\\fR ${words.join(" ")}`.trim();
}

const optionLines = (entry: Entry, known: ReadonlySet<string>): string[] =>
  entry.options
    .filter((option) => !known.has(option.flags))
    .flatMap((option) => {
      const value = takesValue(option) ? ` \\fI${plain(option.attributeName())}\\fR` : "";
      const forms = formsOf(option).map((form) => `\\fB${plain(form)}\\fR${value}`);
      return [".TP", forms.join(", "), plain(option.description)];
    });

/** `notes` is what the help says at its end: targets and exit statuses. */
export function manualOf(program: Command, version: string, notes: string): string {
  const [top, ...commands] = tableOf(program);
  const leaves = commands.filter(({ below }) => below.length === 0);
  // What nearly every command takes is said once.
  const counts = new Map<string, number>();
  for (const { options } of leaves) for (const { flags } of options) counts.set(flags, (counts.get(flags) ?? 0) + 1);
  const common = new Set([...counts].flatMap(([flags, count]) => (count > leaves.length / 2 ? flags : [])));
  const sample = leaves.find(({ options }) => [...common].every((flags) => options.some((one) => one.flags === flags)));
  const everywhere: Entry = { ...top!, options: sample?.options.filter(({ flags }) => common.has(flags)) ?? [] };
  return [
    `.TH PODGLASS 1 "" "Podglass ${plain(version)}" "User Commands"`,
    ".SH NAME",
    "podglass \\- looks inside pods on Linux nodes over SSH",
    ".SH SYNOPSIS",
    "\\fBpodglass\\fR \\fIcommand\\fR [\\fIoptions\\fR] \\fItarget\\fR ...",
    ".SH DESCRIPTION",
    plain(top!.description),
    ".PP",
    ...plain(notes.trim())
      .split("\n")
      .flatMap((line) => (line.startsWith("Exit status") ? [".PP", line] : [line])),
    ".SH COMMANDS",
    ...leaves.flatMap((entry) => [".SS", usage(entry), plain(`${entry.description}.`), ...optionLines(entry, common)]),
    ".SH OPTIONS OF EVERY COMMAND WITH A TARGET",
    ...optionLines(everywhere, new Set()),
    ".SH FILES",
    ".TP",
    "\\fI~/.local/state/podglass\\fR",
    "What is kept on this machine: settings, the journal of actions, known hosts that were accepted.",
    ".SH SEE ALSO",
    "\\fBssh_config\\fR(5), \\fBnamespaces\\fR(7), \\fBcgroups\\fR(7), \\fBlsns\\fR(8), \\fBnsenter\\fR(1)",
    "",
  ].join("\n");
}
