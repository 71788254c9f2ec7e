import { useRef } from "react";
import type { SandboxState } from "../../../src-shared/model.ts";
import type { PodRow } from "../../../src-shared/questions/pod-rows.ts";
import { useKeys } from "../../state/keys.ts";
import { ExportMenu, type ExportProps } from "../../ui/export-menu.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Menu, MenuCheck, MenuChoice, MenuHead, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { Button, Segments } from "../../ui/parts.tsx";
import { SANDBOX } from "../../ui/sandbox.ts";
import { LOOKS } from "./columns.tsx";
import { FACETS, type Filter, facetValues } from "./facets.ts";
import { SavedFilters } from "./saved.tsx";
import type { Grouping } from "./table.tsx";

const STATES: readonly SandboxState[] = ["process", "dropped", "dead", "none"];

function FacetMenu({
  facet,
  rows,
  filter,
  onFilter,
}: {
  facet: (typeof FACETS)[number];
  rows: PodRow[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
}) {
  const chosen = filter.chosen[facet.id] ?? [];
  const set = (values: string[]) => onFilter({ ...filter, chosen: { ...filter.chosen, [facet.id]: values } });
  return (
    <Menu
      label={facet.title}
      trigger={
        <button type="button" className={`facet ${chosen.length > 0 ? "on" : ""}`}>
          {facet.title}
          {chosen.length > 0 && <b>{chosen.length === 1 ? chosen[0] : chosen.length}</b>}
          <Icon name="down" />
        </button>
      }
    >
      {facetValues(rows, facet, filter).map(({ value, count }) => (
        <MenuCheck
          key={value}
          checked={chosen.includes(value)}
          count={count}
          onChange={(on) => set(on ? [...chosen, value] : chosen.filter((one) => one !== value))}
        >
          {value}
        </MenuCheck>
      ))}
      {chosen.length > 0 && (
        <>
          <MenuLine />
          <MenuItem icon="cross" onSelect={() => set([])}>
            Any {facet.title.toLowerCase()}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

export interface ToolbarProps {
  /** The pods are those of several nodes, on a page with a head of its own. */
  several?: boolean;
  rows: PodRow[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
  grouping: Grouping;
  onGrouping: (grouping: Grouping) => void;
  shown: readonly string[];
  onShown: (shown: string[]) => void;
  /** What can be taken away from here; absent where the page has a head of its own. */
  exports?: ExportProps;
  marked: number;
  onCompare: () => void;
  onEnterTable: () => void;
}

const columnsOf = (several: boolean) => Object.entries(LOOKS).filter(([id]) => several || id !== "node");

export function Toolbar(props: ToolbarProps) {
  const { several = false, rows, filter, onFilter, grouping, onGrouping, shown, onShown, marked } = props;
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.select() });
  const count = (state: SandboxState) => rows.filter(({ sandbox }) => sandbox === state).length;
  return (
    <>
      <header className="pods-head">
        {!several && <h1>Pods</h1>}
        <Segments
          label="Sandbox"
          value={filter.sandbox}
          onChange={(sandbox) => onFilter({ ...filter, sandbox })}
          options={[
            {
              value: "all",
              label: (
                <>
                  all <b>{rows.length}</b>
                </>
              ),
            },
            ...STATES.map((state) => ({
              value: state as string,
              title: SANDBOX[state].long,
              label: (
                <>
                  <Icon name={SANDBOX[state].icon} /> {SANDBOX[state].word} <b>{count(state)}</b>
                </>
              ),
            })),
          ]}
        />
        <span className="sep" />
        <Menu
          label="Columns"
          align="end"
          trigger={
            <Button kind="quiet" icon="columns">
              Columns
            </Button>
          }
        >
          {columnsOf(several).map(([id, look]) => (
            <MenuCheck
              key={id}
              checked={shown.includes(id)}
              onChange={(on) => onShown(Object.keys(LOOKS).filter((one) => (one === id ? on : shown.includes(one))))}
            >
              {look.title}
            </MenuCheck>
          ))}
        </Menu>
        {props.exports && <ExportMenu {...props.exports} />}
        <Button icon="swap" onClick={props.onCompare} title="Space marks a row; two marked rows are compared">
          {marked === 2 ? "Compare the two" : marked === 1 ? "Compare with…" : "Compare two"}
        </Button>
      </header>
      <div className="pods-bar">
        <label className="pods-find">
          <Icon name="search" />
          <span className="hidden-words">Filter pods</span>
          <input
            ref={search}
            placeholder="Filter"
            spellCheck={false}
            value={filter.text}
            onChange={(event) => onFilter({ ...filter, text: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                if (filter.text !== "") onFilter({ ...filter, text: "" });
                else event.currentTarget.blur();
              } else if (event.key === "ArrowDown" || event.key === "Enter") props.onEnterTable();
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          <kbd>/</kbd>
        </label>
        {FACETS.filter(({ id }) => several || id !== "node").map((facet) => (
          <FacetMenu key={facet.id} facet={facet} rows={rows} filter={filter} onFilter={onFilter} />
        ))}
        <SavedFilters filter={filter} onFilter={onFilter} />
        <span className="sep" />
        <Menu
          label="Group by"
          align="end"
          trigger={
            <button type="button" className="facet">
              {grouping === "nothing" ? "No grouping" : `By ${grouping}`}
              <Icon name="down" />
            </button>
          }
        >
          <MenuHead>Group by</MenuHead>
          <MenuChoice
            value={grouping}
            options={[
              { value: "nothing", label: "no grouping" },
              ...(several ? [{ value: "node" as const, label: "node" }] : []),
              { value: "namespace", label: "namespace" },
              { value: "runtime", label: "runtime" },
            ]}
            onChange={onGrouping}
          />
        </Menu>
      </div>
    </>
  );
}
