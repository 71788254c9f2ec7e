import { inert } from "../../../src-shared/format.ts";
import { type Plug, plugWords, type WireGroup, type WirePlan } from "../../../src-shared/questions/wire-plan.ts";
import type { WireLayout } from "../../drawing/wires/layout.ts";
import { Head } from "../../ui/table.tsx";

/** The picture in words, for screen readers: the group around the selected wire as options of the canvas's listbox. */
export function WireOptions({
  layout,
  plan,
  selected,
}: {
  layout: WireLayout;
  plan: WirePlan;
  selected: string | null;
}) {
  const at = selected === null ? undefined : layout.at.get(selected);
  const group = at?.place.group ?? plan.groups[0];
  if (!group) return null;
  const from = Math.max(0, (at?.i ?? 0) - 20);
  return (
    // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped by role, a fieldset holds form fields
    <div className="hidden-words" role="group" aria-label={`${inert(group.name, 40)}: ${inert(group.says, 80)}`}>
      {group.plugs.slice(from, from + 41).map((plug, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and names its active option
        <div
          key={plug.key}
          role="option"
          id={plug.key === selected ? "wire-active" : undefined}
          aria-selected={plug.key === selected}
          aria-setsize={group.plugs.length}
          aria-posinset={from + i + 1}
        >
          {inert(plug.pod.name, 80)}: {inert(plugWords(plug, group, plan), 200)}
        </div>
      ))}
    </div>
  );
}

/** A table of more is not read to its end; the picture and the search find the rest. */
const MOST = 1000;

export function WireTable({ plan, onOpen }: { plan: WirePlan; onOpen: (key: string) => void }) {
  const rows = plan.groups.flatMap((group) => group.plugs.map((plug) => ({ plug, group })));
  return (
    <div className="wires-table">
      <table>
        <Head of={["pod", "in the pod", "address", "other end", "on", "out by"]} />
        <tbody>
          {rows.slice(0, MOST).map(({ plug, group }) => (
            <Row key={plug.key} plug={plug} group={group} plan={plan} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
      {rows.length > MOST && <p className="dim">and {(rows.length - MOST).toLocaleString("en")} more</p>}
    </div>
  );
}

function Row({
  plug,
  group,
  plan,
  onOpen,
}: {
  plug: Plug;
  group: WireGroup;
  plan: WirePlan;
  onOpen: (key: string) => void;
}) {
  const { inside, end, address, loose } = plug;
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={() => onOpen(plug.key)}>
          {inert(plug.pod.name, 60)}
        </button>
      </th>
      <td className="mono">{inside && inert(inside.name, 20)}</td>
      <td className="mono">{address}</td>
      <td className="mono">{end && inert(end.name, 20)}</td>
      <td className={loose ? "bad" : group.kind === "bridge" ? "mono" : "dim"}>{inert(loose ?? group.name, 90)}</td>
      <td className="mono">{!loose && inert(plan.uplinks.find(({ key }) => key === group.uplink)?.name ?? "", 20)}</td>
    </tr>
  );
}
