/**
 * cpu.shares (v1, and what OCI configs still say) to cpu.weight (v2). Two formulas are in the field, so one request
 * gives two weights on two nodes, and even on one: the kubelet makes pod slices with its own library's version.
 * Sources: opencontainers/cgroups utils.go ConvertCPUSharesToCgroupV2Value before and after fd95216 (2025-06-11),
 * runc CHANGELOG 1.3.2, crun NEWS 1.23, kubernetes#131216, KEP-2254.
 */

export type WeightFormula = "linear" | "quadratic";

/** Who converts by which. opencontainers/cgroups, which runc and the kubelet vendor, changed in 0.0.3. */
export const FORMULAS: Record<WeightFormula, string> = {
  linear: "runc before 1.3.2, crun before 1.23",
  quadratic: "runc 1.3.2 and crun 1.23 on",
};

/** The kernel's ranges: shares 2..262144 (sched/core.c MIN_SHARES, MAX_SHARES), weight 1..10000 (cgroup-v2.rst). */
export const SHARES = { min: 2, max: 262_144, default: 1024 } as const;
const WEIGHT = { min: 1, max: 10_000, default: 100 } as const;

/** weight = 1 + (shares − 2) · 9999 / 262142, cut to an integer. 0 stays 0: not set. Default 1024 gives 39. */
export const linearWeight = (shares: number): number => {
  if (shares === 0) return 0;
  const held = clamp(shares, SHARES.min, SHARES.max);
  return 1 + Math.floor(((held - 2) * 9999) / 262_142);
};

/** weight = ⌈10^((L² + 125·L)/612 − 7/34)⌉ with L = log2(shares). Default 1024 gives 100. 0 stays 0: not set. */
export const quadraticWeight = (shares: number): number => {
  if (shares === 0) return 0;
  if (shares <= SHARES.min) return WEIGHT.min;
  if (shares >= SHARES.max) return WEIGHT.max;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
};

export const weightOf = (formula: WeightFormula, shares: number): number =>
  formula === "linear" ? linearWeight(shares) : quadraticWeight(shares);

/**
 * The shares that give a weight: first and last, because many do. undefined where none does: somebody wrote the weight
 * itself, or another formula made it.
 */
export const sharesFor = (formula: WeightFormula, weight: number): { from: number; to: number } | undefined => {
  if (!Number.isInteger(weight) || weight < WEIGHT.min || weight > WEIGHT.max) return undefined;
  const from = firstAtLeast(formula, weight);
  if (weightOf(formula, from) !== weight) return undefined;
  return { from, to: weight === WEIGHT.max ? SHARES.max : firstAtLeast(formula, weight + 1) - 1 };
};

/** Both formulas never fall, so the first shares with at least this weight is found by halving. */
const firstAtLeast = (formula: WeightFormula, weight: number): number => {
  let low: number = SHARES.min;
  let high: number = SHARES.max;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (weightOf(formula, middle) >= weight) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Which formulas turn these shares into this weight: both for 2 and 262144, none where somebody wrote a weight. */
export const formulasFor = (shares: number, weight: number): WeightFormula[] =>
  (["linear", "quadratic"] as const).filter((formula) => weightOf(formula, shares) === weight);

/** The kubelet's shares for a request: milliCPU · 1024 / 1000, at least 2, at most 262144 (cm/helpers_linux.go MilliCPUToShares). */
export const sharesForMilliCpu = (milliCpu: number): number =>
  milliCpu === 0 ? SHARES.min : clamp(Math.floor((milliCpu * 1024) / 1000), SHARES.min, SHARES.max);

/** The request that a weight may stand for, in milli-cpus, by each formula; never one number. */
export const milliCpuFor = (weight: number): { formula: WeightFormula; from: number; to: number }[] =>
  (["linear", "quadratic"] as const).flatMap((formula) => {
    const shares = sharesFor(formula, weight);
    if (!shares) return [];
    const milli = (value: number) => Math.ceil((value * 1000) / 1024);
    return [{ formula, from: shares.from <= 2 ? 0 : milli(shares.from), to: Math.max(milli(shares.to + 1) - 1, 0) }];
  });

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
