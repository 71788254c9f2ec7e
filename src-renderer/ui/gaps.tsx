import { inert } from "../../src-shared/format.ts";
import { isByNature, isSlowPlace } from "../../src-shared/gaps.ts";
import type { Gap } from "../../src-shared/model.ts";
import { Menu, MenuHead } from "./menu.tsx";
import { Banner } from "./parts.tsx";
import { plural } from "./words.ts";

/** Gaps that hide something a person would miss: not the slow places that nobody asked for yet. */
const worth = (gap: Gap): boolean => gap.count > 0 && !isSlowPlace(gap);

/** What could not be read, in one line, with why and what would mend it; never hidden. */
export function Gaps({ gaps }: { gaps: readonly Gap[] }) {
  const shown = gaps.filter(worth).sort((a, b) => b.count - a.count);
  // What no reading would tell is no reason for a line of its own.
  const first = shown.find((gap) => !isByNature(gap));
  if (first === undefined) return null;
  return (
    <Banner
      tone="plain"
      icon="info"
      actions={
        shown.length > 1 && (
          <Menu
            label="All gaps"
            align="end"
            trigger={
              <button type="button" className="facet">
                and {plural(shown.length - 1, "more gap")}
              </button>
            }
          >
            <MenuHead>Not read</MenuHead>
            {shown.map((gap) => (
              <p className="gap" key={`${gap.what} ${gap.why}`}>
                <b>{inert(gap.what)}</b> {gap.count > 1 && `(${gap.count})`}: {inert(gap.why)}
                {gap.mend && <code>{gap.mend}</code>}
              </p>
            ))}
          </Menu>
        )
      }
    >
      <b>Not read:</b> {inert(first.what)}
      {first.count > 1 && ` (${first.count})`}, {inert(first.why)}.{" "}
      {first.mend && (
        <>
          To see them: <code>{first.mend}</code>
        </>
      )}
    </Banner>
  );
}
