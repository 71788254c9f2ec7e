/** podglass enter: a shell, or a command, with the node's own programs in namespaces of a pod. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { containerState } from "../../../src-shared/container-state.ts";
import { inert } from "../../../src-shared/format.ts";
import { NAMESPACE_TYPES, type NamespaceType, type Pod } from "../../../src-shared/model.ts";
import {
  type Entrances,
  entranceArguments,
  entrancesInWords,
  entrancesOf,
  findPlace,
  NoEntrance,
} from "../../../src-shared/questions/entrance.ts";
import { openJournal, type Visit } from "../../actions/journal.ts";
import { enterScript } from "../../enter/scripts.ts";
import type { WayToNode } from "../../session/access.ts";
import { ownUser } from "../../transport/own-user.ts";
import { startScript } from "../../transport/script.ts";
import { openTerminal } from "../../transport/terminal.ts";
import { type Connection, ConnectionError } from "../../transport/transport.ts";
import { Refusal, Usage } from "./exit.ts";
import { type CommonOptions, type OpenTarget, withTarget } from "./open.ts";
import { fullName, onePod, severalPods } from "./read.ts";
import { onKeyboard, say } from "./terminal.ts";

export interface EnterOptions extends CommonOptions {
  ns?: string;
}

/** A signal's end as a shell tells it: 128 and its number. */
const ofSignal = (signal: string | null): number =>
  128 + ((signal && constants.signals[signal.replace(/^(?!SIG)/, "SIG") as NodeJS.Signals]) || 0);

export const enterCommand = (
  target: string,
  place: string,
  command: string[],
  options: EnterOptions,
): Promise<void> => {
  const types = options.ns === undefined ? undefined : typesOf(options.ns);
  return withTarget(target, options, async (open) => {
    // First: a login without rights sees no pod by its name, and that would be the wrong word.
    const way = mayEnter(open, options, "entering");
    const found = placeIn(open, place);
    const chosen = entrances(() => entrancesOf(open.snapshot, found, types));
    const where = `${inert(fullName(found.pod), 120)}${found.container ? `/${inert(found.container.name, 80)}` : ""}`;
    if (chosen.entrances.length === 0)
      throw new Refusal(
        `${where} has no ${chosen.own.join(", ")} of its own: it is in the node's. A shell on the node is in them already.`,
      );
    for (const note of chosen.notes) say(`${note}.`);
    if (chosen.own.length > 0) say(`${chosen.own.join(", ")}: the node's own, nothing to enter.`);
    await journalled(
      open,
      "enter",
      found.pod,
      `${entrancesInWords(chosen.entrances)}: ${programOf(command)}`,
      async () => {
        process.exitCode = await run(way, chosen, command, where);
        return `ended with ${process.exitCode}`;
      },
    );
  });
};

const programOf = (command: readonly string[]): string => inert(command[0] ?? "a shell", 80);

/** Of "net,ipc". Throws Usage. */
function typesOf(text: string): NamespaceType[] {
  const words = text.split(",").filter(Boolean);
  const types = NAMESPACE_TYPES.filter((type) => words.includes(type));
  const wrong = words.find((word) => !types.includes(word as NamespaceType));
  if (wrong !== undefined || types.length === 0)
    throw new Usage(
      `--ns takes ${NAMESPACE_TYPES.join(", ")}, with commas between; "${inert(wrong ?? text, 40)}" is none of them.`,
    );
  return types;
}

export function placeIn({ snapshot }: OpenTarget, text: string) {
  const found = findPlace(snapshot, text);
  if (found.pod !== undefined) return found;
  if (found.containers === undefined && found.candidates.length > 1) throw severalPods(text, found.candidates);
  if (found.containers === undefined) return { pod: onePod(snapshot, text) };
  throw new Refusal(
    `No one container is meant by ${JSON.stringify(inert(text, 100))}. That pod has: ${found.containers
      .map(
        (one) =>
          `\n${inert(one.name, 80)}  ${one.id.slice(0, 12)}${one.pid === null ? `  ${containerState(snapshot, one)}` : ""}`,
      )
      .join("")}`,
  );
}

/** The way to the node's own programs. Throws Refusal where there is none, or no right to it. */
export function mayEnter(open: OpenTarget, options: CommonOptions, doing: string): WayToNode {
  const { state, snapshot } = open;
  if (state.kind === "demo")
    throw new Refusal(`The demo node is a model without programs: ${doing} takes a real node.`);
  if (state.kind === "file") throw new Refusal(`${state.label} is a file: there is no node behind it.`);
  if (options.readOnly) throw new Refusal(`Not with --read-only: ${doing} runs programs on the node.`);
  if (snapshot.node.privilege === "user")
    throw new Refusal(
      `${doing[0]?.toUpperCase()}${doing.slice(1)} a namespace takes root on ${state.label}, and this login has not got it: log in as root, or use --sudo.`,
    );
  return open.way();
}

export function entrances(find: () => Entrances): Entrances {
  try {
    return find();
  } catch (error) {
    throw error instanceof NoEntrance ? new Refusal(error.message) : error;
  }
}

/** Written before and after, so that who was where is known also where this computer went down meanwhile. */
export async function journalled(
  { state, snapshot }: OpenTarget,
  action: Visit,
  pod: Pod,
  what: string,
  work: () => Promise<string>,
): Promise<void> {
  const journal = openJournal();
  const since = performance.now();
  const who = `${ownUser()} of this machine: ${what}`;
  const id = journal.begin({
    node: state.label,
    bootId: snapshot.node.bootId,
    pod: pod.key,
    action,
    manifest: null,
    what: who,
  });
  const took = (): string => `${Math.round((performance.now() - since) / 1000)} s`;
  try {
    const how = await work();
    journal.end(id, "done", `${who}; ${how} after ${took()}`);
  } catch (error) {
    journal.end(id, "failed", `${who}; after ${took()}: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

/** To its end; its exit status. */
async function run(
  { connection, sudo }: WayToNode,
  { entrances: into }: Entrances,
  command: readonly string[],
  where: string,
): Promise<number> {
  const words = [...entranceArguments(into), ...command];
  const keyboard = process.stdin.isTTY && process.stdout.isTTY;
  if (keyboard && command.length === 0)
    say(
      `In ${into.map(({ type }) => type).join(", ")} of ${where} on ${connection.label}, ${entrancesInWords(into)}. ${
        into.some(({ type }) => type === "mnt") ? "The programs are the container's" : "The programs are the node's own"
      }; exit leaves.`,
    );
  if (keyboard && connection.attached !== undefined) return attached(connection, sudo, ["", "", "", ...words]);
  const { code, signal } = keyboard ? await onTerminal(connection, sudo, words) : await piped(connection, sudo, words);
  if (code === null && signal === null)
    throw new ConnectionError(
      "lost",
      `The connection to ${connection.label} was lost; what ran there was told so by its terminal.`,
    );
  return code ?? ofSignal(signal);
}

/** A program of this machine leads there, and gets the terminal itself. */
async function attached(connection: Connection, sudo: boolean, args: readonly string[]): Promise<number> {
  const words = connection.attached?.(enterScript, args, sudo) ?? [];
  const child = spawn(words[0] ?? "", words.slice(1), { stdio: "inherit" });
  // The terminal's signals reach the program itself, and it decides.
  const stay = (): void => undefined;
  const leave = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const name of ["SIGINT", "SIGQUIT"] as const) process.on(name, stay);
  for (const name of ["SIGTERM", "SIGHUP"] as const) process.on(name, leave);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? ofSignal(signal)));
    });
  } finally {
    for (const name of ["SIGINT", "SIGQUIT"] as const) process.off(name, stay);
    for (const name of ["SIGTERM", "SIGHUP"] as const) process.off(name, leave);
  }
}

async function onTerminal(connection: Connection, sudo: boolean, words: readonly string[]) {
  const size = { rows: process.stdout.rows || 24, columns: process.stdout.columns || 80 };
  const args = [String(size.rows), String(size.columns), process.env.TERM ?? "", ...words];
  const terminal = await openTerminal(connection, enterScript, args, { sudo, size });
  return onKeyboard(terminal);
}

/** Without a terminal here there is none there: streams are streams, and stderr stays apart. */
async function piped(connection: Connection, sudo: boolean, words: readonly string[]) {
  const channel = await startScript(connection, enterScript, ["", "", "", ...words], { sudo });
  const leave = (): void => channel.kill();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, leave);
  process.stdin.pipe(channel.stdin);
  channel.stdout.pipe(process.stdout, { end: false });
  channel.stderr.pipe(process.stderr, { end: false });
  try {
    return await channel.exit;
  } finally {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, leave);
    process.stdin.unpipe(channel.stdin);
    process.stdin.pause();
  }
}
