/** The commands that weigh pods: readiness, diff. */
import { diffPods } from "../../../src-shared/diff/pods.ts";
import { bytes, inert } from "../../../src-shared/format.ts";
import type { Readiness, Snapshot } from "../../../src-shared/model.ts";
import { readiness } from "../../../src-shared/questions/readiness.ts";
import { type CommonOptions, openTarget, splitTargetPod } from "./open.ts";
import { print, printJson } from "./print.ts";
import { fullName, onePod } from "./read.ts";
import { report } from "./several.ts";
import { table } from "./table.ts";

export const readinessCommand = (targets: string[], options: CommonOptions): Promise<void> =>
  report(targets, options, { make: readiness, text: printReadiness, rows: (value) => [value] });

function printReadiness(value: Readiness, snapshot: Snapshot): void {
  const names = new Map(snapshot.pods.map((pod) => [pod.key, fullName(pod)]));
  print(
    table(value.pods, [
      { title: "POD", cell: (row) => names.get(row.key) ?? row.key },
      { title: "PAUSE COULD GO", cell: (row) => (row.verdict === "unknown" ? "not known" : row.verdict) },
      { title: "WHY", cell: (row) => row.reasons.join(" "), max: 400 },
    ]),
  );
  const { processes, pssBytes, cgroups } = value.saves;
  print(`\nThe node would save ${processes} processes, ${bytes(pssBytes)} (Pss) and ${cgroups} cgroups.`);
}

export async function diffCommand(left: string, right: string, options: CommonOptions): Promise<void> {
  const [one, two] = [await splitTargetPod(left), await splitTargetPod(right)];
  const first = await openTarget(one.target, options);
  try {
    const second = one.target === two.target ? first : await openTarget(two.target, options);
    try {
      const keyOf = (snapshot: Snapshot, text: string): string =>
        containerId(snapshot, text) ?? onePod(snapshot, text).key;
      const diff = diffPods(
        first.snapshot,
        keyOf(first.snapshot, one.pod),
        second.snapshot,
        keyOf(second.snapshot, two.pod),
      );
      if (options.json) return printJson(diff);
      const shown = (value: unknown): string =>
        typeof value === "string" ? value : value === undefined ? "–" : JSON.stringify(value);
      print(
        table(
          diff.rows.filter(({ same }) => !same),
          [
            { title: "FIELD", cell: (row) => row.field },
            { title: inert(left, 60), cell: (row) => shown(row.left), max: 80 },
            { title: inert(right, 60), cell: (row) => shown(row.right), max: 80 },
          ],
        ),
      );
      print(`\n${diff.rows.filter(({ same }) => same).length} fields are the same.`);
    } finally {
      if (second !== first) await second.close();
    }
  } finally {
    await first.close();
  }
}

/** The container that `text` is the id of, whole or a unique prefix of 12 digits and more; undefined where it is none. */
function containerId(snapshot: Snapshot, text: string): string | undefined {
  const found = snapshot.containers.filter(({ id }) => id === text || (text.length >= 12 && id.startsWith(text)));
  return found.length === 1 ? found[0]?.id : undefined;
}
