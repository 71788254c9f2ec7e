/** When a sandbox without a process that is seen is not known to be gone. */
import type { NamespaceType, Process, SandboxReason } from "../model.ts";
import type { SandboxQuestion } from "./sandbox-question.ts";

/** Why it cannot be said that the pause process is gone, if so. @param loose types that nothing but processes holds */
export function doubtOf(question: SandboxQuestion, loose: readonly NamespaceType[]): SandboxReason | undefined {
  const { draft, sight, shared, live } = question;
  const mayBe = ({ namespaces }: Process) =>
    loose.length === 0 || loose.some((type) => namespaces[type] === undefined || namespaces[type] === shared[type]);
  const doubtful = draft.sandbox?.elsewhere;
  // A sandbox is older than its containers: a younger process has got its pid since.
  if (
    doubtful &&
    mayBe(doubtful.process) &&
    live.every((one) => one.process!.startTicks >= doubtful.process.startTicks)
  ) {
    const { process, group } = doubtful;
    return { code: "elsewhere", pid: process.pid, ...(group === undefined ? {} : { group }) };
  }
  if (live.length > 0 && loose.length === 0 && question.unread.length > 0)
    return { code: "unread", what: "namespaces" };
  if (!sight.processes) return { code: "unread", what: "processes" };
  const hidden = sight.groupless.find(mayBe) ?? draft.members.find(({ elsewhere }) => elsewhere)?.elsewhere?.process;
  if (hidden) return { code: "unread", what: "groups", pid: hidden.pid };
  return sight.pins ? undefined : { code: "unread", what: "pins" };
}
