/**
 * A container that joined another's network by hand, and whose owner has a new one since: a VPN container that was
 * restarted. Its runtime writes the path anew at each start, so a restart of the one that was left behind mends it.
 */
import { inert } from "../format.ts";
import type { Container } from "../model.ts";
import { checkPaths, type PathCheck } from "../questions/oci-paths.ts";
import type { Finding } from "../reports.ts";
import { RUNTIME_LABELS } from "../runtimes/names.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { placeOf, type Rule, type View } from "./view.ts";

export const leftBehind: Rule = (view): Finding[] =>
  view.snapshot.containers.flatMap((container) => {
    // In a pod it is the pod that is split, or its sandbox that is dead: those say so themselves.
    if (container.podKey !== undefined || !runtimeOf(container.runtime).writesPathsAnew) return [];
    const left = checkPaths(view.snapshot, container).find(
      ({ kind, actual, reason }) =>
        kind === "net" && actual !== undefined && (reason.code === "process-gone" || reason.code === "stranger"),
    );
    return left ? [finding(view, container, left)] : [];
  });

const finding = (view: View, container: Container, { path, actual, words }: PathCheck): Finding => ({
  rule: "left-behind",
  severity: "warning",
  title: "A container is in the network of a container that is gone or has a new one",
  where: placeOf(view, container),
  evidence: [`it joined ${inert(path ?? "", 200)} and is in net:[${actual}]`, words],
  why: "The container whose network it joined ended or was restarted, and got a new network namespace: this one stays in the old, where that one's interfaces are gone.",
  todo: `Restart this container: ${RUNTIME_LABELS[container.runtime]} looks the other up again and joins what it is in by then.`,
  link: "https://docs.docker.com/engine/network/#container-networks",
  at: { containerId: container.id, namespace: { type: "net", inode: actual! } },
});
