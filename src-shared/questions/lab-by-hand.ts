/** How a person makes what a lab pod is, holds and enters it, and takes it away: in any shell of root's, one after another. */
import type { LabPod } from "../reports.ts";

const FOLDER = "/run/by-hand";
const TYPES = ["net", "ipc", "uts"] as const;

/** unshare(1) and nsenter(1) of util-linux; the last lines look at the first of the node's own lab pods. */
export function labByHand(pods: readonly LabPod[] = []): string[] {
  const files = TYPES.map((type) => `${FOLDER}/${type}`).join(" ");
  const options = TYPES.map((type) => `--${type}=${FOLDER}/${type}`).join(" ");
  const pid = pods.flatMap(({ pids }) => pids)[0];
  return [
    `mkdir -p ${FOLDER} && touch ${files}`,
    `unshare ${options} true`,
    `nsenter ${options} ip addr`,
    `umount ${files} && rm -r ${FOLDER}`,
    ...(pid === undefined ? [] : [`ls -l /proc/${pid}/ns`, `cat /proc/${pid}/cgroup`]),
  ];
}
