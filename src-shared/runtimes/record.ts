/** What a runtime's own files say about one container, in one shape for all runtimes. */
import type { ContainerEnd, CriModes, NamespaceInodes, NamespaceType, OciConfig } from "../model.ts";
import type { RuntimeName } from "./names.ts";

export interface RuntimeRecord {
  id: string;
  runtime: RuntimeName;
  kind: "app" | "sandbox" | "init" | "sidecar";
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
  /** The file that tells its pid and how it ended was not read, though another one was. */
  partial?: boolean;
  /** How it ended. */
  ended?: ContainerEnd;
  /** Namespaces that the record itself names by inode, as those that it joins. */
  namespaces?: NamespaceInodes;
}

/** What a container's record tells of its pod. */
export interface PodRecord {
  /** Id of the sandbox (CRI), of the infra container or of the pod itself (podman). */
  sandboxId?: string;
  /** The pod's own id, where it is not its sandbox's. */
  podId?: string;
  name?: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  cgroupPath?: string;
}

/** A pod that a record names, whether a container of it is there or not. */
export interface Claim {
  podId: string;
  sandboxId?: string;
  pod: PodRecord;
  /** The file that says so. */
  path: string;
  namespaces: NamespaceInodes;
  /** It was made without pause. */
  pauseless?: boolean;
}

export type Files = Readonly<Record<string, string>>;

/** The parsed config.json at a path. */
export type ConfigAt = (path: string | undefined) => OciConfig | undefined;
