/**
 * What Podglass itself leaves on a node below /run/podglass, root's alone: docs/lab.md and docs/actions.md say how to
 * read it. A pid counts only together with its start time.
 */
import { z } from "zod";
import { ACTIONS } from "./actions.ts";

const processSchema = z.object({ pid: z.number().int().positive(), startTicks: z.number().int().min(0) });
const inode = z.number().int().positive().optional();
const inGroup = processSchema.extend({ cgroupPath: z.string() });

/** /run/podglass/lab/<name>/manifest.json */
export const labManifestSchema = z.object({
  schema: z.literal("podglass.lab/1"),
  name: z.string(),
  bootId: z.string(),
  createdAt: z.string(),
  sandbox: z.enum(["pause", "pinned"]),
  cgroupPath: z.string(),
  pause: inGroup.nullable(),
  pins: z.record(z.string(), z.string()),
  namespaces: z.object({ net: z.number(), ipc: z.number(), uts: z.number() }),
  address: z.string(),
  hostInterface: z.string(),
  containers: z.array(inGroup.extend({ id: z.string(), name: z.string() })),
});
export type LabManifest = z.infer<typeof labManifestSchema>;

/** Types that a pin can keep for a pod (pid has its pid 1, mnt its mount tree: facts of the kernel, see docs/pods.md). */
export const pinTypes = ["net", "ipc", "uts", "user"] as const;
export type PinType = (typeof pinTypes)[number];

/** /run/podglass/pins/<sha256(key), 16 digits>/manifest.json */
export const pinsManifestSchema = z.object({
  schema: z.literal("podglass.pins/1"),
  key: z.string(),
  pod: z.string(),
  bootId: z.string(),
  /** Inodes of what is pinned beside it, each at its type's name. Empty: unpinned, kept because a stand-in lives on. */
  namespaces: z.object({ net: inode, ipc: inode, uts: inode, user: inode }),
  /** The pod's folders in each hierarchy, absolute: where a stand-in's leaf goes. */
  cgroups: z.array(z.string()),
  /** What held the namespaces when they were pinned. */
  sandbox: processSchema.nullable(),
  /** Written before the process is ended: the pod was dropped only if that process is gone. */
  dropped: processSchema.extend({ at: z.string() }).nullable(),
  /** The stand-in that restore started; while it lives it is the pod's sandbox process. */
  restored: processSchema.nullable(),
  last: z.object({ journalId: z.string(), action: z.enum(ACTIONS), at: z.string() }),
});
export type PinsManifest = z.infer<typeof pinsManifestSchema>;

const parse = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** undefined for anything that is not one of ours. */
export const parseLabManifest = (text: string): LabManifest | undefined => parse(labManifestSchema, text);
export const parsePinsManifest = (text: string): PinsManifest | undefined => parse(pinsManifestSchema, text);
