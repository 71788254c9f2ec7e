/** How thick each wall around a container is: what its first process may do, in sentences. */

import { lookup } from "../lookup.ts";
import type { Container, NamespaceType, Process, ProcessSecurity, Snapshot } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { capabilityNames, isEveryCapability } from "./capabilities.ts";
import { rootSentence } from "./identity.ts";

export const WALL_NAMES = ["identity", "capabilities", "gains", "calls", "label", "devices", "namespaces"] as const;
export type WallName = (typeof WALL_NAMES)[number];
export interface Wall {
  name: WallName;
  says: string;
  /** Thinner than what a runtime gives by default. */
  thin?: true;
  /** The kernel's own words. */
  raw?: string;
}

/** undefined: it has no live process, or what that may do was not read. */
export function wallsOf(snapshot: Snapshot, container: Container): Wall[] | undefined {
  const find = lookup(snapshot);
  const process = container.pid === null ? undefined : find.process(container.pid);
  const security = process?.security;
  if (!process || !security) return undefined;
  const initial = (type: NamespaceType): boolean | undefined => {
    const inode = process.namespaces[type];
    return inode === undefined ? undefined : find.namespace(type, inode)?.initial;
  };
  const open = (["net", "pid", "ipc", "mnt"] as const).filter((type) => initial(type));
  return [
    identity(process, security, initial("user")),
    capabilities(security, container),
    gains(security),
    calls(security),
    label(security),
    ...devices(container),
    ...(open.length > 0
      ? [{ name: "namespaces" as const, says: `it is in the node's own ${open.join(", ")}`, thin: true as const }]
      : []),
  ];
}

function identity(process: Process, security: ProcessSecurity, initial: boolean | undefined): Wall {
  const thin = initial === true && process.uid === 0;
  const says = `${rootSentence(security.uidMap, initial)}; it runs as ${process.uid}`;
  return { name: "identity", says, raw: security.uidMap, ...(thin ? { thin } : {}) };
}

/** Beside what its runtime gives by default: which it has more, and which it lacks. */
function besideDefault(hex: string, container: Container): { more: string[]; less: string[] } | undefined {
  const usual = runtimeOf(container.runtime).capabilities;
  if (usual === undefined) return undefined;
  const has = new Set(capabilityNames(hex));
  const given = new Set<string>(usual);
  return { more: [...has].filter((one) => !given.has(one)), less: usual.filter((one) => !has.has(one)) };
}

function capabilities({ capEff, capBnd }: ProcessSecurity, container: Container): Wall {
  const { says, thin } = amount(capEff, container);
  const raw = `effective ${capEff}, bounding ${capBnd}`;
  if (capEff === capBnd) return { name: "capabilities", says, raw, ...(thin ? { thin } : {}) };
  const bound = amount(capBnd, container);
  const all = thin || bound.thin;
  return { name: "capabilities", says: `${says}, at most ${bound.says}`, raw, ...(all ? { thin: all } : {}) };
}

function amount(hex: string, container: Container): { says: string; thin?: true } {
  const names = capabilityNames(hex);
  if (names.length === 0) return { says: "none" };
  if (isEveryCapability(hex)) return { says: `all ${names.length} of them`, thin: true };
  const beside = besideDefault(hex, container);
  if (!beside) return { says: names.join(", ") };
  const usual = `${container.runtime}'s default`;
  const { more, less } = beside;
  if (more.length === 0 && less.length === 0) return { says: usual };
  if (names.length <= 4 || less.length > names.length)
    return { says: names.join(", "), ...(more.length > 0 ? { thin: true } : {}) };
  const parts = [
    more.length > 0 ? `and ${more.join(", ")}` : "",
    less.length > 0 ? `without ${less.join(", ")}` : "",
  ].filter(Boolean);
  return { says: `${usual} ${parts.join(", ")}`, ...(more.length > 0 ? { thin: true } : {}) };
}

const gains = ({ noNewPrivs, capBnd }: ProcessSecurity): Wall =>
  noNewPrivs
    ? { name: "gains", says: "no program that it starts gives it more (no_new_privs)" }
    : capabilityNames(capBnd).length === 0
      ? { name: "gains", says: "a set-uid program may make it another user, with no capability" }
      : { name: "gains", says: "a set-uid program may give it more" };

const CALLS: Record<ProcessSecurity["seccomp"], string> = {
  0: "every system call is open to it",
  1: "it may read, write and exit (seccomp, strict)",
  2: "a seccomp filter stands before its system calls",
};
const calls = ({ seccomp }: ProcessSecurity): Wall => ({
  name: "calls",
  says: CALLS[seccomp],
  raw: `Seccomp: ${seccomp}`,
  ...(seccomp === 0 ? { thin: true } : {}),
});

const label = ({ label }: ProcessSecurity): Wall =>
  label === undefined
    ? { name: "label", says: "no security module gives it a label" }
    : { name: "label", says: label, ...(/^unconfined/.test(label) ? { thin: true } : {}) };

/** As its config.json asked; without one it is not known, and nothing is said. */
function devices({ oci }: Container): Wall[] {
  if (!oci) return [];
  const { allDevices, devices = [] } = oci;
  const [shown, more] = [devices.slice(0, 12).join(", "), devices.length - 12];
  const named = more > 0 ? `${shown} and ${more} more` : shown;
  if (allDevices) return [{ name: "devices", says: "it may open every device of the node", raw: named, thin: true }];
  if (devices.length > 0) return [{ name: "devices", says: `it has ${named} of the node`, thin: true }];
  return [{ name: "devices", says: "those that every container has" }];
}
