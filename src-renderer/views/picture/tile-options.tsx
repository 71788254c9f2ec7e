import { bytes, inert, listed, percent } from "../../../src-shared/format.ts";
import { NAMESPACE_TYPES } from "../../../src-shared/model.ts";
import { CELL, type Tile } from "../../drawing/node/tile.ts";
import type { NodeScene } from "./scene.ts";

/** The picture in words, for screen readers: the group around the selected tile as options of the canvas's listbox. */
export function TileOptions({ scene, selected }: { scene: NodeScene; selected: string | null }) {
  const block = (selected === null ? undefined : scene.layout.at.get(selected)?.block) ?? scene.layout.blocks[0];
  if (!block) return null;
  const keys = block.places.filter((key) => key !== null);
  const at = selected === null ? 0 : Math.max(0, keys.indexOf(selected));
  const from = Math.max(0, at - 20);
  return (
    // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped by role, a fieldset holds form fields
    <div className="hidden-words" role="group" aria-label={inert(block.group)}>
      {keys.slice(from, from + 41).map((key, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names its active option
        <div
          key={key}
          role="option"
          id={key === selected ? "tile-active" : undefined}
          aria-selected={key === selected}
          aria-setsize={keys.length}
          aria-posinset={from + i + 1}
        >
          {tileWords(scene.tiles.get(key), block.group)}
        </div>
      ))}
    </div>
  );
}

const HELD = {
  process: "pause holds",
  dropped: "pause dropped, pins hold",
  dead: "sandbox dead, members alone hold",
  none: "no sandbox",
  starting: "its sandbox is being made;",
};

/** "web-1 in shop: pause holds net, ipc and uts; 3 containers; memory 40 % of 256 MiB; a warning". */
function tileWords(tile: Tile | undefined, group: string): string {
  if (!tile) return "";
  const held = NAMESPACE_TYPES.filter((_, column) => tile.held & (1 << column));
  const hosts = NAMESPACE_TYPES.filter((_, column) => tile.rows.some((row) => row.cells[column] === CELL.host));
  const rows = tile.rows.filter((row) => row.kind !== "sandbox").length;
  const parts = [
    tile.kind === "pod" ? `${HELD[tile.sandbox]} ${listed(held)}`.trim() : "",
    `${rows} ${rows === 1 ? "container" : "containers"}`,
    hosts.length > 0 ? `the host's ${listed(hosts)}` : "",
    tile.memory ? memoryWords(tile.memory) : "",
    tile.severity ? `finding: ${tile.severity}` : "",
  ];
  return `${inert(tile.name, 80)} in ${inert(group, 60)}: ${parts.filter((part) => part !== "").join("; ")}`;
}

function memoryWords({ usedBytes, limitBytes }: { usedBytes: number; limitBytes?: number }): string {
  if (limitBytes === undefined) return `memory ${bytes(usedBytes)}, no limit`;
  return `memory ${percent(usedBytes / limitBytes)} of ${bytes(limitBytes)}`;
}
