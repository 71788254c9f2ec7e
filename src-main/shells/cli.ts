/** Shell 3: the terminal. Parses words, calls a command, turns what went wrong into a sentence and an exit status. */
import { Argument, Command, CommanderError, Option } from "commander";
import { version } from "../../package.json";
import { ACTIONS, type ActionName } from "../../src-shared/actions.ts";
import { inert } from "../../src-shared/format.ts";
import { WHOSE_SSH } from "../targets/way.ts";
import { completionOf, SHELLS } from "./cli/completion.ts";
import { EXIT, statusOf } from "./cli/exit.ts";
import { Interrupted } from "./cli/interrupt.ts";
import { manualOf } from "./cli/manual.ts";
import { say } from "./cli/terminal.ts";

/** What a command does is loaded when it is asked for: all of them together take longer to load than most to run. */
const later =
  <Words extends unknown[]>(load: () => Promise<(...words: Words) => Promise<void>>) =>
  async (...words: Words): Promise<void> =>
    (await load())(...words);

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** The options that every command with a TARGET takes. */
function common(command: Command): Command {
  return command
    .option("--json", "print JSON, one document a line")
    .option("--sudo", "run the probe through sudo -n")
    .option("--deep", "also read the slow places: all mount namespaces, open files, threads")
    .option("-i <file>", "private key")
    .option("-F <file>", "ssh_config to read instead of ~/.ssh/config")
    .option("-o <option>", "UserKnownHostsFile=FILE or StrictHostKeyChecking=yes|accept-new|ask", collect)
    .option("-J <hops>", "jump hosts, with commas between")
    .addOption(
      new Option("--ssh <whose>", "whose ssh logs in; auto: the system's where only that can")
        .choices(WHOSE_SSH)
        .default("auto"),
    )
    .option("--via <command>", "a command that leads to a POSIX shell on the node; TARGET is then its name here")
    .option("--image <image>", "of the pod that kubectl:NODE makes: needs sh, cat and nsenter")
    .option("--verbose", "say on stderr what is asked of whom, and how long it took")
    .option("--read-only", "no action is offered or accepted");
}

const NOTES =
  "TARGET is demo, local, [user@]host[:port], an alias of ~/.ssh/config, ssh://…, openssh:HOST, docker:NAME,\npodman:NAME, kubectl:NODE, kubectl:CONTEXT/NODE, lxc:, lima:, incus:, multipass:, wsl:, machine:NAME, a recording or a\nprobe's output; @FILE is one target a line, and a pattern is every alias of ssh_config that matches,\nkubectl:CONTEXT/* every node of a cluster.\n" +
  "Exit status: 0 done, 1 a check or an action said no, 2 wrong usage, 3 not reached or not trusted, 4 not readable.";

const program = new Command("podglass")
  .description(
    "Looks inside Kubernetes-style pods on Linux nodes: who shares what, what holds it alive, what limits it.",
  )
  .version(version)
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) })
  .addHelpText("after", `\n${NOTES}`);

const TARGET = "<target>";
const TARGETS = "<target...>";
const POD = "<pod>";

common(program.command("snapshot").argument(TARGETS).description("the whole snapshot, as JSON")).action(
  later(async () => (await import("./cli/read.ts")).snapshotCommand),
);
program
  .command("probe")
  .description("print the probe: one POSIX sh script to run where SSH is closed; its output is a TARGET")
  .action(async () => {
    process.stdout.write((await import("../probe/index.ts")).probeScript);
  });
common(program.command("pods").argument(TARGETS).description("a table of pods")).action(
  later(async () => (await import("./cli/read.ts")).podsCommand),
);
common(
  program
    .command("pod")
    .argument(TARGET)
    .argument(POD)
    .description("one pod: containers, namespaces, what holds each, sandbox and why"),
).action(later(async () => (await import("./cli/read.ts")).podCommand));
common(
  program
    .command("namespaces")
    .argument(TARGET)
    .description("every namespace and its holders, also those without a process"),
)
  .option("--type <type>", "one type: net, ipc, uts, pid, mnt, cgroup, user or time")
  .option("--owners", "as a tree of user namespaces, each with what it owns")
  .action(later(async () => (await import("./cli/namespaces.ts")).namespacesCommand));
common(
  program
    .command("allowed")
    .argument(TARGET)
    .argument("<pid>")
    .argument("[namespace]", "net:[4026531840]; each of the node's where it is left out")
    .description("what a process may do in a namespace, and whether it could enter it"),
).action(later(async () => (await import("./cli/namespaces.ts")).allowedCommand));
common(
  program
    .command("cgroups")
    .argument(TARGET)
    .argument("[pod]")
    .description("the cgroup tree: limits, effective limits, usage, pressure"),
).action(later(async () => (await import("./cli/read.ts")).cgroupsCommand));
common(program.command("findings").argument(TARGETS).description("what is wrong or surprising, worst first")).action(
  later(async () => (await import("./cli/read.ts")).findingsCommand),
);
common(
  program
    .command("readiness")
    .argument(TARGETS)
    .description("for each pod, whether its pause container could go, and what that saves"),
).action(later(async () => (await import("./cli/compare.ts")).readinessCommand));
common(
  program.command("diff").argument("<target/pod>").argument("<target/pod>").description("two pods side by side"),
).action(later(async () => (await import("./cli/compare.ts")).diffCommand));
common(program.command("watch").argument(TARGET).description("live: a snapshot, then what changes"))
  .option("--every <time>", "between two readings", "1s")
  .option("--patch", "with --json: of an item that was there before only what changed inside it")
  .option("--for <time>", "how long")
  .action(later(async () => (await import("./cli/watch.ts")).watchCommand));
common(program.command("fleet").argument(TARGETS).description("a row a node, worst first, with sums")).action(
  later(async () => (await import("./cli/fleet.ts")).fleetCommand),
);
common(
  program.command("events").argument(TARGETS).description("what happens: a line an event, live or all of a recording"),
)
  .option("--every <time>", "between two readings", "1s")
  .option("--for <time>", "how long")
  .action(later(async () => (await import("./cli/events.ts")).eventsCommand));
common(program.command("record").argument(TARGET).description("write a recording"))
  .option("--every <time>", "between two readings", "1s")
  .option("--for <time>", "how long")
  .option("--redact", "replace names, command lines, addresses and labels by stable stand-ins")
  .option("--keep <words>", "with --redact: words that may stay, with commas between (names that are no secret)")
  .action(later(async () => (await import("./cli/record.ts")).recordCommand));

const AS_USER_MADE = ["--as-user-made", "also a pod that an ordinary user's processes pass for"] as const;
common(
  program
    .command("report")
    .argument(TARGET)
    .argument("[pod]")
    .description(
      "one HTML file that opens offline anywhere: pictures, tables, findings, events, what was not read (-o FILE)",
    ),
)
  .option("--redact", "replace names, command lines, addresses and labels by stable stand-ins")
  .option("--keep <words>", "with --redact: words that may stay, with commas between (names that are no secret)")
  .action(later(async () => (await import("./cli/report.ts")).reportCommand));

const ACTION_TEXTS: Record<ActionName, string> = {
  pin: "pin the namespaces that a pod shares",
  unpin: "take our pins away",
  drop: "end the pause process of a pinned pod",
  restore: "start a stand-in in the pinned namespaces",
};
for (const name of ACTIONS) {
  const command = common(program.command(name).argument(TARGET).argument(POD).description(ACTION_TEXTS[name]))
    .option("--dry-run", "only the plan")
    .option("--yes", "do not ask")
    .option("--accept-restart", "also where a kubelet will make the pod anew")
    .option(...AS_USER_MADE);
  if (name === "drop") command.option("--pin", "pin first");
  command.action(later(async () => (await import("./cli/act.ts")).actCommand(name)));
}
common(
  program
    .command("enter")
    .argument(TARGET)
    .argument("<pod[/container]>")
    .argument("[command...]")
    .description("a shell, or a command after --, in namespaces of a pod, with the node's own programs"),
)
  .option(
    "--ns <types>",
    "which, with commas between: net, ipc, uts, pid, mnt, user, cgroup, time (default: net,ipc,uts)",
  )
  .action(later(async () => (await import("./cli/enter.ts")).enterCommand));
common(
  program
    .command("capture")
    .argument(TARGET)
    .argument("<pod[/container]>")
    .description("packets of a pod's network namespace, as a pcap file; Ctrl-C ends it"),
)
  .requiredOption("-w <file>", "the pcap file to write; - is stdout, for a pipe into Wireshark")
  .option("--for <time>", "how long", "30s")
  .option("--filter <expression>", "as tcpdump takes it (needs tcpdump on the node)")
  .option("--snap <bytes>", "kept of each packet", "65535")
  .option("--size <size>", "of the file at most: 64M, 1G", "64M")
  .action(later(async () => (await import("./cli/capture.ts")).captureCommand));
common(program.command("journal").argument("[target]").description("what was done")).action(
  later(async () => (await import("./cli/act.ts")).journalCommand),
);
common(
  program
    .command("undo")
    .argument(TARGET)
    .argument("[id]")
    .description("undo the last action on that node, or the one named"),
)
  .option("--yes", "do not ask")
  .option(...AS_USER_MADE)
  .action(later(async () => (await import("./cli/act.ts")).undoCommand));

const lab = program.command("lab").description("pods made by hand on a node");
common(lab.command("up").argument(TARGET).description("make a pod with util-linux and cgroupfs alone"))
  .option("--name <name>", "its name", "lab")
  .addOption(new Option("--sandbox <kind>", "what holds its namespaces").choices(["pause", "pinned"]).default("pause"))
  .option("--containers <n>", "how many", "2")
  .option("--share-pid", "one PID namespace for the pod")
  .option("--memory <size>", "limit of each container: 64M, 1G")
  .option("--cpu <cores>", "limit of each container: 0.5")
  .option("--zombies <n>", "leave N zombies in the first container")
  .option("--hog", "allocate until the limit kills")
  .option("--sysctl <key=value>", "of the pod's own namespaces: net.*, kernel.sem … (may be repeated)", collect)
  .action(later(async () => (await import("./cli/lab.ts")).labUpCommand));
common(lab.command("down").argument(TARGET).description("remove lab pods"))
  .option("--name <name>", "only this one")
  .action(later(async () => (await import("./cli/lab.ts")).labDownCommand));
common(lab.command("list").argument(TARGET).description("lab pods of the node")).action(
  later(async () => (await import("./cli/lab.ts")).labListCommand),
);
common(lab.command("bench").argument(TARGET).description("time and memory with pause and without, side by side"))
  .option("--pods <n>", "how many pods", "100")
  .option("--rounds <n>", "how often each", "3")
  .action(later(async () => (await import("./cli/lab.ts")).labBenchCommand));
program
  .command("serve")
  .description("serve the app in a browser window on this machine")
  .option("--port <n>", "port on 127.0.0.1 (default: a free one)", "0")
  .option("--allow-actions", "take actions on real nodes too")
  .option("--open", "open it in a browser")
  .option("--read-only", "no action is offered or accepted")
  .action(later(async () => (await import("./cli/serve.ts")).serveCommand));

program
  .command("completion")
  .addArgument(new Argument("<shell>", "whose").choices(SHELLS))
  .description("print completions for a shell")
  .action((shell: (typeof SHELLS)[number]) => {
    process.stdout.write(completionOf(program, shell));
  });
// For the packages: what `man podglass` shows.
program.command("manual", { hidden: true }).action(() => {
  process.stdout.write(manualOf(program, version, NOTES));
});

/** A reader that has gone (`| head`) is no error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

async function main(): Promise<number> {
  try {
    await program.parseAsync(process.argv);
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof Interrupted) {
      process.kill(process.pid, error.signal);
      await new Promise(() => {});
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const lines = (error instanceof Error ? error.message : String(error)).split("\n");
    say(`podglass: ${lines.map((line) => inert(line, 2000)).join("\n  ")}`);
    return statusOf(error);
  }
}

const status = await main();
// Data already handed to stdout must leave before the process does.
process.stdout.write("", () => process.exit(status));
