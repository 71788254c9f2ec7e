import { describe, expect, it } from "vitest";
import { BlockWriter } from "../../src-shared/curves/block.ts";
import { METRIC_NAMES, NODE_GROUP } from "../../src-shared/curves/metrics.ts";
import type { ReportInput } from "../../src-shared/report-input.ts";
import { cgroupOf, containerOf, podOf, processOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { makeReport } from "./report.tsx";

const EVIL = `</style></title><script>alert(1)</script><img src="http://x/" onerror='a()'>"'&\u202e\u0007\n`;

const snapshot = (name: string) => {
  const plain = snapshotOf({
    processes: [processOf(10, { comm: name, namespaces: { net: 100 } }), processOf(20, { namespaces: { net: 100 } })],
    containers: [
      containerOf("one", { name, image: name, podKey: "containerd/p", pid: 10, pids: [10], cgroupPath: `/${name}` }),
      containerOf("two", { name: "two", podKey: "containerd/p", pid: 20, pids: [20], cgroupPath: "/p/two" }),
    ],
    cgroups: [cgroupOf("/p/two", { "memory.max": name })],
    pods: [
      podOf("containerd/p", {
        name,
        namespace: name,
        containers: ["one", "two"],
        namespaces: { net: 100 },
        sandbox: { state: "dead", why: name },
      }),
      podOf("containerd/other", { name: "quiet" }),
    ],
    gaps: [{ what: name, why: name, count: 1, mend: name }],
  });
  return { ...plain, node: { ...plain.node, hostname: name, os: name, kernel: name } };
};

const report = (name: string, more: Partial<ReportInput> = {}): string =>
  makeReport({
    snapshot: snapshot(name),
    target: name,
    events: [
      { at: "2026-01-02T03:04:05.000Z", kind: "oom-kill", pod: "containerd/p", text: name },
      { at: "2026-01-02T03:04:06.000Z", kind: "pod-new", pod: "containerd/other", text: "quiet is new" },
    ],
    redacted: false,
    version: "1.2.3",
    madeAt: "2026-01-02T03:04:07.000Z",
    ...more,
  });

/** The elements and attributes of a page, without its texts and without our own style. */
const marks = (html: string): string[] => html.replace(/<style>.*?<\/style>/s, "").match(/<[^>]*>/g) ?? [];

describe("a report", () => {
  it("has the same elements whatever a node calls its things, and its words as text", () => {
    const [evil, good] = [report(EVIL), report("good")];
    const names = (html: string) => marks(html).map((mark) => /^<\/?[a-zA-Z!]+/.exec(mark)?.[0]);
    expect(names(evil)).toEqual(names(good));
    expect(evil).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    for (const bad of ["<script", "<img", "\u202e", "\u0007"]) expect(evil).not.toContain(bad);
  });

  it("draws the curves of the node and of each pod, and nothing where nothing was read", () => {
    const writer = new BlockWriter();
    const cpu = METRIC_NAMES.indexOf("cpuUsec");
    for (const second of [0, 1, 2, 3, 60, 61, 62])
      writer.add(second * 1000, [
        { path: NODE_GROUP, values: METRIC_NAMES.map((name) => (name === "memory" ? 4096 * second : Number.NaN)) },
        {
          path: "/p/two",
          pod: "containerd/p",
          container: "two",
          values: METRIC_NAMES.map((_, i) => (i === cpu ? second * 1e6 : Number.NaN)),
        },
      ]);
    const html = report("good", { curves: [writer.block] });
    expect(html).toContain('aria-label="Curves of the node"');
    expect(html).toContain('aria-label="Curves of the pod"');
    expect(html).toMatch(/two <b[^>]*>1 core/);
    // Two pieces, since the node was away in between.
    expect(html.match(/<path class="cv-line main p0" d="M[^"M]*M[^"M]*"/g)).toHaveLength(1);
    expect(report("good")).not.toContain("Curves of");
  });

  it("draws curves of a file whose times and names are made to harm", () => {
    const writer = new BlockWriter();
    const evil = `${EVIL}${"x".repeat(10_000)}`;
    for (const atMs of [8.64e15 - 1, 8.64e15 + 1, 9e15])
      writer.add(atMs, [
        { path: NODE_GROUP, values: METRIC_NAMES.map(() => 1) },
        { path: `/${evil}`, pod: "containerd/p", container: evil, values: METRIC_NAMES.map(() => 2) },
      ]);
    const html = report(evil, { curves: [writer.block] });
    expect(html).toContain('aria-label="Curves of the node"');
    for (const bad of ["<script", "<img", "\u202e", "\u0007", "x".repeat(2_000)]) expect(html).not.toContain(bad);
  });

  it("has no script and loads nothing, and forbids both to the browser", () => {
    const html = report(EVIL);
    expect(html).toContain(`content="default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;"`);
    for (const mark of marks(html)) {
      expect(mark).not.toMatch(/^<(script|link|img|iframe|object|embed|base|form|image|use)\b/i);
      expect(mark.replace(/"[^"]*"/g, '""')).not.toMatch(/\s(on\w+|src|srcset|xlink:href)=/i);
      expect(/\shref="([^"]*)"/.exec(mark)?.[1] ?? "#").toMatch(/^#/);
    }
    expect(/<style>(.*?)<\/style>/s.exec(html)?.[1]).not.toMatch(/url\(|@import/);
  });

  it("is of a node, with its pods, findings, events and gaps, or of one pod with its own alone", () => {
    const whole = report("good");
    expect(whole).toContain("<title>good: report</title>");
    expect(whole.match(/<svg/g)?.length).toBeGreaterThanOrEqual(1);
    for (const words of [
      "The sandbox is dead",
      "quiet is new",
      "2026-01-02 03:04:05 UTC",
      "What was not read",
      "1.2.3",
    ])
      expect(whole).toContain(words);
    const one = report("good", { podKey: "containerd/p" });
    expect(one).toContain("<title>good/good on good: report</title>");
    expect(one).not.toContain("quiet is new");
    expect(one).not.toContain("Pod quiet");
    expect(() => report("good", { podKey: "containerd/none" })).toThrow(/is not there/);
  });

  it("says why there are no events, and that it is redacted", () => {
    expect(report("good", { events: [], eventsNote: "Read once." })).toContain("Read once.");
    expect(report("good", { redacted: true, target: undefined })).toMatch(/redacted: report.*Redacted/s);
  });
});
