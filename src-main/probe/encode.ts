/**
 * The other way round: a Reading to the probe's own bytes. The demo node answers with it, tests make damaged frames of
 * it. A FrameWriter remembers what it said, as a live probe does, and then says only what changed.
 */
import type { Wire } from "../../src-shared/fields.ts";
import type { RawMount, RawProcess, Reading } from "../../src-shared/reading.ts";
import { encode } from "./codec.ts";
import { escapeField, HEADER, recordLine } from "./wire.ts";

export interface FrameKind {
  seq: number;
  whole: boolean;
  deep: boolean;
}

/** The probe's first line; it begins on a line of its own, whatever an rc file printed before. */
export const encodeHeader = (nonce: string): string => `\n${HEADER}${nonce}\n`;

/** One whole frame with its header, as `sh probe > file` writes it. */
export const encodeReading = (reading: Reading, nonce = "0123456789"): string =>
  encodeHeader(nonce) + new FrameWriter(nonce).frame(reading, { seq: 1, whole: true, deep: reading.deep });

export class FrameWriter {
  private readonly nonce: string;
  private said = new Map<string, string>();
  private numbers = new Map<string, number>();

  constructor(nonce: string) {
    this.nonce = nonce;
  }

  /** The bytes that answer one tick, all ASCII. */
  frame(reading: Reading, kind: FrameKind): string {
    if (kind.whole) {
      this.said.clear();
      this.numbers.clear();
    }
    const out: string[] = [];
    const now = new Map<string, string>();
    const put = (key: string, rest: string) => {
      // Thousands of processes share a text: a frame says it once.
      const known = now.get(key) ?? this.said.get(key);
      now.set(key, rest);
      if (known !== rest) out.push(`${key} ${rest}`);
    };
    facts(reading, put);
    for (const one of reading.processes) this.process(one, reading.node.pageSize, put);
    for (const { hierarchy, path, files } of reading.cgroups) {
      const where = encode("C", { group: "", hierarchy, path }).slice(1).join(" ");
      const number = this.number("group", where);
      put(`C ${number}`, where);
      for (const [name, text] of Object.entries(files)) put(`f ${number} ${escapeField(name)}`, escapeField(text));
    }
    places(reading, put);
    for (const key of this.said.keys()) {
      if (now.has(key) || /^[gxu] /.test(key)) continue;
      // A group takes its files with it.
      if (key.startsWith("f ") && !now.has(`C ${key.split(" ")[1]}`)) continue;
      out.push(`-${key}`);
    }
    this.said = now;
    const clock = (Date.parse(reading.takenAt) / 1000).toFixed(3);
    const begin = `begin ${kind.seq} ${kind.whole ? "whole" : "delta"} ${kind.deep ? "deep" : "quick"} ${clock} ${reading.node.uptimeSeconds ?? 0}`;
    const records = [begin, ...out, ...(kind.deep ? slow(reading) : []), ...gaps(reading)];
    records.push(`end ${kind.seq} ${records.length}`);
    return records.map((record) => recordLine(this.nonce, record)).join("");
  }

  private process(one: RawProcess, pageSize: number, put: Put): void {
    const [paths] = encode("g", { group: "", paths: one.cgroup }).slice(1);
    const [links] = encode("x", { group: "", links: one.ns }).slice(1);
    const groups = String(this.number("g", paths!));
    const spaces = String(this.number("x", links!));
    put(`g ${groups}`, paths!);
    put(`x ${spaces}`, links!);
    const { pid, pageTableBytes = 0, swapBytes = 0 } = one;
    const record = <K extends "p" | "m" | "w" | "r" | "s">(kind: K, value: Wire<K>) =>
      put(`${kind} ${pid}`, encode(kind, value).slice(1).join(" "));
    record("p", { ...one, groups, spaces });
    record("m", { ...one, rssPages: Math.round(one.rssBytes / pageSize), pageTableBytes, swapBytes });
    if (one.cwd !== undefined) record("w", { pid, cwd: one.cwd });
    if (one.smaps) record("r", { pid, ...one.smaps });
    if (one.security) {
      const { uidMap, gidMap } = one.security;
      record("s", { pid, ...one.security, uidMap: this.map(uidMap, put), gidMap: this.map(gidMap, put) });
    }
  }

  private map(text: string | undefined, put: Put): string | undefined {
    if (text === undefined) return undefined;
    const [map] = encode("u", { group: "", map: text }).slice(1);
    const number = String(this.number("u", map!));
    put(`u ${number}`, map!);
    return number;
  }

  /** The small number that stands for a text, as in the probe. */
  private number(kind: string, text: string): number {
    const key = `${kind} ${text}`;
    const known = this.numbers.get(key) ?? this.numbers.size + 1;
    this.numbers.set(key, known);
    return known;
  }
}

type Put = (key: string, rest: string) => void;

function facts({ node }: Reading, put: Put): void {
  const fact = (key: string, value: string | number) => put(`n ${escapeField(key)}`, escapeField(String(value)));
  fact("hostname", node.hostname);
  fact("kernel", node.kernel);
  fact("os", node.os);
  fact("boot", node.bootId);
  fact("cpus", node.cpus);
  fact("memory", Math.round(node.memoryBytes / 1024));
  fact("page", node.pageSize);
  fact("ticks", node.clockTicks);
  fact("privilege", node.privilege);
  if (node.availableBytes !== undefined) fact("available", Math.round(node.availableBytes / 1024));
  if (node.listed !== undefined) fact("listed", node.listed);
  for (const [type, inode] of Object.entries(node.self)) fact(`ns.${type}`, inode);
  for (const [name, version] of Object.entries(node.versions)) fact(`v.${name}`, version);
  for (const { hierarchy, mountPoint } of node.cgroupMounts) {
    put(`h ${escapeField(hierarchy)}`, escapeField(mountPoint));
  }
}

function places(reading: Reading, put: Put): void {
  for (const { mountNamespace, pid, mounts } of reading.mounts) {
    put(`M ${mountNamespace}`, [pid, ...mounts.map((mount) => escapeField(mountLine(mount)))].join(" "));
  }
  for (const [path, text] of Object.entries(reading.files)) put(`F ${escapeField(path)}`, escapeField(text));
  for (const [name, text] of Object.entries(reading.tools)) put(`T ${escapeField(name)}`, escapeField(text));
  for (const relation of reading.relations) {
    put(`R ${relation.type} ${relation.inode}`, encode("R", relation).slice(2).join(" "));
  }
  for (const one of reading.listed ?? []) put(`K ${one.type} ${one.inode}`, one.id);
  for (const { inode, pid, files } of reading.net) put(`N ${inode}`, [pid, ...named(files)].join(" "));
}

/** What a deep frame tells whole. */
function slow(reading: Reading): string[] {
  const record = <K extends "d" | "k" | "l" | "t" | "S" | "I" | "L" | "o">(kind: K, value: Wire<K>) =>
    [kind, ...encode(kind, value)].join(" ");
  return [
    ...reading.fds.map((one) => record("d", one)),
    ...(reading.sockets ?? []).map((one) => record("k", one)),
    ...(reading.listening ?? []).map((one) => record("l", one)),
    ...reading.threads.map((one) => record("t", one)),
    ...reading.sysctls.map((one) => [record("S", one), ...named(one.values)].join(" ")),
    ...(reading.interfaces ?? []).map((one) => record("I", one)),
    ...(reading.routes ?? []).map((one) => record("L", one)),
    ...reading.oomLog.map((line) => record("o", { line })),
  ];
}

const gaps = (reading: Reading): string[] =>
  reading.gaps.map((gap) => ["G", ...encode("G", { mend: "", ...gap })].join(" "));

const named = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([name, text]) => [escapeField(name), escapeField(text)]);

/** A mountinfo line with the fields that are read of it. */
function mountLine({ root, mountPoint, fstype, source, propagation, id = 0, parent = 0, readOnly }: RawMount): string {
  const octal = (text: string) =>
    text.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
  const left = [id, parent, "0:0", octal(root), octal(mountPoint), readOnly ? "ro" : "rw", ...propagation].join(" ");
  return `${left} - ${fstype} ${octal(source)} rw`;
}
