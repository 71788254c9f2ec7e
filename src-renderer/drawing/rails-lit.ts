import { idOf, itemKey } from "./item-key.ts";
import type { RailsLayout } from "./rails.ts";

/**
 * What stays lit when a thing is hovered or selected; everything else dims. A rail keeps its holders and members, a
 * row its beads, a holder what it holds, the ground all that is the host's. undefined: nothing of this picture is meant.
 */
export function litBy(layout: RailsLayout, key: string | undefined): Set<string> | undefined {
  if (key === undefined) return undefined;
  const lit = new Set<string>();
  const space = (id: string) => {
    if (!layout.columns.some(({ spaces }) => spaces.includes(id))) return;
    lit.add(itemKey.space(id));
    for (const bead of layout.beads) if (bead.space === id) lit.add(bead.row);
    for (const holder of layout.holders) if (holder.space === id) for (const one of holder.keys) lit.add(one);
    for (const square of layout.squares) if (square.space === id) lit.add(square.other);
    if (layout.ground.some(({ spaces }) => spaces.includes(id))) lit.add("host");
  };
  const named = idOf("ns", key);
  if (named !== undefined) space(named);
  else if (key === "host") for (const { spaces } of layout.ground) for (const id of spaces) space(id);
  else {
    const beads = layout.beads.filter(({ row }) => row === key);
    const holders = layout.holders.filter(({ keys }) => keys.includes(key));
    const squares = layout.squares.filter(({ other }) => other === key);
    for (const bead of beads) lit.add(`bead:${key}:${bead.space}`);
    for (const holder of holders) space(holder.space);
    for (const square of squares) lit.add(itemKey.space(square.space));
    if (layout.labels.some((label) => label.key === key)) lit.add(key);
  }
  if (lit.size === 0) return undefined;
  lit.add(key);
  return lit;
}
