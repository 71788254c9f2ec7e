import { NAMESPACE_TYPES } from "../../../src-shared/model.ts";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import type { TextTable } from "../../../src-shared/table-text.ts";
import { SANDBOX } from "../../ui/sandbox.ts";

/** The rows that are shown, with every column that they have; bytes as bytes. */
export const podsTable = (rows: readonly PodRow[]): TextTable => ({
  head: [
    "pod",
    "namespace",
    "runtime",
    "sandbox",
    ...NAMESPACE_TYPES,
    "QoS",
    "memory bytes",
    "memory limit bytes",
    "containers",
    "address",
    "pause Pss bytes",
    "worst finding",
  ],
  rows: rows.map((row) => [
    row.name,
    row.namespace,
    row.runtime,
    SANDBOX[row.sandbox].word,
    ...NAMESPACE_TYPES.map((type) => row.strip[type]),
    row.qos,
    row.memory,
    row.limit?.value,
    row.containers,
    row.pod.ips.join(" "),
    row.cost,
    row.worst,
  ]),
});
