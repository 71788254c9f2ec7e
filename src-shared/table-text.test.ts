import { expect, test } from "vitest";
import { csv, markdownTable } from "./table-text.ts";

test("CSV quotes what would break a row, and no cell is a formula", () => {
  const text = csv({
    head: ["pod", "memory, bytes"],
    rows: [
      ['a "b"', 12],
      ["=cmd|' /C calc'!A0", undefined],
      ["-1+1", -1],
      ["one\r\ntwo,three", 0],
      ["＝1+1", 0],
    ],
  });
  const lines = text.split("\r\n");
  expect(lines[0]).toBe('pod,"memory, bytes"');
  expect(lines[1]).toBe('"a ""b""",12');
  expect(lines[2]).toBe("'=cmd|' /C calc'!A0,");
  expect(lines[3]).toBe("'-1+1,-1");
  expect(lines[5]).toBe("'＝1+1,0");
  expect(lines).toHaveLength(7);
});

test("Markdown: a cell cannot end its row, nor become a link or a mention", () => {
  expect(markdownTable({ head: ["pod"], rows: [["a|b"], ["[x](http://y) @all"]] })).toBe(
    "| pod |\n| --- |\n| a\\|b |\n| \\[x\\]\\(http://y\\) \\@all |\n",
  );
});
