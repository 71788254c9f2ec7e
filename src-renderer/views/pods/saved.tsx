import { useState } from "react";
import { sameJson } from "../../../src-shared/diff/delta.ts";
import { useSetting } from "../../state/settings.ts";
import { Icon } from "../../ui/icons.tsx";
import { Menu, MenuChoice, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { NameDialog } from "../../ui/name-dialog.tsx";
import { type Filter, isChosen, NO_FILTER, plainFilter } from "./facets.ts";

interface Saved {
  name: string;
  filter: Filter;
}

const MOST = 20;

const isSaved = (value: unknown): value is Saved[] =>
  Array.isArray(value) &&
  value.every(
    (one) =>
      typeof one?.name === "string" &&
      typeof one.filter?.text === "string" &&
      typeof one.filter.sandbox === "string" &&
      isChosen(one.filter.chosen),
  );

/** What one looks for again and again, by a name: all that narrows the table, the same on every node. */
export function SavedFilters({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const [saved, setSaved] = useSetting<Saved[]>("pods.saved", [], isSaved);
  const [naming, setNaming] = useState(false);
  const now = plainFilter(filter);
  const empty = sameJson(now, NO_FILTER);
  const at = saved.find((one) => sameJson(plainFilter(one.filter), now));
  if (empty && saved.length === 0) return null;
  return (
    <>
      <Menu
        label="Kept filters"
        trigger={
          <button type="button" className={`facet ${at ? "on" : ""}`}>
            {at ? <b>{at.name}</b> : "Kept filters"}
            <Icon name="down" />
          </button>
        }
      >
        <MenuChoice
          value={at?.name ?? ""}
          options={saved.map(({ name }) => ({ value: name, label: name }))}
          onChange={(name) => onFilter(saved.find((one) => one.name === name)?.filter ?? NO_FILTER)}
        />
        {saved.length > 0 && !empty && <MenuLine />}
        {!empty && at === undefined && saved.length < MOST && (
          <MenuItem icon="plus" onSelect={() => setNaming(true)}>
            Keep this filter…
          </MenuItem>
        )}
        {!empty && (
          <MenuItem icon="list" onSelect={() => onFilter(NO_FILTER)}>
            Show all pods
          </MenuItem>
        )}
        {at && (
          <MenuItem icon="cross" onSelect={() => setSaved(saved.filter((one) => one !== at))}>
            Forget “{at.name}”
          </MenuItem>
        )}
      </Menu>
      {naming && (
        <NameDialog
          title="Keep this filter"
          label="Its name"
          words="Keep"
          most={40}
          onName={(name) => setSaved([...saved.filter((one) => one.name !== name), { name, filter: now }])}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}
