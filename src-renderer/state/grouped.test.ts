import { expect, test } from "vitest";
import type { NamespaceType } from "../../src-shared/model.ts";
import type { Finding } from "../../src-shared/reports.ts";
import { grouped } from "./grouped.ts";

const one = (type: NamespaceType, more: Partial<Finding> = {}): Finding => ({
  rule: "stale-namespace-path",
  severity: "warning",
  title: "The path leads nowhere",
  where: "pod shop/web, container app",
  evidence: [`${type} is at /proc/1/ns/${type}`],
  why: "why",
  todo: "todo",
  at: { podKey: "p", namespace: { type, inode: 7 } },
  ...more,
});

test("the same of three namespaces is one row that names them and has all evidence", () => {
  const rows = grouped([one("net"), one("ipc"), one("uts")]);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.title).toBe("The path leads nowhere: net, ipc and uts");
  expect(rows[0]?.evidence).toHaveLength(3);
});

test("another place, severity or rule stays a row of its own, in its order", () => {
  const list = [one("net"), one("net", { where: "pod shop/db" }), one("ipc", { severity: "info" })];
  expect(grouped(list)).toEqual(list);
});
