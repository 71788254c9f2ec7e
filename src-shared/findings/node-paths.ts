/** Paths of the node that a container may write to, and sockets by which a runtime is told what to do. */
import { inertPath } from "../format.ts";
import type { Container } from "../model.ts";
import type { Finding } from "../reports.ts";
import { runtimes } from "../runtimes/table.ts";
import { placeOf, type Rule, truncate, type View } from "./view.ts";
import { atContainer, isWorkload } from "./whose.ts";

/** Whoever writes there is root at the next boot, login or start of a program. */
const BELOW = /^\/(?:etc|usr|bin|sbin|lib|lib32|lib64|boot|root)(?:\/|$)/;
/** These hold such folders, or everybody's. */
const WHOLE =
  /^\/(?:|dev|proc|sys|run|var|var\/lib|var\/lib\/(?:kubelet|containerd|docker|containers)|var\/lib\/kubelet\/(?:pods|pki))$/;
/** What runtimes bind by themselves with the host's network, and what images without a time zone borrow. */
const HARMLESS = /^\/(?:etc\/(?:hosts|hostname|resolv\.conf|localtime|timezone)|usr\/share\/zoneinfo(?:\/.*)?)$/;

export const writableNodePath: Rule = (view): Finding[] =>
  view.snapshot.containers.flatMap((container) => {
    if (!isWorkload(view, container)) return [];
    const open = bindsOf(container).filter(
      ({ source, readOnly }) => !readOnly && (BELOW.test(source) || WHOLE.test(source)) && !HARMLESS.test(source),
    );
    if (open.length === 0) return [];
    return [
      {
        rule: "writable-node-path",
        severity: "warning",
        title: "A container that is not the system's may write where the node's own programs and settings are",
        where: placeOf(view, container),
        evidence: truncate(
          open.map(
            ({ source, destination }) => `${inertPath(source, 80)} as ${inertPath(destination, 80)}, for writing`,
          ),
        ),
        why: "A file written there is run or believed by the node: a unit, a key, a library, a static pod. The mount is a way around every other wall of the container.",
        todo: "Mount it read-only, or only the one file or folder that it needs.",
        link: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        at: atContainer(container),
      } satisfies Finding,
    ];
  });

export const runtimeSocket: Rule = (view): Finding[] =>
  view.snapshot.containers.flatMap((container) => {
    if (!isWorkload(view, container)) return [];
    const found = bindsOf(container).flatMap(({ source, destination }) =>
      socketsAt(view, source).map((socket) => `${socket} by ${inertPath(source, 80)} as ${inertPath(destination, 80)}`),
    );
    if (found.length === 0) return [];
    return [
      {
        rule: "runtime-socket",
        severity: "warning",
        title: "A container that is not the system's can give orders to the container runtime",
        where: placeOf(view, container),
        evidence: truncate(found),
        why: "Who may write to that socket can start a container with the node's whole file system in it: it is root on the node. A read-only mount does not stop connect(2).",
        todo: "Take the mount away; a builder without a daemon, or the Kubernetes API with a role of its own, does most of what it is used for.",
        link: "https://docs.docker.com/engine/security/protect-access/",
        at: atContainer(container),
      } satisfies Finding,
    ];
  });

/** The socket itself, wherever its runtime keeps it, or a folder with one of a runtime of this node. */
function socketsAt(view: View, source: string): string[] {
  const here = new Set(view.snapshot.node.runtimes.map(({ name }) => name));
  return runtimes.flatMap(({ name, sockets = [] }) =>
    sockets.filter(
      (socket) => source === socket || (here.has(name) && source !== "/" && socket.startsWith(`${source}/`)),
    ),
  );
}

/** /var/run is /run on every node that is younger than the FHS 3.0. */
const bindsOf = ({ oci }: Container): { source: string; destination: string; readOnly?: true }[] =>
  (oci?.mounts ?? []).flatMap(({ source, destination, type, readOnly }) =>
    source?.startsWith("/") && (type === undefined || type === "bind" || type === "none")
      ? [{ source: source.replace(/^\/var\/run(?=\/|$)/, "/run").replace(/(?<=.)\/+$/, ""), destination, readOnly }]
      : [],
  );
