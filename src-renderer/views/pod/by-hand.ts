import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { shellQuote } from "../../../src-shared/shell-quote.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";

const mountOf = (snapshot: Snapshot, hierarchy: string): string =>
  snapshot.node.cgroupMounts?.find((mount) => mount.hierarchy === hierarchy)?.mountPoint ?? "/sys/fs/cgroup";

/** The commands that show on the node what the pod's page shows. */
export function podCommands(snapshot: Snapshot, pod: Pod, model: RailsModel): string[] {
  const first = snapshot.containers.find(
    ({ podKey, pid, kind }) => podKey === pod.key && pid !== null && kind !== "sandbox",
  );
  const pid = pod.sandbox.pid ?? first?.pid ?? undefined;
  const pin = model.holders.find(({ kind, holds }) => kind === "pin" && holds.startsWith("net:"));
  const v2 = snapshot.node.cgroupMode === "v2";
  const root = mountOf(snapshot, v2 ? "v2" : "memory");
  const file = v2 ? "memory.max" : "memory.limit_in_bytes";
  return [
    ...(pid === undefined ? [] : [`ls -l /proc/${pid}/ns`, `nsenter -t ${pid} -n ip addr`]),
    ...(pid === undefined && pin ? [`nsenter --net=${shellQuote(pin.name)} ip addr`] : []),
    ...(first?.pid && first.pid !== pid ? [`ls -l /proc/${first.pid}/ns`] : []),
    ...(pid === undefined
      ? []
      : [`ssh ${shellQuote(snapshot.node.hostname)} nsenter -t ${pid} -n tcpdump -i any -U -w - | wireshark -k -i -`]),
    "findmnt -t nsfs",
    ...(pod.cgroupPath === undefined ? [] : [`cat ${shellQuote(`${root}${pod.cgroupPath}/${file}`)}`]),
    ...(pid === undefined ? [] : [`cat /proc/${pid}/cgroup`]),
  ];
}
