/** When a sandbox without a process that is seen is not known to be gone. */
import type { NamespaceType, Process, SandboxReason } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";
import type { SandboxQuestion } from "./sandbox-question.ts";

/** Why it cannot be said that the pause process is gone, if so. @param loose types that nothing but processes holds */
export function doubtOf(question: SandboxQuestion, loose: readonly NamespaceType[]): SandboxReason | undefined {
  const { draft, sight, shared, live } = question;
  const mayBe = ({ namespaces }: Process) =>
    loose.length === 0 || loose.some((type) => namespaces[type] === undefined || namespaces[type] === shared[type]);
  const doubtful = draft.sandbox?.elsewhere;
  // A sandbox is older than its containers: a younger process has got its pid since.
  // Not so where a sandbox is a container like another, which its runtime starts again; and a group that was not read says nothing.
  const { writesPathsAnew, forgetsEnded, cri } = runtimeOf(draft.runtime);
  const older = (process: Process) => live.every((one) => one.process!.startTicks >= process.startTicks);
  if (
    doubtful &&
    (doubtful.group === undefined || (mayBe(doubtful.process) && (writesPathsAnew || older(doubtful.process))))
  ) {
    const { process, group } = doubtful;
    return { code: "elsewhere", pid: process.pid, ...(group === undefined ? {} : { group }) };
  }
  if (live.length > 0 && loose.length === 0 && question.unread.length > 0)
    return { code: "unread", what: "namespaces" };
  if (!sight.processes) return { code: "unread", what: "processes" };
  const hidden = sight.groupless.find(mayBe) ?? draft.members.find(({ elsewhere }) => elsewhere)?.elsewhere?.process;
  if (hidden) return { code: "unread", what: "groups", pid: hidden.pid };
  // A runtime that keeps what it made has a record of each sandbox: one that is not there, or not whole, was not read.
  const record = draft.sandbox?.record;
  if (record === undefined ? !sight.records || (cri && !forgetsEnded) : record.partial)
    return { code: "unread", what: "records" };
  return sight.pins ? undefined : { code: "unread", what: "pins" };
}
