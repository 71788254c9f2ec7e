import { Fragment, type RefObject, useEffect, useRef } from "react";
import { version } from "../../package.json";
import { csv, markdownTable, type TextTable } from "../../src-shared/table-text.ts";
import { type Paintable, pngOfCanvas } from "../drawing/canvas-export.ts";
import type { Costs } from "../drawing/cost-bars.ts";
import { base64, fileName, pictureOf, pngOf } from "../drawing/export.ts";
import type { Scheme } from "../drawing/paper.ts";
import { attempt } from "../state/client.ts";
import { type Exporting, offerExports } from "../state/exports.ts";
import { notify } from "../state/notices.ts";
import { copyText } from "./copy.ts";
import { Menu, MenuHead, MenuItem, MenuLine } from "./menu.tsx";
import { Button } from "./parts.tsx";

export interface ExportProps {
  /** Names the file and heads the picture. */
  title: string;
  /** The picture in words, kept in the SVG. */
  words?: string;
  /** Where the picture is from and when; the version is added. */
  caption?: string;
  /** Holds the SVGs; absent where there is only data. */
  picture?: RefObject<Element | null>;
  /** What each of two sides costs, drawn below the pictures. */
  bars?: () => Costs;
  /** A picture on a canvas instead. */
  canvas?: () => Paintable | undefined;
  /** What stands in the page's table. */
  table?: () => TextTable;
  /** What the JSON holds. */
  data?: () => unknown;
  /** Name of the JSON's entry, as "The comparison as JSON". */
  dataWords?: string;
  /** The whole snapshot, that `podglass` opens again. */
  snapshot?: () => unknown;
  /** Makes the report, redacted or not: its file's text. */
  report?: (redact: boolean) => Promise<string>;
}

type Kind = "svg" | "png" | "json" | "csv" | "html";

async function save(name: string, kind: Kind, bytes: Uint8Array): Promise<void> {
  const saved = await attempt("file.save", { name, kind, base64: base64(bytes) });
  if (saved) notify({ tone: "info", text: `Saved ${name}.` });
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => encode(`${JSON.stringify(value, null, 2)}\n`);

/** What goes wrong is said to the person who asked. */
async function trying(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    notify({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
  }
}

interface Look {
  scale?: 1 | 2 | 4;
  scheme?: Scheme;
  slide?: boolean;
}

function picturesOf({ title, words = "", caption, picture, bars, canvas }: ExportProps): Exporting[] {
  if (!picture && !canvas) return [];
  const from = [caption, `Podglass ${version}`].filter((one) => one !== undefined).join(" · ");
  const drawn = ({ scheme, slide }: Look) => {
    if (!picture?.current) throw new Error("The picture is not on the screen any more.");
    return pictureOf(picture.current, { title, words, caption: from, bars: bars?.(), scheme, slide });
  };
  const png = (look: Look): Promise<Uint8Array> => {
    const { scale = 1, scheme = "light" } = look;
    if (picture) return pngOf(drawn(look), scale);
    const what = canvas?.();
    if (!what) throw new Error("The picture is not on the screen any more.");
    return pngOfCanvas(what, { title, caption: from, scale, scheme });
  };
  const item = (name: string, work: () => Promise<unknown>): Exporting => ({
    group: "The picture",
    name,
    run: () => void trying(work),
  });
  const savePng = async (look: Look, suffix: string) =>
    save(fileName(`${title}${suffix}`, "png"), "png", await png(look));
  const copy = async () => {
    const blob = new Blob([(await png({ scale: 2 })) as BlobPart], { type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    notify({ tone: "info", text: "Copied the picture." });
  };
  return [
    ...(picture ? [item("SVG", async () => save(fileName(title, "svg"), "svg", encode(drawn({}).svg)))] : []),
    ...([1, 2, 4] as const).map((scale) =>
      item(`PNG, ${scale}×`, () => savePng({ scale }, scale === 1 ? "" : `@${scale}x`)),
    ),
    item("PNG, 2×, dark", () => savePng({ scale: 2, scheme: "dark" }, "-dark@2x")),
    ...(picture
      ? [
          item("PNG for a slide, 16:9", () => savePng({ scale: 2, slide: true }, "-slide")),
          item("PNG for a slide, 16:9, dark", () => savePng({ scale: 2, slide: true, scheme: "dark" }, "-slide-dark")),
        ]
      : []),
    item("Copy the picture", copy),
  ];
}

function factsOf({ title, table, data, dataWords = "The facts", snapshot, report }: ExportProps): Exporting[] {
  const item = (group: string, name: string, work: () => Promise<unknown>): Exporting => ({
    group,
    name,
    run: () => void trying(work),
  });
  const written = async (redact: boolean) => {
    const text = await report?.(redact);
    if (text !== undefined)
      await save(fileName(redact ? "report-redacted" : `${title}-report`, "html"), "html", encode(text));
  };
  const items: Exporting[] = [];
  if (table)
    items.push(
      item("The table", "CSV", () => save(fileName(title, "csv"), "csv", encode(csv(table())))),
      item("The table", "Copy as a Markdown table", () => copyText(markdownTable(table()), "the table as Markdown")),
    );
  if (data)
    items.push(item("The facts", `${dataWords} as JSON`, () => save(fileName(title, "json"), "json", json(data()))));
  if (snapshot)
    items.push(
      item("The facts", "The node’s snapshot", () =>
        save(fileName(`${title}-snapshot`, "json"), "json", json(snapshot())),
      ),
    );
  if (report)
    items.push(
      item("The report, one file to read anywhere", "Report", () => written(false)),
      item("The report, one file to read anywhere", "Report, redacted", () => written(true)),
    );
  return items;
}

/**
 * Taking it away: the picture as SVG or PNG, its table, the facts as JSON. Pictures are light unless dark is asked for, so
 * that they print. The palette offers the same while this stands on the page.
 */
export function ExportMenu(props: ExportProps) {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => offerExports(() => [...picturesOf(latest.current), ...factsOf(latest.current)]), []);
  const items = [...picturesOf(props), ...factsOf(props)];
  return (
    <Menu
      label="Export"
      align="end"
      trigger={
        <Button icon="out" kind="quiet">
          Export
        </Button>
      }
    >
      {items.map(({ group, name, run }, i) => (
        <Fragment key={name}>
          {i > 0 && items[i - 1]?.group !== group && <MenuLine />}
          {items[i - 1]?.group !== group && <MenuHead>{group}</MenuHead>}
          <MenuItem icon={name.startsWith("Copy") ? "copy" : undefined} onSelect={run}>
            {name}
          </MenuItem>
        </Fragment>
      ))}
    </Menu>
  );
}
