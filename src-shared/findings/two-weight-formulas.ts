/** One request, two weights: containers of this node got theirs by different formulas. Normal, and good to know. */
import { innerPath } from "../cgroups/tree.ts";
import { formulasFor, linearWeight, quadraticWeight, type WeightFormula } from "../cgroups/weights.ts";
import { inert } from "../format.ts";
import type { Container } from "../model.ts";
import { checkResources } from "../questions/oci-resources.ts";
import type { Finding } from "../reports.ts";
import { hasPodLevelLimits } from "./pod-level.ts";
import { placeOf, type Rule, truncate, type View } from "./view.ts";

export const twoWeightFormulas: Rule = (view): Finding[] => {
  const seen: Record<WeightFormula, string[]> = { linear: [], quadratic: [] };
  let first: Container | undefined;
  for (const container of view.snapshot.containers) {
    const shares = requestedShares(container);
    if (shares === undefined || wasResized(view, container)) continue;
    // crun writes the weight in <scope>/container, and systemd on the scope: either tells the formula.
    const inner = innerPath(container, view.find.process(container.pid ?? -1));
    const weight = [inner, container.cgroupPath]
      .map((path) => view.report.get(path)?.weight)
      .find((one) => one?.file === "cpu.weight" && formulasFor(shares, one.value).length > 0);
    if (!weight) continue;
    const formulas = formulasFor(shares, weight.value);
    if (formulas.length !== 1) continue;
    first ??= container;
    seen[formulas[0]!].push(`${placeOf(view, container)}: shares ${shares} became weight ${weight.value}`);
  }
  for (const line of podSlices(view)) seen[line.formula].push(line.text);
  if (seen.linear.length === 0 || seen.quadratic.length === 0) return [];
  return [
    {
      rule: "two-weight-formulas",
      severity: "info",
      title: "CPU weights of this node come from two formulas",
      where: `node ${inert(view.snapshot.node.hostname, 64)}`,
      evidence: [
        ...truncate(
          seen.linear.map((line) => `linear formula: ${line}`),
          4,
        ),
        ...truncate(
          seen.quadratic.map((line) => `quadratic formula: ${line}`),
          4,
        ),
        `1024 shares are weight ${linearWeight(1024)} by one and ${quadraticWeight(1024)} by the other`,
      ],
      why: "runc 1.3.2 and crun 1.23 brought a new formula; the kubelet, which makes the pods' own cgroups, vendors its own version. Siblings with the same request can then have different shares of the cpu.",
      todo: "Nothing urgent. Compare weights only between cgroups made by the same program, and bring runtimes and kubelet to versions with one formula.",
      link: "https://github.com/kubernetes/kubernetes/issues/131216",
      at: { cgroupPath: "/", ...(first ? { containerId: first.id } : {}) },
    },
  ];
};

/** The weight is today's and the request the start's: after an in-place resize they do not belong together. */
const wasResized = (view: View, container: Container): boolean =>
  checkResources(view.snapshot, container).some(
    ({ name, same }) => same === false && (name === "memory.limit" || name.startsWith("cpu.")),
  );

/** The kubelet gives a pod the sum of its containers' shares (pkg/kubelet/cm/helpers_linux.go ResourceConfigForPod). */
const podSlices = (view: View): { formula: WeightFormula; text: string }[] =>
  view.snapshot.pods.flatMap((pod) => {
    const weight = pod.cgroupPath ? view.report.get(pod.cgroupPath)?.weight : undefined;
    const members = view.find.containersOf(pod.key).filter((one) => one.kind === "app");
    const apps = members.map(requestedShares);
    if (weight?.file !== "cpu.weight" || apps.length === 0 || apps.some((one) => one === undefined)) return [];
    if (members.some((one) => wasResized(view, one)) || hasPodLevelLimits(view, pod, members)) return [];
    // 2 shares are "no request" and add nothing to the pod's.
    const sum = Math.max(
      2,
      apps.reduce<number>((total, one) => total + (one! > 2 ? one! : 0), 0),
    );
    const formulas = formulasFor(sum, weight.value);
    return formulas.length === 1
      ? [{ formula: formulas[0]!, text: `${inert(pod.cgroupPath!, 200)}: shares ${sum} became weight ${weight.value}` }]
      : [];
  });

/** linux.resources.cpu.shares of the OCI config; a weight written through `unified` is nobody's formula. */
export const requestedShares = (container: Container): number | undefined => {
  const resources = container.oci?.resources;
  const unified = resources?.unified;
  if (typeof unified === "object" && unified !== null && "cpu.weight" in unified) return undefined;
  const cpu = resources?.cpu;
  if (typeof cpu !== "object" || cpu === null || !("shares" in cpu)) return undefined;
  const shares = (cpu as { shares: unknown }).shares;
  return typeof shares === "number" && shares > 0 ? shares : undefined;
};
