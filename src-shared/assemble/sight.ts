/**
 * How far a reading sees. That no process of a sandbox is there is concluded only where every process was seen, with its
 * group, and that no pin holds a namespace only where the node's mounts were read.
 */

import { recordsUnread } from "../gaps.ts";
import { isLive } from "../liveness.ts";
import type { NamespaceInodes, Process } from "../model.ts";
import type { Reading } from "../reading.ts";

export interface Sight {
  /** Processes of other users are shown (proc(5), hidepid): pid 1 is one. */
  processes: boolean;
  /** Live processes whose group could not be read. */
  groupless: readonly Process[];
  /** Every record of the runtimes that is there. */
  records: boolean;
  /** The mounts of pid 1's mount namespace, where pins are made, were read. */
  pins: boolean;
}

export function sightOf(reading: Reading, processes: readonly Process[], initial: NamespaceInodes): Sight {
  return {
    processes: processes.some(({ pid }) => pid === 1),
    groupless: processes.filter(
      (process) => isLive(process) && process.cgroup.v2 === undefined && process.cgroup.v1 === undefined,
    ),
    records: !recordsUnread(reading.gaps),
    pins: reading.mounts.some(({ mountNamespace }) => initial.mnt === undefined || mountNamespace === initial.mnt),
  };
}
