/** Cgroups that bend cgroup v2's own rules: a limit that was asked for may not be there at all. */
import { type RuleNote, ruleNotes } from "../cgroups/rules.ts";
import { inert } from "../format.ts";
import type { Container } from "../model.ts";
import type { Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule, type View } from "./view.ts";

export const cgroupRules: Rule = (view): Finding[] =>
  ruleNotes(view.tree, view.snapshot).flatMap((note) => {
    const report = view.report.get(note.path);
    const words = report && WORDS[note.rule];
    if (!words) return [];
    // Nobody is hurt by processes in an inner cgroup outside a pod: systemd services with helpers look like that.
    if (note.rule === "inner-processes" && report.podKey === undefined) return [];
    const asked = note.rule === "missing-controller" ? askedInVain(view, note) : undefined;
    if (note.rule === "missing-controller" && !asked) return [];
    return [
      {
        rule: `cgroup-${note.rule}`,
        severity: asked ? "warning" : "info",
        title: words.title,
        where: placeOfCgroup(view, report),
        evidence: [`${inert(note.path, 300)} ${note.detail}`, ...(asked ? [asked] : [])],
        why: words.why,
        todo: words.todo,
        link: words.link,
        at: atCgroup(report),
      } satisfies Finding,
    ];
  });

const DOC = "https://docs.kernel.org/admin-guide/cgroup-v2.html";
const WORDS: Partial<Record<RuleNote["rule"], { title: string; why: string; todo: string; link: string }>> = {
  "inner-processes": {
    title: "Processes beside child cgroups",
    why: "cgroup v2 lets a cgroup hold processes or hand controllers to children, not both. The children here can have no limits of their own.",
    todo: "Move the processes into a leaf before limits are set below.",
    link: `${DOC}#no-internal-process-constraint`,
  },
  "missing-controller": {
    title: "A limit was asked for whose controller is not there",
    why: "Controllers come from the top: a cgroup has one only if its parent enables it. Without it the limit's file does not exist and nothing is limited.",
    todo: "Enable the controller on the way down; for rootless containers delegate it to the user (systemd: Delegate=cpu memory pids on user@.service).",
    link: `${DOC}#top-down-constraint`,
  },
  invalid: {
    title: "A cgroup that can hold nothing",
    why: "A domain below a threaded cgroup is invalid until it is made threaded: it takes neither processes nor controllers.",
    todo: 'Write "threaded" to its cgroup.type, or remove it.',
    link: `${DOC}#threads`,
  },
};

/** What the container's OCI config wanted from a controller that is missing. */
const askedInVain = (view: View, note: RuleNote): string | undefined => {
  const container = note.containerId === undefined ? undefined : view.find.container(note.containerId);
  const missing = ["memory", "cpu", "pids"].filter((name) => !view.report.get(note.path)?.controllers.includes(name));
  const asked = missing.filter((name) => asks(container, name));
  return asked.length > 0
    ? `its OCI config asks for ${asked.join(" and ")} limits: ${inert(container?.oci?.path ?? "", 200)}`
    : undefined;
};

const asks = (container: Container | undefined, controller: string): boolean => {
  const part = container?.oci?.resources?.[controller];
  if (typeof part !== "object" || part === null) return false;
  return ["limit", "quota"].some((key) => {
    const value = (part as Record<string, unknown>)[key];
    return typeof value === "number" && value > 0;
  });
};
