/** Does a pod have limits of its own, apart from its containers'? */
import type { Container, Pod } from "../model.ts";
import type { View } from "./view.ts";

/**
 * Pod-level resources (KEP-2837): the pod's group has a limit that is not the sum of its containers'. Then what its
 * containers have is the pod's, and says nothing of a class of their own. Both sides as the cgroups say now.
 */
export const hasPodLevelLimits = (view: View, pod: Pod, apps: readonly Container[]): boolean => {
  const whole = pod.cgroupPath === undefined ? undefined : view.report.get(pod.cgroupPath)?.limits;
  return (["memoryMaxBytes", "cpuMaxCores"] as const).some((kind) => {
    const limit = whole?.[kind];
    if (limit === undefined) return false;
    const each = apps.map((one) => view.report.get(one.cgroupPath)?.limits[kind]);
    const sum = each.reduce<number>((total, one) => total + (one ?? Number.NaN), 0);
    return !(Math.abs(sum - limit) <= limit / 1000);
  });
};
