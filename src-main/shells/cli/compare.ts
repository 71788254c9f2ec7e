/** The commands that weigh pods: readiness, diff. */
import { diffPods } from "../../../src-shared/diff/pods.ts";
import { saysSame, valueWords } from "../../../src-shared/diff/value-words.ts";
import { count, inert } from "../../../src-shared/format.ts";
import type { Snapshot, Verdict } from "../../../src-shared/model.ts";
import { shareWords } from "../../../src-shared/questions/cost.ts";
import { readiness } from "../../../src-shared/questions/readiness.ts";
import type { Readiness } from "../../../src-shared/reports.ts";
import { type CommonOptions, openTarget, splitTargetPod } from "./open.ts";
import { print, printJson, sayGaps } from "./print.ts";
import { fullName, noPods, onePod } from "./read.ts";
import { report } from "./several.ts";
import { table } from "./table.ts";

export const readinessCommand = (targets: string[], options: CommonOptions): Promise<void> =>
  report(targets, options, { make: readiness, text: printReadiness, rows: (value) => [value] });

function printReadiness({ pods, saves }: Readiness, snapshot: Snapshot): void {
  if (pods.length === 0) {
    print(noPods(snapshot));
    return;
  }
  const names = new Map(snapshot.pods.map((pod) => [pod.key, fullName(pod)]));
  // A reason a line: several in one would read as one sentence.
  const rows = pods.flatMap(({ key, verdict, reasons }) =>
    (reasons.length > 0 ? reasons : [""]).map((reason, at) => ({
      pod: at > 0 ? "" : (names.get(key) ?? key),
      verdict: at > 0 ? "" : verdict === "unknown" ? "not known" : verdict,
      reason,
    })),
  );
  print(
    table(rows, [
      { title: "POD", cell: (row) => row.pod },
      { title: "PAUSE COULD GO", cell: (row) => row.verdict },
      { title: "WHY", cell: (row) => row.reason, max: 400 },
    ]),
  );
  print(`\n${savesWords(pods, saves)}`);
}

/** What is saved is of the pods that say yes alone; of how many that is not known stands beside it. */
function savesWords(pods: Readiness["pods"], saves: Readiness["saves"]): string {
  const of = (verdict: Verdict) => pods.filter((pod) => pod.verdict === verdict).length;
  const [yes, open] = [of("yes"), of("unknown")];
  const unknown = open > 0 ? ` Of ${count(open, "pod")} it is not known.` : "";
  if (yes === 0) return `No pod here is known to do without its pause.${unknown}`;
  const saved = `${count(saves.processes, "process", "processes")}, ${shareWords(saves)} (Pss) and ${count(saves.cgroups, "cgroup")}`;
  return `Without the pause of ${count(yes, "pod")} the node would save ${saved}.${unknown}`;
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
      const different = diff.rows.filter((row) => !saysSame(row));
      print(
        table(different, [
          { title: "FIELD", cell: (row) => row.field },
          { title: inert(left, 60), cell: (row) => valueWords(row.field, row.left), max: 80, cut: "middle" },
          { title: inert(right, 60), cell: (row) => valueWords(row.field, row.right), max: 80, cut: "middle" },
        ]),
      );
      const same = diff.rows.length - different.length;
      print(`\n${count(same, "field is", "fields are")} the same.`);
      sayGaps(first.snapshot, second === first ? undefined : one.target);
      if (second !== first) sayGaps(second.snapshot, two.target);
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
