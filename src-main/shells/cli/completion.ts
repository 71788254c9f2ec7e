/** `podglass completion bash|zsh|fish`: scripts that know every command, its options and their choices. */
import type { Command } from "commander";
import { shellQuote } from "../../../src-shared/shell-quote.ts";
import { type Entry, formsOf, tableOf, takesValue } from "./table-of-commands.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

export const completionOf = (program: Command, shell: Shell): string =>
  ({ bash: bashOf, zsh: zshOf, fish: fishOf })[shell](tableOf(program));

/** What a TARGET may be without a question to anybody: the built-in ones and the names that ssh_config has. */
const HOSTS = `awk 'tolower($1) == "host" { for (i = 2; i <= NF; i++) if ($i !~ /[*?!]/) print $i }' ~/.ssh/config 2>/dev/null`;

const optionsOf = (entry: Entry): string => entry.options.flatMap(formsOf).join(" ");
/** What may follow: commands, an argument's choices, or a TARGET ("") where the command takes one. */
const follows = (entry: Entry): string | undefined => {
  if (entry.below.length > 0) return entry.below.map(({ name }) => name).join(" ");
  const [first] = entry.arguments;
  return first?.argChoices?.join(" ") ?? (first ? "" : undefined);
};

/** "option) words ;;" of each option that takes one of a few values. */
const choicesOf = (table: readonly Entry[]): Map<string, readonly string[]> => {
  const choices = new Map<string, readonly string[]>();
  for (const { options } of table)
    for (const option of options)
      if (option.argChoices) for (const form of formsOf(option)) choices.set(form, option.argChoices);
  return choices;
};

function bashOf(table: readonly Entry[]): string {
  const cases = table.map((entry) => {
    const next = follows(entry);
    const words = next === undefined ? "" : next === "" ? `demo local $(${HOSTS})` : next;
    return `    "${entry.path}") options="${optionsOf(entry)}"; words="${words.replaceAll('"', '\\"').replaceAll("$i", "\\$i").replaceAll("$1", "\\$1")}"; files=${next === "" ? 1 : ""} ;;`;
  });
  const choices = [...choicesOf(table)].map(
    ([form, values]) => `    ${form}) COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$current")); return ;;`,
  );
  const paths = table.map(({ path }) => `"${path}"`).join(" | ");
  return `# podglass completion bash > /etc/bash_completion.d/podglass, or: source <(podglass completion bash)
_podglass() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path="" word options words files i
  case $before in
${choices.join("\n")}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "\${path:+$path }$word" in ${paths}) path="\${path:+$path }$word" ;; esac
  done
  case $path in
${cases.join("\n")}
  esac
  if [[ $current == -* ]]; then words=$options files=; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"; [ -z "$files" ] || compgen -f -- "$current"))
}
complete -o filenames -F _podglass podglass
`;
}

/** _arguments reads ":" and brackets as its own. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");

function zshOf(table: readonly Entry[]): string {
  const specs = (entry: Entry): string[] => [
    ...entry.options.flatMap((option) =>
      formsOf(option).map((form) => {
        const values = option.argChoices ? `(${option.argChoices.join(" ")})` : "_files";
        const value = takesValue(option) ? `:${zshText(option.attributeName())}:${values}` : "";
        return shellQuote(`*${form}[${zshText(option.description)}]${value}`);
      }),
    ),
    ...entry.arguments.map((argument, i) => {
      const action = argument.argChoices ? `(${argument.argChoices.join(" ")})` : i === 0 ? "_podglass_target" : " ";
      return shellQuote(`${argument.variadic ? "*" : i + 1}:${zshText(argument.name())}:${action}`);
    }),
  ];
  const functionOf = (path: string): string => `_podglass${path ? `_${path.replaceAll(" ", "_")}` : ""}`;
  const functions = table.map((entry) => {
    const name = functionOf(entry.path);
    if (entry.below.length === 0) return `${name}() {\n  _arguments -s ${specs(entry).join(" \\\n    ")}\n}\n`;
    const described = entry.below.map(({ name: one, description }) => shellQuote(`${one}:${zshText(description)}`));
    const cases = entry.below.map(({ name: one }) => `        ${one}) ${functionOf(`${entry.path} ${one}`.trim())} ;;`);
    const options = [...specs(entry), shellQuote("1: :->command"), shellQuote("*:: :->words")];
    return `${name}() {
  local state line
  _arguments -C ${options.join(" \\\n    ")}
  case $state in
    command) local -a commands=(${described.join(" ")}); _describe command commands ;;
    words)
      case $line[1] in
${cases.join("\n")}
      esac ;;
  esac
}
`;
  });
  return `#compdef podglass
# podglass completion zsh > a folder of $fpath, as _podglass
_podglass_target() {
  local -a targets=(demo local \${(f)"$(${HOSTS})"})
  _alternative 'targets:target:compadd -a targets' 'files:recording:_files'
}
${functions.reverse().join("")}if [ "$funcstack[1]" = _podglass ]; then _podglass "$@"; else compdef _podglass podglass; fi
`;
}

/** In single quotes, for fish: a backslash before a quote and before itself. */
const fishText = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

function fishOf(table: readonly Entry[]): string {
  const lines = table.flatMap((entry) => {
    const [first, second] = entry.path.split(" ");
    const seen = entry.path === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${second ?? first}`;
    const inside = second ? `__fish_seen_subcommand_from ${first}; and ${seen}` : seen;
    const none = entry.below.map(({ name }) => name).join(" ");
    const where = entry.path !== "" && none ? `${inside}; and not __fish_seen_subcommand_from ${none}` : inside;
    const rule = `complete -c podglass -n ${fishText(where)}`;
    const next = follows(entry);
    return [
      ...entry.below.map(({ name, description }) => `${rule} -f -a ${name} -d ${fishText(description)}`),
      ...(entry.below.length === 0 && next ? [`${rule} -f -a ${fishText(next)}`] : []),
      ...(next === "" ? [`${rule} -a ${fishText(`demo local (${HOSTS})`)}`] : []),
      ...entry.options.map((option) => {
        const forms = formsOf(option).map((form) => (form.startsWith("--") ? `-l ${form.slice(2)}` : `-s ${form[1]}`));
        const values = option.argChoices
          ? ` -x -a ${fishText(option.argChoices.join(" "))}`
          : takesValue(option)
            ? " -r"
            : "";
        return `${rule} ${forms.join(" ")}${values} -d ${fishText(option.description)}`;
      }),
    ];
  });
  return `# podglass completion fish > ~/.config/fish/completions/podglass.fish\n${lines.join("\n")}\n`;
}
