import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { runtimeOf } from "../../../src-shared/runtimes/table.ts";
import { shellQuote } from "../../../src-shared/shell-quote.ts";

/** Commands with which a person sees a finding on the node, and those with which its next step is done; to be copied. */
export function findingCommands(finding: Finding, snapshot: Snapshot): string[] {
  const { at } = finding;
  const pod = snapshot.pods.find(({ key }) => key === at?.podKey);
  const container = snapshot.containers.find(({ id }) => id === at?.containerId);
  return [
    ...(pod ? podSteps(finding.rule, pod) : []),
    ...(container && pod && isCri(pod) ? [`crictl inspect ${shellQuote(container.id)}`] : []),
    ...(at?.pid === undefined ? [] : [`cat /proc/${at.pid}/status`, `ls -l /proc/${at.pid}/ns`]),
    ...(at?.namespace === undefined
      ? []
      : ["findmnt -t nsfs", `lsns -t ${at.namespace.type} -o NS,NPROCS,PID,COMMAND`]),
    ...(at?.cgroupPath === undefined ? [] : groupFiles(finding.rule, at.cgroupPath, snapshot)),
    ...(/memory|oom/.test(finding.rule) ? ["dmesg -T | grep -i 'out of memory'"] : []),
  ];
}

const isCri = ({ runtime }: Pod): boolean => runtimeOf(runtime).cri === true;

/** The pod's own tool first; what takes the pod away only where a dead sandbox leaves nothing else. */
function podSteps(rule: string, pod: Pod): string[] {
  const { sandbox } = pod;
  const ended = rule === "dead-sandbox";
  const { inspectPod } = runtimeOf(pod.runtime);
  if (inspectPod) return [`${inspectPod} ${shellQuote(pod.name)}`];
  if (!isCri(pod) || sandbox.id === undefined) return [];
  const id = shellQuote(sandbox.id);
  const named = pod.namespace === undefined ? undefined : `-n ${shellQuote(pod.namespace)}`;
  return [
    `crictl inspectp ${id}`,
    ...(named === undefined ? [] : [`kubectl ${named} describe pod ${shellQuote(pod.name)}`]),
    ...(ended && named !== undefined ? [`kubectl ${named} delete pod ${shellQuote(pod.name)}`] : []),
    ...(ended ? [`crictl stopp ${id} && crictl rmp ${id}`] : []),
  ];
}

function groupFiles(rule: string, path: string, { node }: Snapshot): string[] {
  const v2 = node.cgroupMode === "v2";
  const wanted = v2 ? "v2" : /pids/.test(rule) ? "pids" : /throttl|cpu/.test(rule) ? "cpu" : "memory";
  const mount = node.cgroupMounts?.find(({ hierarchy }) => hierarchy.split(",").includes(wanted));
  const root = mount?.mountPoint ?? (v2 ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${wanted}`);
  const files = /pids/.test(rule)
    ? ["pids.current", "pids.max"]
    : /throttl|cpu|weight/.test(rule)
      ? ["cpu.stat", v2 ? "cpu.max" : "cpu.cfs_quota_us"]
      : /pressure/.test(rule)
        ? ["memory.pressure", "io.pressure", "cpu.pressure"]
        : v2
          ? ["memory.current", "memory.max", "memory.events"]
          : ["memory.usage_in_bytes", "memory.limit_in_bytes", "memory.oom_control"];
  return [`head ${files.map((file) => shellQuote(`${root}${path === "/" ? "" : path}/${file}`)).join(" ")}`];
}
