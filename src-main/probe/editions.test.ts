/** The wire over the editions: what the first edition's probe printed means the same, and a later one's is understood as far as it can be. */
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { type Field, RECORDS, type WireRecord } from "../../src-shared/fields.ts";
import { PRINTED, recordedSnapshot, recordedTexts } from "../testing/recorded.ts";
import { encodeReading } from "./encode.ts";
import { parseProbeText } from "./parse.ts";
import { recordLine, recordOf } from "./wire.ts";

const parse = (text: string) => parseProbeText(Readable.from([Buffer.from(text, "latin1")]));

/** The same output with each record changed. */
function changed(text: string, change: (record: string) => string): string {
  const nonce = /#podglass:reading\/1 (\S+)/.exec(text)![1]!;
  return text.replace(new RegExp(`^${nonce}\\..*$`, "gm"), (line) => {
    const found = recordOf(line, `${nonce}.`);
    return typeof found === "string" ? line : recordLine(nonce, change(found.record)).trimEnd();
  });
}

describe.each(PRINTED)("what the first edition printed: %s", (name) => {
  const text = recordedTexts(name)["probe.txt"]!;

  it("is read to the last record, and is the node that was recorded then", async () => {
    const reading = await parse(text);
    expect(reading.gaps.filter(({ what }) => what === "records of the reading")).toEqual([]);
    const [now, then] = [assemble(reading), await recordedSnapshot(name)];
    expect(now.processes).toEqual(then.processes);
    expect(now.cgroups).toEqual(then.cgroups);
    expect(now.namespaces.map(({ type, inode, pids }) => [type, inode, pids])).toEqual(
      then.namespaces.map(({ type, inode, pids }) => [type, inode, pids]),
    );
    expect(now.pods.map(({ key }) => key)).toEqual(then.pods.map(({ key }) => key));
  });

  it("means the same in our own words", async () => {
    const reading = await parse(text);
    expect(await parse(encodeReading(reading))).toEqual(reading);
  });

  it("with fields behind those that are known, as a later edition may have them, means the same", async () => {
    const fixed = Object.keys(RECORDS).filter((kind) => !("tail" in RECORDS[kind as keyof typeof RECORDS]));
    const ours = encodeReading(await parse(text));
    const longer = changed(ours, (record) =>
      [...fixed, "begin", "end"].includes(record.split(" ")[0]!) ? `${record} 7 later` : record,
    );
    expect(longer).not.toBe(ours);
    expect(await parse(longer)).toEqual(await parse(text));
  });

  it("with kinds of records and types of namespaces that are not known says so, and reads the rest", async () => {
    const reading = await parse(text);
    const more = changed(text, (record) =>
      record.replace(/^o .*/, "Z 1 2 3").replace(/^d (\d+ \d+) \w+/, "d $1 later"),
    );
    const { gaps, oomLog, fds, ...rest } = await parse(more);
    expect(fds).toEqual([]);
    expect(oomLog).toEqual([]);
    expect(rest).toEqual({ ...reading, gaps: undefined, oomLog: undefined, fds: undefined });
    expect(gaps.some(({ what }) => what === "records of the reading")).toBe(reading.oomLog.length > 0);
  });
});

/** The table of docs/probe.md. */
function table(): string {
  const rows = ["| record | field | type | from | |", "|---|---|---|---|---|"];
  for (const [kind, { says, fields, tail }] of Object.entries(RECORDS) as [string, WireRecord][]) {
    rows.push(`| **\`${kind}\`** | | | ${says} | |`);
    for (const field of fields)
      rows.push(`| \`${kind}\` | ${field.name} | ${typeOf(field)} | ${field.from} | ${notes(field)} |`);
    if (tail)
      rows.push(
        `| \`${kind}\` | ${tail.name} … | ${tail.each === "pair" ? "name and text" : "line"} | as often as there is, at most ${tail.most} | |`,
      );
  }
  return rows.join("\n");
}
const typeOf = ({ as, unit }: Field): string => (unit && unit !== as ? `${as}, ${unit}` : as);
const notes = ({ or, moves, since }: Field): string =>
  [or ? "or `-`" : "", moves ? "moves by itself" : "", since ? `since edition ${since}` : ""]
    .filter(Boolean)
    .join(", ");

it("docs/probe.md has each record and field as they are", async () => {
  const path = new URL("../../docs/probe.md", import.meta.url);
  const text = readFileSync(path, "utf8");
  const made = text.replace(
    /(<!-- fields:.*-->\n)[\s\S]*(<!-- end of fields -->)/,
    (_, from, to) => `${from}\n${table()}\n\n${to}`,
  );
  await expect(made).toMatchFileSnapshot(path.pathname);
});
