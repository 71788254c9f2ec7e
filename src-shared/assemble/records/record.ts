/** What a runtime's own files say about one container, in one shape for all runtimes. */
import type { CriModes, NamespaceType, OciConfig, RuntimeName } from "../../model.ts";

export interface RuntimeRecord {
  id: string;
  runtime: RuntimeName;
  kind: "app" | "sandbox" | "init";
  /** The file that named it, as evidence. */
  path: string;
  name?: string;
  image?: string;
  labels?: Record<string, string>;
  restartCount?: number;
  createdAt?: string;
  /** Its first process as the runtime wrote it down: it may have ended, and its pid may be somebody else's by now. */
  pid?: number;
  startTicks?: number;
  oci?: OciConfig;
  cgroupPath?: string;
  pod?: PodRecord;
  /** Docker: containers whose namespace this one joins, by type. */
  joins?: Partial<Record<NamespaceType, string>>;
  modes?: CriModes;
  /** CRI-O dropped the infra container; the annotation that says so. */
  spoofed?: string;
  networkMode?: string;
}

/** What a container's record tells of its pod. */
export interface PodRecord {
  /** Id of the sandbox (CRI), of the infra container or of the pod itself (podman). */
  sandboxId?: string;
  /** podman only: the pod's own id. */
  podId?: string;
  name?: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  cgroupPath?: string;
}

export type Files = Readonly<Record<string, string>>;

/** The parsed config.json at a path. */
export type ConfigAt = (path: string | undefined) => OciConfig | undefined;
