/**
 * A node that a program of this machine leads to (docker exec, a jump tool): one start of that program is one command
 * there. What it is started with are words, never text for a shell of this machine.
 */
import { PassThrough } from "node:stream";
import { inert } from "../../src-shared/format.ts";
import { onNodesTerminal } from "./pty.ts";
import { type SpawnedChannel, spawnChannel } from "./spawned.ts";
import { type Channel, type Connection, ConnectionError } from "./transport.ts";

export interface ProgramOptions {
  /** For messages: "docker:node-a". */
  label: string;
  /**
   * "argument": words to start, the command among them. "stdin": the program's stdin is a POSIX shell there, and it is
   * told the command.
   */
  takes: "argument" | "stdin";
  words(command: string): readonly string[];
  /** See Connection. Absent for "stdin": a terminal is made on the node then. */
  attached?: Connection["attached"];
  env?: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** How long a program may take to lead somewhere (ms): a VM that wakes up, a cloud's tunnel. */
const READY_MS = 60_000;
/** What a login may say before the shell there speaks (bytes). */
const MOST_GREETING = 256 * 1024;
const READY = "podglass-ready";

/** Throws ConnectionError where the program is not there or leads nowhere, with its own words. */
export async function programConnection(options: ProgramOptions): Promise<Connection> {
  const { label } = options;
  const open = new Set<Channel>();
  let ended = false;
  let settle: (reason: null) => void = () => {};
  const closed = new Promise<null>((resolve) => {
    settle = resolve;
  });
  const exec = async (command: string): Promise<Channel> => {
    if (ended) throw new ConnectionError("lost", `the way to ${label} was closed`);
    const channel = spawnChannel(options.words(command), options.env);
    open.add(channel);
    void channel.exit.then(() => open.delete(channel));
    return options.takes === "argument" ? channel : told(channel, command);
  };
  const connection: Connection = {
    label,
    user: "the login",
    closed,
    exec,
    ...(options.takes === "stdin"
      ? { terminal: async (command) => exec(onNodesTerminal(command)) }
      : { attached: options.attached }),
    close() {
      ended = true;
      for (const channel of open) channel.kill();
      settle(null);
    },
  };
  try {
    await leadsSomewhere(connection, options);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** One command that says a word, before anything else is sent: what fails here fails with a sentence of the program. */
async function leadsSomewhere(connection: Connection, { words, signal, label }: ProgramOptions): Promise<void> {
  const [program = ""] = words("");
  const channel = (await connection.exec(`echo ${READY}`)) as Channel & Partial<SpawnedChannel>;
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    channel[name].on("data", (chunk: Buffer) => {
      if (said[name].length < MOST_GREETING) said[name] += chunk.toString("utf8");
    });
  channel.stdin.end();
  let why: ConnectionError | undefined;
  const giveUp = (error: ConnectionError) => () => {
    why ??= error;
    channel.kill();
  };
  const late = giveUp(
    new ConnectionError("timeout", `${program} did not lead to ${label} within ${READY_MS / 1000} s.`),
  );
  const stop = giveUp(new ConnectionError("cancelled", `Connecting to ${label} was given up.`));
  const timer = setTimeout(late, READY_MS);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const { code } = await channel.exit.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  });
  if (why) throw why;
  if (code === 0 && said.stdout.split(/\r?\n/).includes(READY)) return;
  const missing = (await channel.failed)?.code === "ENOENT";
  if (missing)
    throw new ConnectionError("unreachable", `${label} is reached with ${program}, and there is no such program here.`);
  const last = inert(lastLine(said.stderr) || lastLine(said.stdout), 300);
  throw new ConnectionError(
    "unreachable",
    `${program} did not lead to a shell on ${label}: ${last === "" ? `it ended with ${code ?? "a signal"} and said nothing` : last}`,
  );
}

/** kubectl adds a line to what failed in a pod, and that line says nothing. */
const SAYS_NOTHING = /^command terminated with exit code \d+$/;
const lastLine = (text: string): string =>
  text
    .trim()
    .split(/\r?\n/)
    .filter((line) => !SAYS_NOTHING.test(line))
    .at(-1) ?? "";

/**
 * A channel whose program runs a shell: it is told the command in one line, and hears nothing more until that line was
 * read, since a shell that reads ahead would take our data for commands. What it said before (a greeting) is dropped.
 */
function told(channel: SpawnedChannel, command: string): Channel & Pick<SpawnedChannel, "failed"> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let greeting = Buffer.alloc(0);
  const hear = (chunk: Buffer): void => {
    greeting = Buffer.concat([greeting, chunk]);
    const at = greeting.indexOf(READ_LINE);
    const echoed = at < 0 && greeting.includes(TELL);
    if (at < 0 && !echoed && greeting.length <= MOST_GREETING) return;
    channel.stdout.off("data", hear);
    if (at < 0) {
      stdout.end(echoed ? ECHOES : "it says much, and nothing that a shell would say\n");
      channel.kill();
      return;
    }
    stdout.write(greeting.subarray(at + READ_LINE.length));
    channel.stdout.pipe(stdout);
    stdin.pipe(channel.stdin);
  };
  channel.stdout.on("data", hear);
  channel.stdout.once("end", () => {
    // It ended before the shell spoke: what it said instead is all that there is to tell.
    if (channel.stdout.listeners("data").includes(hear)) stdout.end(greeting);
  });
  channel.stdin.write(`${TELL}; ${command}\n`);
  const kill = () => {
    stdin.destroy();
    stdout.destroy();
    channel.kill();
  };
  return { stdin, stdout, stderr: channel.stderr, exit: channel.exit, failed: channel.failed, kill };
}

/** What an echo of it looks like is not what it prints. */
const TELL = "printf '%s%s\\n' podglass- told";
const READ_LINE = Buffer.from("podglass-told\n");
const ECHOES = "it gives back what it is told, as a terminal does; start it without one (ssh -T, no -t)\n";
