import { Command } from "cmdk";
import { useEffect, useMemo, useState } from "react";
import { readLessons, useLessonList } from "../state/lessons.ts";
import { useRoute } from "../state/route.ts";
import { closeSheet, useSheet } from "../state/sheets.ts";
import { PlainDialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { commandHits, type Hit, search } from "./palette-search.ts";
import "./palette.css";

interface Group {
  kind: string;
  list: Hit[];
}

function groupsOf(text: string, nodeId: string | undefined): Group[] {
  const hits = [...commandHits(text, nodeId), ...search(text, nodeId)];
  // A typed number or name means a thing; pages and commands come first only while nothing is typed.
  const ordered = text.trim() === "" ? hits : [...hits].sort((a, b) => Number(isCommand(a)) - Number(isCommand(b)));
  return [...new Set(ordered.map(({ group }) => group))].map((kind) => ({
    kind,
    list: ordered.filter(({ group }) => group === kind),
  }));
}

const isCommand = ({ group }: Hit): boolean => group === "Commands" || group === "Go to";

function Results({ groups }: { groups: Group[] }) {
  const go = (hit: Hit) => {
    closeSheet();
    hit.go();
  };
  return groups.map(({ kind, list }) => (
    <Command.Group key={kind} heading={kind}>
      {list.map((hit) => (
        <Command.Item key={hit.id} value={hit.id} onSelect={() => go(hit)}>
          <Icon name={hit.icon} />
          <span className={hit.mono ? "mono cut" : "cut"}>{hit.name}</span>
          <span className="pal-note cut">{hit.note}</span>
          {hit.keys && <kbd>{hit.keys}</kbd>}
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

/** Finds any pod, container, process, namespace or cgroup of every open node, and every command. */
export function Palette() {
  const open = useSheet((sheet) => sheet.open === "palette");
  return open ? <Open /> : null;
}

function Open() {
  const { nodeId } = useRoute();
  const [text, setText] = useState("");
  const { list } = useLessonList();
  useEffect(() => {
    if (useLessonList.getState().list === undefined) void readLessons();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: lessons are searched where they are kept
  const groups = useMemo(() => groupsOf(text, nodeId), [text, nodeId, list]);
  const first = groups[0]?.list[0]?.id ?? "";
  // The first hit is chosen anew with each letter, so that Enter always takes what stands on top.
  const [chosen, setChosen] = useState({ text: "", id: "" });
  return (
    <PlainDialog label="Find" className="palette" onClose={closeSheet}>
      <Command
        label="Find"
        shouldFilter={false}
        loop
        value={chosen.text === text && chosen.id !== "" ? chosen.id : first}
        onValueChange={(id) => setChosen({ text, id })}
      >
        <div className="pal-input">
          <Icon name="search" />
          <Command.Input
            data-first
            value={text}
            onValueChange={setText}
            placeholder="Pod, container, pid, inode, cgroup, finding, lesson, command"
          />
          <kbd>Esc</kbd>
        </div>
        <Command.List>
          <Command.Empty>Nothing of that name, number or path on the open nodes.</Command.Empty>
          <Results groups={groups} />
        </Command.List>
      </Command>
    </PlainDialog>
  );
}
