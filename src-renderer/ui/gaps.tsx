import { inert } from "../../src-shared/format.ts";
import { gapLines } from "../../src-shared/gap-lines.ts";
import { isByNature } from "../../src-shared/gaps.ts";
import { listedWords } from "../../src-shared/listed.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { Menu, MenuHead } from "./menu.tsx";
import { Banner } from "./parts.tsx";
import { plural } from "./words.ts";

/**
 * What could not be read, in one line, with why and what would mend it; never hidden. Not the slow places that nobody
 * asked for yet: they are read by themselves after a while.
 */
export function Gaps({ snapshot: { gaps, node } }: { snapshot: Snapshot }) {
  const lines = gapLines(gaps).filter(({ kind }) => kind !== "slow");
  // What no reading would tell is no reason for a line of its own.
  const first = lines.find((line) => !line.gaps.every(isByNature));
  if (first === undefined) return null;
  const whole = listedWords(node.listed);
  const behind = lines.flatMap((line) => line.gaps);
  return (
    <Banner
      tone="plain"
      icon="info"
      actions={
        (behind.length > 1 || whole !== undefined) && (
          <Menu
            label="All gaps"
            align="end"
            trigger={
              <button type="button" className="facet">
                {lines.length > 1 ? `and ${plural(lines.length - 1, "more gap")}` : "what exactly"}
              </button>
            }
          >
            <MenuHead>Not read</MenuHead>
            {behind.map((gap) => (
              <p className="gap" key={`${gap.what} ${gap.why}`}>
                <b>{inert(gap.what)}</b>
                {gap.count > 1 && ` (${gap.count})`}: {inert(gap.why)}
                {gap.mend && <span>To see it: {gap.mend}.</span>}
              </p>
            ))}
            {whole !== undefined && <p className="gap">By its own count (listns), {whole}.</p>}
          </Menu>
        )
      }
    >
      <b>Not read:</b> {inert(first.text, 400)}.{" "}
      {first.mend && (
        <>
          To see it: <span className="select">{first.mend}</span>.
        </>
      )}
    </Banner>
  );
}
