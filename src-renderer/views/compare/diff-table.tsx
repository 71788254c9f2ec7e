import { useMemo, useState } from "react";
import { valueWords } from "../../../src-shared/diff/value-words.ts";
import type { PodDiff } from "../../../src-shared/reports.ts";
import { Icon } from "../../ui/icons.tsx";
import { Segments } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import { type Apart, apart } from "./apart.ts";
import { type DiffRow, differs, fieldWords, isIdentity, isMono, ofPause, sectionsOf } from "./words.ts";

/** What differs, section by section; what is the same, and what only names a thing, is folded away until asked for. */
export function DiffTable({ diff, names }: { diff: PodDiff; names: { left: string; right: string } }) {
  const [all, setAll] = useState(false);
  const [only, setOnly] = useState<"all" | "pause">("all");
  const listed = useMemo(() => (only === "pause" ? diff.rows.filter(ofPause) : diff.rows), [diff, only]);
  const sections = useMemo(() => sectionsOf(listed), [listed]);
  const folded = listed.filter((row) => !differs(row)).length;
  return (
    <section className="cmp-table" aria-label="What differs">
      <div className="panel-h">
        <h2>What differs</h2>
        <Segments
          label="Of"
          value={only}
          options={[
            { value: "all", label: "everything" },
            {
              value: "pause",
              label: "pause's doing",
              title: "Sandbox, namespaces and cost: what a pause makes different",
            },
          ]}
          onChange={setOnly}
        />
        <span className="sep" />
        <button type="button" className="fold" aria-expanded={all} onClick={() => setAll(!all)}>
          <Icon name={all ? "down" : "right"} />
          {all ? "fold what is the same" : `${plural(folded, "same row")} folded`}
        </button>
      </div>
      <table className="df">
        <thead className="hidden-words">
          <tr>
            <th scope="col">what</th>
            <th scope="col">{names.left}</th>
            <th scope="col">{names.right}</th>
          </tr>
        </thead>
        {sections.map(({ title, rows }) => {
          const shown = all ? rows : rows.filter(differs);
          if (shown.length === 0) return null;
          return (
            <tbody key={title}>
              <tr className="df-section">
                <th scope="rowgroup" colSpan={3}>
                  {title}
                </th>
              </tr>
              {shown.map((row) => (
                <Row key={row.field} row={row} />
              ))}
            </tbody>
          );
        })}
      </table>
      {!all && folded === listed.length && <p className="dim">Nothing differs but the numbers that name them.</p>}
    </section>
  );
}

function Row({ row }: { row: DiffRow }) {
  const mono = isMono(row.field) ? "mono" : undefined;
  const left = valueWords(row.field, row.left);
  const right = valueWords(row.field, row.right);
  const [a, b] = row.same ? [{ before: left }, { before: right }] : apart(left, right);
  return (
    <tr className={row.same ? "same" : isIdentity(row) ? "identity" : undefined}>
      <th scope="row" title={row.field}>
        {fieldWords(row.field)}
      </th>
      <td className={mono} title={left}>
        <Value parts={a} />
      </td>
      <td className={mono} title={right}>
        <Value parts={b} />
      </td>
    </tr>
  );
}

/** What both sides begin and end with stands back; what is between is what one looks for. */
function Value({ parts: { before, differs, after } }: { parts: Apart }) {
  if (!differs) return before;
  return (
    <>
      {before && <span className="alike">{before}</span>}
      <mark>{differs}</mark>
      {after && <span className="alike">{after}</span>}
    </>
  );
}
