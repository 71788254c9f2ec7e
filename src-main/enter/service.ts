/** Stepping into a pod as the window offers it: the command for a terminal, and the person's own terminal with it. */
import { spawn } from "node:child_process";
import { inert } from "../../src-shared/format.ts";
import { entrancesInWords, entrancesOf } from "../../src-shared/questions/entrance.ts";
import { commandOf, shownWhole } from "../../src-shared/shell-quote.ts";
import type { Session } from "../session/session.ts";
import type { ShellPowers } from "../shells/shell.ts";

interface Place {
  podKey: string;
  containerId?: string;
}

/** A terminal program that has not started by then is not waited for (ms). */
const STARTED_MS = 1_000;

/** As a person types it. Throws with a sentence where that place cannot be entered. */
export const enterCommand = (session: Session, place: Place): string =>
  commandOf(["podglass", ...wordsOf(session, place).words]);

/** Throws with a sentence where it cannot be, or the person did not want it. */
export async function openInTerminal(
  session: Session,
  place: Place,
  shell: ShellPowers,
  chosen: unknown,
): Promise<null> {
  if (shell.terminal === undefined)
    throw new Error("A browser page starts no programs: copy the command, and give it to a terminal of yours.");
  const { words, where, by, notes } = wordsOf(session, place);
  const start = shell.terminal(words, typeof chosen === "string" && chosen.trim() !== "" ? chosen : undefined);
  const agreed = await shell.confirm({
    action: "enter",
    node: session.source.label,
    pod: where,
    effects: [
      `a shell there, with root's rights, in ${by}`,
      ...notes,
      "it is your terminal's: this window sees nothing of it; who entered what is written in the journal",
    ],
    steps: [{ title: "Start your terminal program", command: shownWhole(start) }],
  });
  if (!agreed) throw new Error("No terminal was opened: it was not confirmed.");
  await started(start);
  return null;
}

function wordsOf(
  session: Session,
  { podKey, containerId }: Place,
): { words: string[]; where: string; by: string; notes: string[] } {
  const { source } = session;
  const snapshot = session.snapshot?.snapshot;
  if (source.kind === "file") throw new Error(`${source.label} is a file: there is no node behind it.`);
  if (source.kind === "demo") throw new Error("The demo node is a model without programs: a real node can be entered.");
  if (source.target.startsWith("-"))
    throw new Error(`${inert(source.target, 80)} cannot be given to a command as a word.`);
  if (session.readOnly) throw new Error(`${source.label} was opened read-only: nothing is run there.`);
  if (snapshot === undefined) throw new Error(`${source.label} has not been read yet.`);
  if (snapshot.node.privilege === "user")
    throw new Error(`Entering a namespace takes root on ${source.label}: open it as root, or with sudo.`);
  const pod = snapshot.pods.find(({ key }) => key === podKey);
  if (pod === undefined) throw new Error("That pod is not there any more.");
  const container = containerId === undefined ? undefined : snapshot.containers.find(({ id }) => id === containerId);
  if (containerId !== undefined && container === undefined) throw new Error("That container is not there any more.");
  const types = container === undefined ? undefined : (["pid", "mnt"] as const);
  const { entrances, notes } = entrancesOf(snapshot, { pod, container }, types);
  if (entrances.length === 0)
    throw new Error(
      `${inert(pod.name, 120)} has no net, ipc or uts of its own: a shell on the node is in them already.`,
    );
  const place = container === undefined ? pod.key : `${pod.key}/${container.id}`;
  return {
    words: [
      "enter",
      ...(session.opened?.sudo ? ["--sudo"] : []),
      ...(container === undefined ? [] : ["--ns", entrances.map(({ type }) => type).join(",")]),
      source.target,
      place,
    ],
    where: container === undefined ? pod.name : `${pod.name}/${container.name}`,
    by: entrancesInWords(entrances),
    notes,
  };
}

/** Started on its own: it outlives the window. Throws where it could not be started, or ended badly at once. */
function started([program = "", ...words]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { detached: true, stdio: "ignore" });
    const timer = setTimeout(resolve, STARTED_MS);
    const failed = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`${program} could not be started: ${why}. Name another terminal program in the settings.`));
    };
    child.once("error", (error) => failed(error.message));
    child.once("exit", (code) => (code ? failed(`it ended with ${code}`) : resolve()));
    child.unref();
  });
}
