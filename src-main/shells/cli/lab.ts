/** podglass lab: pods made by hand on a node, and what pause costs there. */
import type { BenchRow } from "../../../src-shared/api.ts";
import { bytesShort, inert, count as plural } from "../../../src-shared/format.ts";
import type { LabPod } from "../../../src-shared/reports.ts";
import type { LabOptions } from "../../../src-shared/requests.ts";
import { labOptions, NAMESPACED_SYSCTL, NAMESPACED_SYSCTLS } from "../../../src-shared/requests.ts";
import type { BenchProgress } from "../../lab/bench.ts";
import { Refusal, Usage } from "./exit.ts";
import { interruptible } from "./interrupt.ts";
import { type CommonOptions, type OpenNode, openNode } from "./open.ts";
import { print, printJson } from "./print.ts";
import { table } from "./table.ts";
import { isTerminal, say } from "./terminal.ts";

interface UpOptions extends CommonOptions {
  name: string;
  sandbox: "pause" | "pinned";
  containers: string;
  sharePid?: boolean;
  memory?: string;
  cpu?: string;
  zombies?: string;
  hog?: boolean;
  sysctl?: string[];
}

/** The way to a node alone: the lab asks it for itself. */
async function onNode<T>(target: string, options: CommonOptions, work: (node: OpenNode) => Promise<T>): Promise<T> {
  const node = await openNode(target, options, { read: false });
  try {
    return await work(node);
  } finally {
    await node.close();
  }
}

/** "64M", "1G", "512K" or bytes, in powers of 1024. Throws Usage. */
export function sizeOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  const power = " KMGT".indexOf((match?.[2] ?? "").toUpperCase() || " ");
  const value = Math.round(Number(match?.[1]) * 1024 ** power);
  if (!Number.isSafeInteger(value) || value <= 0) throw new Usage(`"${text}" is not a size like 64M or 1G.`);
  return value;
}

/** "net.core.somaxconn=128", each. Throws Usage; Refusal for one that belongs to the node and not to a pod. */
function sysctls(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf("=");
      if (at <= 0) throw new Usage(`--sysctl ${inert(pair, 200)}: it is key=value, as net.core.somaxconn=128.`);
      const key = pair.slice(0, at).trim();
      if (!NAMESPACED_SYSCTL.test(key))
        throw new Refusal(
          `sysctl: ${inert(key, 128)} is not a pod's own: it would change the node. Allowed are ${NAMESPACED_SYSCTLS}.`,
        );
      return [key, pair.slice(at + 1).trim()];
    }),
  );
}

/** Throws Usage. */
function labOptionsOf(options: UpOptions): LabOptions {
  const whole = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  const parsed = labOptions.safeParse({
    name: options.name,
    sandbox: options.sandbox,
    containers: whole(options.containers),
    sharePid: options.sharePid,
    memoryBytes: options.memory === undefined ? undefined : sizeOf(options.memory),
    cpuCores: whole(options.cpu),
    zombies: whole(options.zombies),
    hog: options.hog,
    sysctls: sysctls(options.sysctl),
  });
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new Usage(`--${first?.path.join(".") ?? "?"}: ${first?.message ?? "wrong"}.`);
}

export async function labUpCommand(target: string, options: UpOptions): Promise<void> {
  const wanted = labOptionsOf(options);
  const pod = await onNode(target, options, ({ nodeId, ask }) => ask("lab.up", { nodeId, options: wanted }));
  if (options.json) printJson(pod);
  else print(podsTable([pod]));
}

export async function labDownCommand(target: string, options: CommonOptions & { name?: string }): Promise<void> {
  const { removed } = await onNode(target, options, ({ nodeId, ask }) =>
    ask("lab.down", { nodeId, name: options.name }),
  );
  if (options.json) printJson(removed);
  else
    print(
      removed.length === 0
        ? "There were no lab pods."
        : `Removed ${removed.map((name) => inert(name, 100)).join(", ")}.`,
    );
}

export async function labListCommand(target: string, options: CommonOptions): Promise<void> {
  const { pods, copies } = await onNode(target, options, ({ nodeId, ask }) => ask("lab.list", { nodeId }));
  for (const { mountNamespace, pid, count } of copies)
    say(`Mount namespace ${mountNamespace} (process ${pid}) has ${plural(count, "copy", "copies")} of mounts of ours.`);
  if (options.json) printJson(pods);
  else print(pods.length === 0 ? "There are no lab pods." : podsTable(pods));
}

const podsTable = (pods: readonly LabPod[]): string =>
  table(pods, [
    { title: "NAME", cell: (row) => row.name },
    { title: "SANDBOX", cell: (row) => row.sandbox },
    { title: "PIDS", cell: (row) => row.pids.join(" ") },
    { title: "CGROUP", cell: (row) => row.cgroupPath, max: 120 },
    { title: "PINS", cell: (row) => row.pins.join(" ") || undefined, max: 200 },
  ]);

export async function labBenchCommand(
  target: string,
  options: CommonOptions & { pods: string; rounds: string },
): Promise<void> {
  const [pods, rounds] = [Number(options.pods), Number(options.rounds)];
  if (!Number.isInteger(pods) || pods < 1 || pods > 500) throw new Usage("--pods takes 1 to 500.");
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) throw new Usage("--rounds takes 1 to 20.");
  const rows = await onNode(target, options, ({ nodeId, ask, subscribe }) => {
    const tell = progressTeller();
    subscribe((event) => event.type === "bench" && tell(event));
    return interruptible("Stopping: the pods that were made are being taken away.", (signal) => {
      signal.addEventListener("abort", () => void ask("lab.bench.stop", { nodeId }), { once: true });
      return ask("lab.bench", { nodeId, pods, rounds });
    });
  });
  if (options.json) return printJson(rows);
  print(benchTable(rows));
  print("\nAll figures are per pod: median (lowest to highest of the rounds), by the node's own clock.");
}

/** A line for each round of each kind; on a terminal the last line also tells how far it is. */
function progressTeller(): (progress: BenchProgress) => void {
  let kind = "";
  return ({ done, total, now }) => {
    const clear = isTerminal() ? "\r\x1b[K" : "";
    if (now) {
      kind = now.kind;
      if (clear)
        process.stderr.write(`${clear}${done + 1} of ${total}  ${kind}: ${now.step} ${now.pod} of ${now.pods}`);
    } else say(`${clear}${done} of ${total}  ${kind}`);
  };
}

function benchTable(rows: readonly BenchRow[]): string {
  const names = [...new Set(rows.flatMap(({ measures }) => Object.keys(measures)))];
  const shown = (unit: string, value: number): string =>
    unit === "B" ? bytesShort(value) : String(Math.round(value * 100) / 100);
  return table(rows, [
    { title: "KIND", cell: (row) => row.kind },
    { title: "PODS", right: true, cell: (row) => row.pods },
    ...names.map((name) => ({
      title: name,
      right: true,
      cell: (row: BenchRow) => {
        const measure = row.measures[name];
        if (measure === undefined) return undefined;
        const { median, low, high, unit } = measure;
        return `${shown(unit, median)} (${shown(unit, low)}–${shown(unit, high)})`;
      },
    })),
  ]);
}
