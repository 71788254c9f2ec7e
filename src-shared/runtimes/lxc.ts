/**
 * LXC and Incus: whole systems in containers, each in a group of its name (lxc src/lxc/cgroups/cgfsng.c,
 * DEFAULT_PAYLOAD_CGROUP_PATH; Incus puts its project before the name). Their records are a person's configuration and a
 * database: what the node tells of them without those is the name, the processes and the namespaces. They make no pods.
 */
import type { Runtime } from "./runtime.ts";

/** lxc.payload.NAME; a second start of one name while the first group is busy gets -1, -2 behind it. */
const PAYLOAD = /^lxc\.payload\.([A-Za-z0-9][A-Za-z0-9._-]{0,127})$/;

export const lxc: Runtime = {
  name: "lxc",
  daemon: "incusd",
  versions: ["lxc"],
  kubelets: false,
  groups: { prefixes: [], named: (part) => PAYLOAD.exec(part)?.[1] },
  records: () => [],
  afterPause: {
    network: () => ({
      survives: "unknown",
      detail: "LXC and Incus know no pause, and what they do with a network is not known",
    }),
    effects: [],
  },
};
