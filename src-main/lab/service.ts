/** Lab pods as a shell asks for them, and after it said yes. */
import type { BenchRow, LabList } from "../../src-shared/api.ts";
import { count } from "../../src-shared/format.ts";
import type { LabPod } from "../../src-shared/reports.ts";
import type { LabOperation, LabOptions } from "../../src-shared/requests.ts";
import { commandOf } from "../../src-shared/shell-quote.ts";
import { assertConfirmed, assertWritable, requireConnection } from "../session/access.ts";
import type { Session } from "../session/session.ts";
import type { ShellPowers } from "../shells/shell.ts";
import { type BenchProgress, labBench } from "./bench.ts";
import { labDown, labFind, labUp } from "./lab.ts";
import { labDo, operationWords } from "./operations.ts";

export async function listLab(session: Session): Promise<LabList> {
  const { connection, sudo } = requireConnection(session);
  const { pods, copies } = await labFind(connection, { sudo });
  return { pods, copies };
}

/** The same at a terminal. */
const upWords = (target: string, options: LabOptions): string[] => [
  ...["podglass", "lab", "up", target, "--name", options.name, "--sandbox", options.sandbox],
  ...["--containers", `${options.containers ?? 1}`],
  ...(options.sharePid ? ["--share-pid"] : []),
  ...(options.memoryBytes === undefined ? [] : ["--memory", `${options.memoryBytes}`]),
  ...(options.cpuCores === undefined ? [] : ["--cpu", `${options.cpuCores}`]),
  ...(options.zombies === undefined ? [] : ["--zombies", `${options.zombies}`]),
  ...(options.hog ? ["--hog"] : []),
  ...Object.entries(options.sysctls ?? {}).flatMap(([key, value]) => ["--sysctl", `${key}=${value}`]),
];

/** Throws where this shell takes no actions, the person said no, or the node refuses. */
export async function makeLab(session: Session, options: LabOptions, shell: ShellPowers): Promise<LabPod> {
  assertWritable(session, shell);
  const { connection, sudo } = requireConnection(session);
  const containers = options.containers ?? 1;
  await assertConfirmed(session, shell, {
    action: "lab-up",
    node: session.source.label,
    pod: options.name,
    effects: [
      `${containers} ${containers === 1 ? "container" : "containers"} that sleep${options.hog ? ", one of them taking memory until it is killed" : ""}`,
      "control groups below podglass-lab, files below /run/podglass/lab; nothing else on the node is touched",
    ],
    steps: [{ title: "Make it", command: commandOf(upWords(session.source.target, options)) }],
  });
  const made = await labUp(connection, options, { sudo });
  await session.bringUpToDate();
  return made;
}

/** All of them without a name. */
export async function removeLab(
  session: Session,
  name: string | undefined,
  shell: ShellPowers,
): Promise<{ removed: string[] }> {
  assertWritable(session, shell);
  const { connection, sudo } = requireConnection(session);
  await assertConfirmed(session, shell, {
    action: "lab-down",
    node: session.source.label,
    pod: name ?? "all lab pods",
    effects: ["its processes end, its mounts, files and control groups go"],
    steps: [
      {
        title: "Remove it",
        command: commandOf([
          "podglass",
          "lab",
          "down",
          session.source.target,
          ...(name === undefined ? [] : ["--name", name]),
        ]),
      },
    ],
  });
  const removed = await labDown(connection, name, { sudo });
  await session.bringUpToDate();
  return { removed };
}

/** Throws as makeLab does. */
export async function doToLab(
  session: Session,
  operation: LabOperation,
  shell: ShellPowers,
): Promise<{ says: string }> {
  assertWritable(session, shell);
  const { connection, sudo } = requireConnection(session);
  const { effect, command } = operationWords(operation);
  await assertConfirmed(session, shell, {
    action: "lab-do",
    node: session.source.label,
    pod: operation.name,
    effects: [effect, "nothing outside this lab pod is touched"],
    steps: [{ title: "Do it", command }],
  });
  try {
    return { says: await labDo(connection, operation, { sudo }) };
  } finally {
    // Deep, because the kernel log of an OOM kill is a slow place.
    await session.bringUpToDate();
  }
}

/** The bench that a session runs. */
const benches = new WeakMap<Session, AbortController>();

/** Throws as makeLab does, and where a bench runs already. Progress is told with each pod. */
export async function benchLab(
  session: Session,
  { pods, rounds }: { pods: number; rounds: number },
  shell: ShellPowers,
  onProgress: (progress: BenchProgress) => void,
): Promise<BenchRow[]> {
  assertWritable(session, shell);
  const { connection, sudo } = requireConnection(session);
  await assertConfirmed(session, shell, {
    action: "lab-up",
    node: session.source.label,
    pod: `${count(pods, "pod")}, ${count(rounds, "time")}`,
    effects: ["pods are made and taken away again, with a pause and without; what it leaves is as before"],
    steps: [
      {
        title: "Measure",
        command: commandOf([
          "podglass",
          "lab",
          "bench",
          session.source.target,
          "--pods",
          `${pods}`,
          "--rounds",
          `${rounds}`,
        ]),
      },
    ],
  });
  if (benches.has(session)) throw new Error("A bench runs on this node already.");
  const stop = new AbortController();
  benches.set(session, stop);
  try {
    return await labBench(connection, { pods, rounds, sudo, onProgress, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) throw new Error("It was stopped; its pods are taken away.", { cause: error });
    throw error;
  } finally {
    benches.delete(session);
  }
}

/** Calls the bench off, if one runs; benchLab fails when its pods are gone. */
export function stopBench(session: Session): null {
  benches.get(session)?.abort();
  return null;
}
