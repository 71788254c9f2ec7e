/** OCI config.json: what is kept of it (opencontainers/runtime-spec config.md, config-linux.md). */
import type { NamespaceType, OciConfig } from "../model.ts";
import { array, integer, isObject, object, parseObject, text, texts } from "./json.ts";

/** OCI's words for namespace types, and ours. */
const OCI_TYPES = new Map<string, NamespaceType>([
  ["network", "net"],
  ["mount", "mnt"],
  ["pid", "pid"],
  ["ipc", "ipc"],
  ["uts", "uts"],
  ["user", "user"],
  ["cgroup", "cgroup"],
  ["time", "time"],
]);
export const ociType = (type: string): NamespaceType | undefined => OCI_TYPES.get(type);

export function parseOciConfig(path: string, content: string): OciConfig | undefined {
  const config = parseObject(content);
  if (!config || (config.ociVersion === undefined && config.linux === undefined)) return undefined;
  const linux = object(config.linux);
  const process = object(config.process);
  const namespaces: OciConfig["namespaces"] = [];
  for (const entry of array(linux.namespaces).slice(0, 16)) {
    const type = text(object(entry).type);
    if (!type) continue;
    const joined = text(object(entry).path);
    namespaces.push(joined ? { type, path: joined } : { type });
  }
  const mounts: NonNullable<OciConfig["mounts"]> = [];
  for (const entry of array(config.mounts).slice(0, 512)) {
    const mount = object(entry);
    const destination = text(mount.destination);
    if (!destination) continue;
    const readOnly = array(mount.options).includes("ro");
    mounts.push({
      destination,
      source: text(mount.source),
      type: text(mount.type),
      ...(readOnly ? { readOnly } : {}),
    });
  }
  const result: OciConfig = { path, namespaces, annotations: texts(config.annotations), mounts };
  const args = array(process.args).flatMap((arg) => text(arg) ?? []);
  if (args.length > 0) result.args = args.slice(0, 64);
  const cgroupsPath = text(linux.cgroupsPath);
  if (cgroupsPath) result.cgroupsPath = cgroupsPath;
  const hostname = text(config.hostname);
  if (hostname) result.hostname = hostname;
  const oomScoreAdj = integer(process.oomScoreAdj);
  if (oomScoreAdj !== undefined) result.oomScoreAdj = oomScoreAdj;
  if (isObject(linux.resources)) {
    // The device list is long and says nothing about limits.
    const { devices, ...resources } = linux.resources;
    result.resources = resources;
    if (array(devices).some(isEveryDevice)) result.allDevices = true;
  }
  const devices = array(linux.devices)
    .flatMap((entry) => text(object(entry).path) ?? [])
    .filter((device) => !EVERYBODYS.has(device));
  if (devices.length > 0) result.devices = devices.slice(0, 512);
  const sysctl = texts(linux.sysctl);
  if (Object.keys(sysctl).length > 0) result.sysctl = sysctl;
  return result;
}

/** config-linux.md, Default Devices: made for each container, asked for or not. */
const EVERYBODYS = new Set(
  ["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"].map((name) => `/dev/${name}`),
);

/** config-linux.md, Allowed Device list: what is not named stands for all. */
function isEveryDevice(entry: unknown): boolean {
  const { allow, type = "a", major, minor, access } = object(entry);
  const any = (number: unknown) => number === undefined || number === null || number === -1;
  return allow === true && type === "a" && any(major) && any(minor) && text(access) === "rwm";
}

/**
 * The cgroup path that a config.json asks for. systemd's form is "slice:prefix:name" (runc, crun: the scope is
 * prefix-name.scope below the slice, whose own path spells out every dash); anything else is a plain path.
 */
export function wantedCgroupPath(cgroupsPath: string | undefined): string | undefined {
  if (!cgroupsPath) return undefined;
  const parts = cgroupsPath.split(":");
  if (parts.length !== 3) return cgroupsPath.startsWith("/") ? cgroupsPath : `/${cgroupsPath}`;
  const [slice, prefix, name] = parts as [string, string, string];
  const unit = name.endsWith(".slice") ? name : `${prefix ? `${prefix}-` : ""}${name}.scope`;
  return `${expandSlice(slice || "system.slice")}/${unit}`;
}

/** "a-b.slice" lives at /a.slice/a-b.slice (systemd.slice(5)). */
export function expandSlice(slice: string): string {
  if (!slice.endsWith(".slice")) return slice.startsWith("/") ? slice : `/${slice}`;
  const parts = slice.slice(0, -".slice".length).split("-");
  if (parts.length > 64) return `/${slice}`;
  let path = "";
  let name = "";
  for (const part of parts) {
    if (part === "") continue;
    name = name === "" ? part : `${name}-${part}`;
    path += `/${name}.slice`;
  }
  return path;
}
