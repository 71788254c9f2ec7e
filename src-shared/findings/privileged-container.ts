/** A container that is not the system's with CAP_SYS_ADMIN and a door to use it through. */
import type { Container, NamespaceType } from "../model.ts";
import type { Finding } from "../reports.ts";
import { capabilityNames } from "../walls/capabilities.ts";
import { placeOf, type Rule, type View } from "./view.ts";
import { atContainer, isWorkload } from "./whose.ts";

const DOORS: readonly NamespaceType[] = ["pid", "net", "ipc"];

export const privilegedContainer: Rule = (view): Finding[] =>
  view.snapshot.containers.flatMap((container) => {
    if (!isWorkload(view, container)) return [];
    const doors = doorsOf(view, container);
    const mask = container.pid === null ? undefined : view.find.process(container.pid)?.security?.capEff;
    if (doors.length === 0 || mask === undefined) return [];
    const names = capabilityNames(mask);
    if (!names.includes("SYS_ADMIN")) return [];
    return [
      {
        rule: "privileged-container",
        severity: "warning",
        title: "A container that is not the system's could do to the node what root there can",
        where: placeOf(view, container),
        evidence: [`its first process has ${names.length} capabilities, CAP_SYS_ADMIN among them`, ...doors],
        why: "CAP_SYS_ADMIN in the node's own user namespace mounts, enters namespaces and loads programs into the kernel. With the node's devices or one of its namespaces in reach nothing else stands between the container and the node: a break-in to it is one to the node.",
        todo: "Give it the capabilities that it needs by name, the devices that it needs one by one, and namespaces of its own; or run it in a user namespace.",
        link: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        at: atContainer(container),
      } satisfies Finding,
    ];
  });

function doorsOf(view: View, container: Container): string[] {
  const process = container.pid === null ? undefined : view.find.process(container.pid);
  const open = DOORS.filter((type) => {
    const inode = process?.namespaces[type];
    return inode !== undefined && view.find.namespace(type, inode)?.initial;
  });
  return [
    ...(container.oci?.allDevices ? ["its device cgroup lets it open every device of the node"] : []),
    ...(open.length > 0 ? [`it is in the node's own ${open.join(", ")}`] : []),
  ];
}
