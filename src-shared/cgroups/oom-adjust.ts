/**
 * oom_score_adj as the kubelet gives it (pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust): by QoS class, and for
 * Burstable by how much of the node's memory was requested. It is the only place where a memory request reaches a node.
 */
import type { Container, QosClass } from "../model.ts";

/** Newer kubelets keep -998 for the sandbox and give Guaranteed -997; older ones gave both -998. */
const GUARANTEED = [-997, -998];
const SANDBOX = -998;
const BEST_EFFORT = 1000;

export interface ExpectedAdjust {
  /** Any of these is what some kubelet gives. */
  values?: number[];
  /** Burstable: somewhere in here, by the request. */
  range?: { from: number; to: number };
}

/** Burstable: 1000 − 1000 · request / capacity, never as low as Guaranteed's and never BestEffort's. */
export const burstableAdjust = (requestBytes: number, capacityBytes: number): number => {
  const adjust = 1000 - Math.floor((1000 * requestBytes) / capacityBytes);
  return Math.min(BEST_EFFORT - 1, Math.max(1000 + GUARANTEED[0]!, adjust));
};

export const expectedAdjust = (qos: QosClass, kind: Container["kind"]): ExpectedAdjust => {
  if (kind === "sandbox") return { values: [SANDBOX] };
  if (qos === "Guaranteed") return { values: GUARANTEED };
  if (qos === "BestEffort") return { values: [BEST_EFFORT] };
  return { range: { from: 2, to: BEST_EFFORT - 1 } };
};

export const isExpected = (expected: ExpectedAdjust, adjust: number): boolean =>
  expected.values ? expected.values.includes(adjust) : adjust >= expected.range!.from && adjust <= expected.range!.to;

/** The memory requests that a Burstable oom_score_adj may stand for on a node of this size; both ends included, in bytes. */
export const requestFor = (adjust: number, capacityBytes: number): { from: number; to: number } | undefined => {
  if (adjust < 2 || adjust > BEST_EFFORT - 1) return undefined;
  const step = capacityBytes / 1000;
  const from = adjust === BEST_EFFORT - 1 ? 0 : Math.ceil((1000 - adjust) * step);
  const to = adjust <= 3 ? capacityBytes : Math.ceil((1001 - adjust) * step) - 1;
  return { from, to };
};
