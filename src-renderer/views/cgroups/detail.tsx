import { useMemo } from "react";
import { NODE_GROUP } from "../../../src-shared/curves/metrics.ts";
import { bytes, cores, duration, inert, percent } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { CgroupReport, LimitAt } from "../../../src-shared/reports.ts";
import type { Subject } from "../../drawing/curves/charts.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { go } from "../../state/route.ts";
import { Curves } from "../../ui/curves.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { Fact } from "../../ui/table.tsx";
import { Explained } from "./explained.tsx";
import { marksOf } from "./tree.tsx";

/** One cgroup in words: each limit with who set it, pressure over three spans, what happened, what is odd. */
export function CgroupDetail({
  nodeId,
  snapshot,
  report,
}: {
  nodeId: string;
  snapshot: Snapshot;
  report: CgroupReport;
}) {
  const pod = snapshot.pods.find(({ key }) => key === report.podKey);
  return (
    <aside className="cg-detail" aria-label="Selected cgroup">
      <h2>{inert(report.name, 120)}</h2>
      <p className="mono path">{inert(report.path, 600)}</p>
      {pod && (
        <div className="acts">
          <Button onClick={() => go("pod", { nodeId, params: { pod: pod.key } })}>{inert(pod.name, 60)}</Button>
          <Button
            kind="quiet"
            icon="picture"
            onClick={() => go("picture", { nodeId, params: { at: itemKey.pod(pod.key) } })}
          >
            in the picture
          </Button>
        </div>
      )}
      {marksOf(report).map((mark) => (
        <p key={mark} className="warn note">
          <Icon name="warn" /> {inert(mark, 300)}
        </p>
      ))}
      <table className="kv">
        <tbody>
          <Limit what="memory at most" limit={report.effective.memoryMaxBytes} path={report.path} words={bytes} />
          <Limit what="memory slowed at" limit={report.effective.memoryHighBytes} path={report.path} words={bytes} />
          <Limit what="swap at most" limit={report.effective.swapMaxBytes} path={report.path} words={bytes} />
          <Limit
            what="memory and swap"
            limit={report.effective.memoryAndSwapMaxBytes}
            path={report.path}
            words={bytes}
          />
          <Limit what="cpu at most" limit={report.effective.cpuMaxCores} path={report.path} words={cores} />
          <Limit what="processes at most" limit={report.effective.pidsMax} path={report.path} words={String} />
          <Given what="memory used" words={maybe(report.usage.memoryBytes, bytes)} />
          <Given what="working set" words={maybe(report.usage.workingSetBytes, bytes)} />
          <Given
            what="protected up to"
            words={maybe(report.protection?.lowBytes ?? report.protection?.minBytes, bytes)}
          />
          <Given what={report.weight?.file ?? "weight"} words={maybe(report.weight?.value, String)} />
          <Given what="cpu time" words={maybe(report.usage.cpuUsec, duration)} />
          <Given what="throttled for" words={maybe(report.events?.throttledUsec || undefined, duration)} />
          <Given
            what="OOM kills"
            words={maybe(report.events?.oomKill, String)}
            bad={(report.events?.oomKill ?? 0) > 0}
          />
          <Given what="killed as one" words={report.oomGroup ? "memory.oom.group" : undefined} />
          <Given what="controllers" words={report.controllers.join(" ")} />
        </tbody>
      </table>
      <GroupCurves nodeId={nodeId} report={report} />
      {report.pressure && <Stalls pressure={report.pressure} />}
      <Explained snapshot={snapshot} report={report} />
    </aside>
  );
}

/** The root has no limits and, on v2, no memory: the whole node's stand there. */
function GroupCurves({ nodeId, report: { path, name } }: { nodeId: string; report: CgroupReport }) {
  const of = path === "/" ? NODE_GROUP : path;
  const paths = useMemo(() => [of], [of]);
  const main = useMemo(
    (): Subject => ({
      ...(of === NODE_GROUP ? { name: "the node", node: true } : { name }),
      wanted: (group) => group.path === of,
    }),
    [of, name],
  );
  return <Curves key={path} nodeId={nodeId} paths={paths} pods={NO_PODS} main={main} />;
}

const NO_PODS: readonly string[] = [];

/** Rows of zeros say less than one sentence. */
function Stalls({ pressure }: { pressure: NonNullable<CgroupReport["pressure"]> }) {
  const rows = Object.entries(pressure).flatMap(([what, { some, full }]) => [
    { words: `${what}, some`, psi: some },
    { words: `${what}, all`, psi: full },
  ]);
  const felt = rows.flatMap(({ words, psi }) =>
    psi && psi.avg10 + psi.avg60 + psi.avg300 > 0 ? [{ words, psi }] : [],
  );
  if (felt.length === 0) return <p className="dim note">Nothing in it had to wait in the last 5 min.</p>;
  return (
    <table className="kv psi">
      <caption>Waited in the last 10 s, 1 min, 5 min</caption>
      <tbody>
        {felt.map(({ words, psi }) => (
          <tr key={words}>
            <th scope="row">{words}</th>
            <td className="num">{percent(psi.avg10 / 100)}</td>
            <td className="num">{percent(psi.avg60 / 100)}</td>
            <td className="num">{percent(psi.avg300 / 100)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const maybe = <T,>(value: T | undefined, words: (value: T) => string): string | undefined =>
  value === undefined ? undefined : words(value);

function Limit({
  what,
  limit,
  path,
  words,
}: {
  what: string;
  limit: LimitAt | undefined;
  path: string;
  words: (value: number) => string;
}) {
  if (!limit) return null;
  return (
    <Fact of={what} by={limit.setBy === path ? "set here" : `from ${inert(limit.setBy, 60)}`}>
      {words(limit.value)}
    </Fact>
  );
}

const Given = ({ what, words, bad = false }: { what: string; words: string | undefined; bad?: boolean }) =>
  words && (
    <Fact of={what} mood={bad && "bad"}>
      {words}
    </Fact>
  );
