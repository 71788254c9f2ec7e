import type { RefObject } from "react";
import { version } from "../../package.json";
import { base64, fileName, pictureOf, pngOf } from "../drawing/export.ts";
import { attempt } from "../state/client.ts";
import { notify } from "../state/notices.ts";
import { Menu, MenuHead, MenuItem, MenuLine } from "./menu.tsx";
import { Button } from "./parts.tsx";

export interface ExportProps {
  /** Names the file and heads the picture. */
  title: string;
  /** The picture in words, kept in the SVG. */
  words: string;
  /** Where the picture is from and when; the version is added. */
  caption?: string;
  /** Holds the SVGs; absent where there is only data. */
  picture?: RefObject<Element | null>;
  /** What the JSON holds. */
  data: () => unknown;
  /** Name of the JSON's entry, as "The comparison as JSON". */
  dataWords: string;
  /** The whole snapshot, that `podglass` opens again. */
  snapshot?: () => unknown;
  /** Makes the report, redacted or not: its file's text. */
  report?: (redact: boolean) => Promise<string>;
}

type Kind = "svg" | "png" | "json" | "html";

async function save(name: string, kind: Kind, bytes: Uint8Array): Promise<void> {
  const saved = await attempt("file.save", { name, kind, base64: base64(bytes) });
  if (saved) notify({ tone: "info", text: `Saved ${name}.` });
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** Taking it away: the picture as SVG or PNG, the facts as JSON. Pictures are always light, so that they print. */
export function ExportMenu({ title, words, caption, picture, data, dataWords, snapshot, report }: ExportProps) {
  const drawing = () => {
    if (!picture?.current) throw new Error("The picture is not on the screen any more.");
    const from = [caption, `Podglass ${version}`].filter((one) => one !== undefined).join(" · ");
    return pictureOf(picture.current, title, words, from);
  };
  const copy = async () => {
    try {
      const png = await pngOf(drawing(), 2);
      await navigator.clipboard.write([
        new ClipboardItem({ "image/png": new Blob([png as BlobPart], { type: "image/png" }) }),
      ]);
      notify({ tone: "info", text: "Copied the picture." });
    } catch (error) {
      notify({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
    }
  };
  const draw = async (kind: "svg" | "png", scale: 1 | 2 | 4 = 1) => {
    try {
      const drawn = drawing();
      const bytes = kind === "svg" ? new TextEncoder().encode(drawn.svg) : await pngOf(drawn, scale);
      await save(fileName(scale === 1 ? title : `${title}@${scale}x`, kind), kind, bytes);
    } catch (error) {
      notify({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
    }
  };
  const write = async (redact: boolean) => {
    try {
      const text = await report?.(redact);
      const name = fileName(redact ? "report-redacted" : `${title}-report`, "html");
      if (text !== undefined) await save(name, "html", new TextEncoder().encode(text));
    } catch (error) {
      notify({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
    }
  };
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
      {picture && (
        <>
          <MenuHead>The picture</MenuHead>
          <MenuItem onSelect={() => void draw("svg")}>SVG</MenuItem>
          {([1, 2, 4] as const).map((scale) => (
            <MenuItem key={scale} onSelect={() => void draw("png", scale)}>
              PNG, {scale}×
            </MenuItem>
          ))}
          <MenuItem icon="copy" onSelect={() => void copy()}>
            Copy the picture
          </MenuItem>
          <MenuLine />
        </>
      )}
      <MenuHead>The facts</MenuHead>
      <MenuItem onSelect={() => void save(fileName(title, "json"), "json", encode(data()))}>
        {dataWords} as JSON
      </MenuItem>
      {snapshot && (
        <MenuItem onSelect={() => void save(fileName(`${title}-snapshot`, "json"), "json", encode(snapshot()))}>
          The node’s snapshot
        </MenuItem>
      )}
      {report && (
        <>
          <MenuLine />
          <MenuHead>The report, one file to read anywhere</MenuHead>
          <MenuItem onSelect={() => void write(false)}>Report</MenuItem>
          <MenuItem onSelect={() => void write(true)}>Report, redacted</MenuItem>
        </>
      )}
    </Menu>
  );
}
