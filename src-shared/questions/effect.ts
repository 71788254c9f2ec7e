/** One thing in the picture, and what happens to it. */
export interface Effect {
  kind: "namespace" | "container" | "process" | "pod" | "address";
  /** namespaceId (of an address too), container id, processId or pod key. */
  id: string;
  label: string;
  why: string;
}
