/** A process that hangs whoever reads its command line: ps and top among them, and with them the person who looks. */
import type { Finding } from "../reports.ts";
import { placeOf, processLabel, type Rule } from "./view.ts";

export const stuckProcess: Rule = (view): Finding[] =>
  view.snapshot.processes
    .filter((process) => process.stuck)
    .map((process) => {
      const container = view.find.containerOfPid(process.pid);
      const place = processLabel(process);
      return {
        rule: "stuck-process",
        severity: "warning",
        title: "Its command line cannot be read: ps and top hang on it",
        where: container ? `${placeOf(view, container)}, ${place}` : place,
        evidence: [`reading /proc/${process.pid}/cmdline did not end within 3 s; its state is ${process.state}`],
        why: "Reading it takes the lock of the process's memory map. Somebody holds that lock and waits for something that does not come: most often a file of a FUSE or NFS mount whose server is gone, or memory of a group at its limit without an OOM killer. Whatever else takes the lock waits too: ps, top, pgrep -f, and the process's own threads.",
        todo: `See what its threads in state D wait for (cat /proc/${process.pid}/task/*/stack), and mend or abort that: bring the server back, or umount -f (for FUSE: echo 1 > /sys/fs/fuse/connections/N/abort). A hanging ps can be ended from outside; lsns does not hang.`,
        link: "https://docs.kernel.org/filesystems/fuse.html#aborting-a-filesystem-connection",
        at: {
          pid: process.pid,
          ...(container ? { containerId: container.id } : {}),
          ...(container?.podKey === undefined ? {} : { podKey: container.podKey }),
        },
      } satisfies Finding;
    });
