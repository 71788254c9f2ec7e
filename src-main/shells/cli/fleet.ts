/** podglass fleet: a row a node, worst first. */
import { bytesShort, inert } from "../../../src-shared/format.ts";
import { shareWords } from "../../../src-shared/questions/cost.ts";
import { byWorst, type FleetRow, fleetRow, fleetSums } from "../../../src-shared/questions/fleet.ts";
import { expandTargets } from "../../targets/list.ts";
import { ConnectionError, ReadingError } from "../../transport/transport.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { print, printJson } from "./print.ts";
import { type Answer, askEach, progress, sayErrors } from "./several.ts";
import { table } from "./table.ts";

type Snapshotted = { row: (seconds: number) => FleetRow };

export async function fleetCommand(words: string[], options: CommonOptions): Promise<void> {
  const targets = await expandTargets(words, options.F);
  const step = progress(targets.length);
  const answers = await askEach<Snapshotted>(
    targets,
    (target) =>
      withTarget(target, options, ({ snapshot }) => ({ row: (seconds) => fleetRow(target, snapshot, seconds) })),
    step,
  );
  const rows = answers.map(rowOf).sort(byWorst);
  if (options.json) printJson(rows);
  else {
    print(fleetTable(rows));
    print(`\n${fleetSums(rows)}`);
  }
  sayErrors(answers);
}

function rowOf({ target, value, error, seconds }: Answer<Snapshotted>): FleetRow {
  if (value !== undefined) return value.row(seconds);
  return { node: target, state: stateOf(error), error: error?.message ?? "", seconds };
}

/** refused: the node answered and said no, or is not the one we know; unreachable: it did not answer. */
function stateOf(error: Error | undefined): FleetRow["state"] {
  if (error instanceof ReadingError) return "unreadable";
  if (error instanceof ConnectionError)
    return ["hostkey", "login", "config"].includes(error.kind) ? "refused" : "unreachable";
  return "unreachable";
}

const fleetTable = (rows: FleetRow[]): string =>
  table(rows, [
    { title: "NODE", cell: (row) => row.node, max: 40 },
    { title: "STATE", cell: (row) => row.state },
    { title: "KERNEL", cell: (row) => row.kernel, max: 24 },
    { title: "CGROUP", cell: (row) => row.cgroupMode },
    {
      title: "RUNTIMES",
      cell: (row) => row.runtimes?.map(({ name, version }) => `${name} ${version ?? ""}`.trim()).join(", "),
      max: 48,
    },
    { title: "PODS", right: true, cell: (row) => row.pods?.all },
    { title: "PAUSE", right: true, cell: (row) => row.pause?.processes },
    { title: "PSS", right: true, cell: (row) => (row.pause ? pssCell(row.pause) : undefined) },
    { title: "DEAD", right: true, cell: (row) => row.pods?.dead },
    { title: "COULD GO", right: true, cell: (row) => row.readiness?.yes },
    { title: "CRITICAL", right: true, cell: (row) => row.findings?.critical },
    { title: "WARNING", right: true, cell: (row) => row.findings?.warning },
    { title: "S", right: true, cell: (row) => row.seconds.toFixed(1) },
    { title: "WHY", cell: (row) => (row.error === undefined ? undefined : inert(row.error, 100)), max: 100 },
  ]);

const pssCell = (pause: NonNullable<FleetRow["pause"]>): string =>
  pause.pssUnread >= pause.processes && pause.processes > 0 ? "?" : shareWords(pause, bytesShort);
