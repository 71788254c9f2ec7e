/**
 * A report: one HTML file that opens offline anywhere. It has no script and loads nothing, and says so to the browser
 * by a policy of its own; React escapes what the node said, and inert() takes what would change the line around it.
 */
import { Fragment } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { containerState } from "../../src-shared/container-state.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { bytes, cores, count, inert, shortId } from "../../src-shared/format.ts";
import { listedWords } from "../../src-shared/listed.ts";
import type { Pod, Snapshot } from "../../src-shared/model.ts";
import { podReport } from "../../src-shared/questions/pod-report.ts";
import type { MakeReport, ReportInput } from "../../src-shared/report-input.ts";
import type { Finding } from "../../src-shared/reports.ts";
import curvesStyle from "../drawing/curves/curves.css?raw";
import rails from "../drawing/rails.css?raw";
import { layoutRails } from "../drawing/rails.ts";
import { RailsFigure } from "../drawing/rails-figure.tsx";
import { railsModel } from "../drawing/rails-model.ts";
import { Head } from "../ui/table.tsx";
import tokens from "../ui/tokens.css?raw";
import { summaryOf } from "../views/pod/summary.ts";
import { NODE, podSubjects, ReportCurves } from "./curves.tsx";
import style from "./report.css?raw";

/** Pictures in one report; a node with more pods has them in its table, and says so. */
const MOST_PODS = 200;
const MOST_EVENTS = 2_000;
/** Three of a kind in one line, each with a place of 200 characters. */
const LONGEST_EVENT = 1_500;
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export const makeReport: MakeReport = (input) => {
  const title = titleOf(input);
  const head = renderToStaticMarkup(
    <>
      <meta charSet="utf-8" />
      <meta httpEquiv="Content-Security-Policy" content={POLICY} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="generator" content={`Podglass ${input.version}`} />
      <title>{title}</title>
    </>,
  );
  const body = renderToStaticMarkup(<Report input={input} title={title} />);
  // The styles are our own files: no word of a node is in them.
  return `<!DOCTYPE html>
<html lang="en">
<head>${head}<style>
${tokens}
${rails}
${curvesStyle}
${style}</style></head>
<body>${body}</body>
</html>
`;
};

function titleOf({ snapshot, podKey, redacted }: ReportInput): string {
  const node = inert(snapshot.node.hostname, 80);
  if (podKey === undefined) return `${node}${redacted ? ", redacted" : ""}: report`;
  return `${nameOf(podIn(snapshot, podKey))} on ${node}${redacted ? ", redacted" : ""}: report`;
}

const nameOf = (pod: Pod): string => inert(pod.namespace ? `${pod.namespace}/${pod.name}` : pod.name, 120);

function podIn(snapshot: Snapshot, key: string): Pod {
  const pod = snapshot.pods.find((one) => one.key === key);
  if (pod === undefined) throw new Error(`The pod ${inert(key, 100)} is not there at that moment.`);
  return pod;
}

function Report({ input, title }: { input: ReportInput; title: string }) {
  const { snapshot, podKey } = input;
  const about = podKey === undefined ? snapshot.pods : [podIn(snapshot, podKey)];
  const all = findings(snapshot);
  const found = podKey === undefined ? all : all.filter(({ at }) => at?.podKey === podKey);
  const events = input.events.filter(({ pod }) => podKey === undefined || pod === undefined || pod === podKey);
  return (
    <main>
      <h1>{title.replace(/: report$/, "")}</h1>
      <Facts input={input} />
      {podKey === undefined && input.curves && <ReportCurves blocks={input.curves} main={NODE} />}
      <Findings list={found} />
      {podKey === undefined && <Pods pods={about} />}
      {about.slice(0, MOST_PODS).map((pod) => (
        <PodSection key={pod.key} snapshot={snapshot} pod={pod} curves={input.curves} />
      ))}
      {about.length > MOST_PODS && (
        <p>
          {count(about.length - MOST_PODS, "more pod")} of the table above have no picture here; make a report of one of
          them by its name.
        </p>
      )}
      <Events events={events} note={input.eventsNote} />
      <Gaps snapshot={snapshot} />
      <footer>
        Made by Podglass {input.version} at <time dateTime={input.madeAt}>{moment(input.madeAt)}</time>. This file has
        no script, and loads nothing.
      </footer>
    </main>
  );
}

const moment = (iso: string): string => `${inert(iso.slice(0, 10), 10)} ${inert(iso.slice(11, 19), 8)} UTC`;

function Facts({ input: { snapshot, target, redacted } }: { input: ReportInput }) {
  const { node, takenAt, deep } = snapshot;
  const listed = listedWords(node.listed);
  const rows: [string, string][] = [
    ["As it was at", `${moment(takenAt)}, by the node’s clock`],
    ...(target === undefined ? [] : ([["Reached as", inert(target, 200)]] as [string, string][])),
    ["System", `${inert(node.os, 80)}, Linux ${inert(node.kernel, 80)}, cgroup ${node.cgroupMode}`],
    ["Size", `${count(node.cpus, "core")}, ${bytes(node.memoryBytes)}`],
    [
      "Runtimes",
      node.runtimes.map(({ name, version }) => inert(`${name} ${version ?? ""}`.trim(), 60)).join(", ") ||
        "none was seen",
    ],
    ["Read as", `${node.privilege}${deep ? ", the slow places too" : ", without the slow places"}`],
    ...(listed === undefined ? [] : ([["Namespaces", listed]] as [string, string][])),
    ...(redacted
      ? ([["Redacted", "names, addresses, command lines and labels are replaced; the same always by the same"]] as [
          string,
          string,
        ][])
      : []),
  ];
  return (
    <dl className="facts">
      {rows.map(([name, words]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{words}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Findings({ list }: { list: readonly Finding[] }) {
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      {list.length === 0 && <p>None.</p>}
      {list.map((finding, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a report is drawn once
        <article className={`finding ${finding.severity}`} key={at}>
          <h3>
            <span className="tag">{finding.severity}</span> {inert(finding.title, 300)}
          </h3>
          <p className="where">{inert(finding.where, 300)}</p>
          <ul>
            {finding.evidence.slice(0, 30).map((one, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a report is drawn once
              <li key={i}>{inert(one, 500)}</li>
            ))}
          </ul>
          <p>{inert(finding.why, 1000)}</p>
          <p>
            <b>What to do:</b> {inert(finding.todo, 1000)}
          </p>
        </article>
      ))}
    </section>
  );
}

const anchor = (key: string): string => `pod-${key.replace(/[^A-Za-z0-9]/g, "-").slice(0, 100)}`;

function Pods({ pods }: { pods: readonly Pod[] }) {
  return (
    <section aria-labelledby="pods">
      <h2 id="pods">Pods</h2>
      <table>
        <Head of={["Pod", "Runtime", "Sandbox", "QoS", "Shares", "Of the node", "Containers"]} />
        <tbody>
          {pods.map((pod) => (
            <tr key={pod.key}>
              <th scope="row">
                <a href={`#${anchor(pod.key)}`}>{nameOf(pod)}</a>
              </th>
              <td>{inert(pod.runtime, 20)}</td>
              <td>
                {pod.sandbox.state}
                {pod.sandbox.pid !== undefined && ` ${pod.sandbox.pid}`}
              </td>
              <td>{pod.qos ?? "—"}</td>
              <td>{Object.keys(pod.namespaces).join(" ") || "—"}</td>
              <td>{pod.host.join(" ") || "—"}</td>
              <td className="number">{pod.containers.length}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PodSection({ snapshot, pod, curves }: { snapshot: Snapshot; pod: Pod; curves: ReportInput["curves"] }) {
  const report = podReport(snapshot, pod.key);
  const model = railsModel(snapshot, pod.key);
  const summary = summaryOf(report, model);
  const [main, parts] = podSubjects(pod, report.containers);
  return (
    <section className="pod" id={anchor(pod.key)} aria-label={`Pod ${nameOf(pod)}`}>
      <h2>
        {nameOf(pod)} <small>{inert(pod.key, 100)}</small>
      </h2>
      <p>
        <b>{inert(summary.bold, 400)}</b>
        {summary.rest.startsWith(" ") && " "}
        {inert(summary.rest, 600)} {sentence(inert(pod.sandbox.why, 700))}
      </p>
      {model && (
        <figure>
          <RailsFigure
            layout={layoutRails(model)}
            label={inert(`${nameOf(pod)}: ${summary.bold}${summary.rest}`, 400)}
          />
        </figure>
      )}
      {curves && <ReportCurves blocks={curves} main={main} parts={parts} />}
      <Containers snapshot={snapshot} report={report} />
      <Limits snapshot={snapshot} podKey={pod.key} />
    </section>
  );
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text === "" || /[.!?]$/.test(text) ? "" : "."}`;

function Containers({
  snapshot,
  report: { containers },
}: {
  snapshot: Snapshot;
  report: ReturnType<typeof podReport>;
}) {
  return (
    <table>
      <Head of={["Container", "Kind", "Id", "Process", "Image", "Group"]} />
      <tbody>
        {containers.map((one) => (
          <tr key={one.id}>
            <th scope="row">{inert(one.name, 80)}</th>
            <td className="word">{one.kind}</td>
            <td className="mono word">{inert(shortId(one.id), 20)}</td>
            <td className="number">{one.pid ?? containerState(snapshot, one)}</td>
            <td>{inert(one.image ?? "—", 120)}</td>
            <td className="mono">{inert(one.cgroupPath, 200)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Limits({ snapshot, podKey }: { snapshot: Snapshot; podKey: string }) {
  const rows = cgroupReports(snapshot, podKey);
  if (rows.length === 0) return null;
  return (
    <table>
      <Head of={["Group", "Memory", "Its limit", "The limit that holds", "CPU that holds", "Processes", "OOM kills"]} />
      <tbody>
        {rows.slice(0, 100).map(({ path, name, usage, limits, effective, events }) => (
          <tr key={path}>
            <th scope="row" className="mono">
              {inert(name, 100)}
            </th>
            <td className="number">{bytes(usage.memoryBytes)}</td>
            <td className="number">{limits.memoryMaxBytes === undefined ? "none" : bytes(limits.memoryMaxBytes)}</td>
            <td className="number">{effective.memoryMaxBytes ? bytes(effective.memoryMaxBytes.value) : "none"}</td>
            <td className="number">{effective.cpuMaxCores ? cores(effective.cpuMaxCores.value) : "none"}</td>
            <td className="number">{usage.pids ?? "—"}</td>
            <td className="number">{events?.oomKill ?? "—"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Events({ events, note }: { events: ReportInput["events"]; note?: string }) {
  const shown = events.slice(-MOST_EVENTS);
  return (
    <section aria-labelledby="events">
      <h2 id="events">What happened</h2>
      {note !== undefined && <p>{inert(note, 500)}</p>}
      {note === undefined && shown.length === 0 && <p>Nothing, in the time that was looked at.</p>}
      {shown.length < events.length && (
        <p>
          The latest {MOST_EVENTS} of {events.length}.
        </p>
      )}
      {shown.length > 0 && (
        <table>
          <Head of={["When", "What", "In words"]} />
          <tbody>
            {shown.map(({ at, kind, text }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a report is drawn once
              <tr key={i}>
                <td className="number">{moment(at)}</td>
                <td>{inert(kind ?? "—", 30)}</td>
                <td>{inert(text, LONGEST_EVENT)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Gaps({ snapshot: { gaps } }: { snapshot: Snapshot }) {
  return (
    <section aria-labelledby="gaps">
      <h2 id="gaps">What was not read</h2>
      {gaps.length === 0 && <p>Everything that was asked for was read.</p>}
      <ul>
        {gaps.map(({ what, why, count: number, mend }) => (
          <li key={what + why}>
            {inert(what, 200)} ({number}): {inert(why, 300)}
            {mend !== undefined && `; ${inert(mend, 300)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
