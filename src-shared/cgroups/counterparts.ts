/**
 * v1 and v2 side by side: for each file that a cgroup has, the file of the other version that means the same, its
 * value there, and where there is none, why. Conversions are those of runc's library and crun
 * (opencontainers/cgroups utils.go, crun cgroup-resources.c, crun.1.md).
 */
import { type CgroupNode, v1File, v2File } from "./tree.ts";
import { cpuMax, integer, limit, v1Limit } from "./values.ts";
import { FORMULAS, linearWeight, quadraticWeight, sharesFor } from "./weights.ts";

export interface Counterpart {
  /** As it is on this node. */
  here: { file: string; value: string };
  /** What it would be on the other version; more than one where programs differ. Empty: it has no counterpart. */
  there: { file: string; value: string; by?: string }[];
  note?: string;
}

/**
 * memory.swap.max for an OCI or v1 memsw limit, which counts memory and swap together: what is left over the memory
 * limit. −1 is "max"; 0 (unset) is "max" where memory is unlimited (−1), else 0. undefined where the runtimes refuse:
 * swap without a memory limit, or less than it.
 */
export const swapMax = (memswBytes: number, limitBytes: number | undefined): number | "max" | undefined => {
  if (memswBytes === -1 || (memswBytes === 0 && limitBytes === -1)) return "max";
  if (memswBytes === 0) return 0;
  if (limitBytes === undefined || limitBytes <= 0 || memswBytes < limitBytes) return undefined;
  return memswBytes - limitBytes;
};

/** io.weight for a blkio weight of 10 to 1000: 1 + (w − 10) · 9999 / 990, cut to an integer. Where BFQ runs, io.bfq.weight takes it unchanged. */
export const ioWeight = (blkio: number): number | undefined =>
  blkio < 10 || blkio > 1000 ? undefined : 1 + Math.floor(((blkio - 10) * 9999) / 990);

/** Every file of a path that means something to a limit, with its counterpart. Files that are not set are left out. */
export const counterparts = (node: CgroupNode): Counterpart[] => [...fromV1(node), ...fromV2(node)];

const fromV1 = (node: CgroupNode): Counterpart[] => {
  const found: Counterpart[] = [];
  const put = (file: string, there: (text: string) => Counterpart["there"], note?: string) => {
    const value = v1File(node, file)?.trim();
    if (value !== undefined) found.push({ here: { file, value }, there: there(value), ...(note ? { note } : {}) });
  };
  const orMax = (value: number | undefined) => (value === undefined ? "max" : String(value));
  put("cpu.shares", (text) => {
    const shares = integer(text) ?? 0;
    return [
      { file: "cpu.weight", value: String(linearWeight(shares)), by: FORMULAS.linear },
      { file: "cpu.weight", value: String(quadraticWeight(shares)), by: FORMULAS.quadratic },
    ];
  });
  put("cpu.cfs_quota_us", (text) => {
    const quota = limit(text);
    return [{ file: "cpu.max", value: `${orMax(quota)} ${v1File(node, "cpu.cfs_period_us") ?? "100000"}` }];
  });
  put("memory.limit_in_bytes", (text) => [{ file: "memory.max", value: orMax(v1Limit(text)) }]);
  put(
    "memory.memsw.limit_in_bytes",
    (text) => {
      const memsw = v1Limit(text);
      if (memsw === undefined) return [{ file: "memory.swap.max", value: "max" }];
      const swap = swapMax(memsw, v1Limit(v1File(node, "memory.limit_in_bytes")));
      return swap === undefined ? [] : [{ file: "memory.swap.max", value: String(swap) }];
    },
    "v1 counts memory and swap together, v2 swap alone: memsw less the memory limit",
  );
  put(
    "memory.soft_limit_in_bytes",
    (text) =>
      v1Limit(text) === undefined
        ? []
        : [{ file: "memory.low", value: text, by: "runtimes, from the same OCI field (reservation)" }],
    "not the same: a soft limit is where reclaim starts, memory.low is what reclaim spares",
  );
  put("pids.max", (text) => [{ file: "pids.max", value: text }]);
  put("blkio.weight", (text) => blkioWeights(integer(text)));
  put("blkio.bfq.weight", (text) => blkioWeights(integer(text)));
  put("freezer.state", (text) => [{ file: "cgroup.freeze", value: text === "THAWED" ? "0" : "1" }]);
  put("memory.swappiness", () => [], "no counterpart: v2 has the node's vm.swappiness alone");
  put("memory.oom_control", () => [], "oom_kill_disable has no counterpart; memory.oom.group is new");
  put("net_cls.classid", () => [], "no counterpart: v2 matches cgroups by path or by BPF");
  put("devices.list", () => [], "no file: v2 decides with a BPF program");
  return found;
};

const blkioWeights = (weight: number | undefined): Counterpart["there"] => {
  const converted = weight === undefined ? undefined : ioWeight(weight);
  return converted === undefined
    ? []
    : [
        { file: "io.bfq.weight", value: String(weight), by: "where BFQ is the scheduler" },
        { file: "io.weight", value: `default ${converted}`, by: "elsewhere" },
      ];
};

const fromV2 = (node: CgroupNode): Counterpart[] => {
  const found: Counterpart[] = [];
  const put = (file: string, there: (text: string) => Counterpart["there"], note?: string) => {
    const value = v2File(node, file)?.trim();
    if (value !== undefined && value !== "")
      found.push({ here: { file, value }, there: there(value), ...(note ? { note } : {}) });
  };
  const unlimited = (text: string) => (text === "max" ? "-1" : text);
  put(
    "cpu.weight",
    (text) =>
      (["linear", "quadratic"] as const).flatMap((formula) => {
        const range = sharesFor(formula, integer(text) ?? 0);
        if (!range) return [];
        const value = range.from === range.to ? String(range.from) : `${range.from} to ${range.to}`;
        return [{ file: "cpu.shares", value, by: `the ${formula} formula` }];
      }),
    "many shares give one weight, and which depends on the program that converted",
  );
  put("cpu.max", (text) => {
    const [quota = "max", period = "100000"] = text.split(/\s+/);
    return [
      { file: "cpu.cfs_quota_us", value: cpuMax(text) === undefined ? "-1" : quota },
      { file: "cpu.cfs_period_us", value: period },
    ];
  });
  put("memory.max", (text) => [{ file: "memory.limit_in_bytes", value: unlimited(text) }]);
  put("memory.swap.max", (text) => {
    const swap = limit(text);
    const max = limit(v2File(node, "memory.max"));
    if (swap === undefined) return [{ file: "memory.memsw.limit_in_bytes", value: "-1" }];
    return max === undefined ? [] : [{ file: "memory.memsw.limit_in_bytes", value: String(max + swap) }];
  });
  put("pids.max", (text) => [{ file: "pids.max", value: text }]);
  put("io.weight", () => [], "the way back is not kept: several blkio weights give one io.weight");
  put("memory.high", () => [], "no counterpart: v1 cannot slow a group down before it kills");
  put("memory.min", () => [], "no counterpart: v1 protects nothing for certain");
  put("memory.low", () => [], "soft_limit_in_bytes comes near, and is not the same");
  put("memory.oom.group", () => [], "no counterpart: v1 kills one process");
  put("cpu.pressure", () => [], "no counterpart: PSI per cgroup is v2's, also on the v2 side of a hybrid node");
  return found;
};
