/**
 * Our own manifests: what Podglass pinned, dropped and restored (/run/podglass/pins/<hash>/manifest.json), and the pods
 * of its lab (/run/podglass/lab/<name>/manifest.json). They are read as carefully as any other file of a node.
 */
import { NAMESPACE_TYPES, type NamespaceInodes, type NamespaceType } from "../../model.ts";
import { array, integer, object, parseObject, pid, text } from "./json.ts";
import type { Files } from "./record.ts";

export const PINS_ROOT = "/run/podglass/pins";
export const LAB_ROOT = "/run/podglass/lab";

interface ProcessIdentity {
  pid: number;
  startTicks: number;
}

/** schema "podglass.pins/1" */
export interface PinManifest {
  path: string;
  schema: string;
  /** Pod.key */
  key: string;
  bootId?: string;
  /** Inode of each namespace that was pinned here. */
  namespaces: NamespaceInodes;
  /** The pause process that drop ended. */
  dropped?: ProcessIdentity & { at?: string };
  /** The stand-in that restore started, in cgroupPath. */
  restored?: ProcessIdentity & { at?: string; cgroupPath?: string };
}

/** schema "podglass.lab/1" */
export interface LabManifest {
  path: string;
  schema: string;
  name: string;
  bootId?: string;
  sandbox: "pause" | "pinned";
  cgroupPath?: string;
  /** The pause process of a lab pod that was made with one. */
  pause?: ProcessIdentity;
  containers: (ProcessIdentity & { name: string; cgroupPath?: string })[];
  /** Inode of each shared namespace, as it was made. */
  namespaces: NamespaceInodes;
}

export function podglassManifests(
  files: Files,
  paths: readonly string[],
): { pins: PinManifest[]; labs: LabManifest[] } {
  const pins: PinManifest[] = [];
  const labs: LabManifest[] = [];
  for (const path of paths) {
    const content = parseObject(files[path]);
    if (!content) continue;
    if (path.startsWith(`${PINS_ROOT}/`)) {
      const manifest = pinManifest(path, content);
      if (manifest) pins.push(manifest);
    } else {
      const manifest = labManifest(path, content);
      if (manifest) labs.push(manifest);
    }
  }
  return { pins, labs };
}

function pinManifest(path: string, content: Record<string, unknown>): PinManifest | undefined {
  const key = text(content.key);
  const schema = text(content.schema) ?? "";
  if (!key || !schema.startsWith("podglass.pins/")) return undefined;
  const manifest: PinManifest = { path, schema, key, namespaces: inodes(content.namespaces) };
  manifest.bootId = text(content.bootId);
  const dropped = identity(content.dropped);
  if (dropped) manifest.dropped = { ...dropped, at: text(object(content.dropped).at) };
  const restored = identity(content.restored);
  if (restored) {
    const more = object(content.restored);
    manifest.restored = { ...restored, at: text(more.at), cgroupPath: text(more.cgroupPath) };
  }
  return manifest;
}

function labManifest(path: string, content: Record<string, unknown>): LabManifest | undefined {
  const name = text(content.name);
  const schema = text(content.schema) ?? "";
  if (!name || !schema.startsWith("podglass.lab/")) return undefined;
  const containers: LabManifest["containers"] = [];
  for (const entry of array(content.containers).slice(0, 1000)) {
    const who = identity(entry);
    const container = object(entry);
    if (who) {
      containers.push({
        ...who,
        name: text(container.name) ?? `${who.pid}`,
        cgroupPath: text(container.cgroupPath),
      });
    }
  }
  return {
    path,
    schema,
    name,
    bootId: text(content.bootId),
    sandbox: content.sandbox === "pause" ? "pause" : "pinned",
    cgroupPath: text(content.cgroupPath),
    pause: identity(content.pause),
    containers,
    namespaces: inodes(content.namespaces),
  };
}

function identity(value: unknown): ProcessIdentity | undefined {
  const found = pid(object(value).pid);
  const startTicks = integer(object(value).startTicks);
  return found !== undefined && startTicks !== undefined ? { pid: found, startTicks } : undefined;
}

function inodes(value: unknown): NamespaceInodes {
  const found: NamespaceInodes = {};
  for (const type of NAMESPACE_TYPES as readonly NamespaceType[]) {
    const inode = integer(object(value)[type]);
    if (inode !== undefined) found[type] = inode;
  }
  return found;
}
