import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { create } from "zustand";
import { useRoute } from "../../state/route.ts";
import { PlainDialog } from "../dialog.tsx";
import { Icon } from "../icons.tsx";
import { commandHits, type Hit, search } from "./palette-search.ts";
import "./palette.css";

const usePalette = create<{ open: boolean }>(() => ({ open: false }));
export const openPalette = (): void => usePalette.setState({ open: true });
const close = (): void => usePalette.setState({ open: false });

function Results({ text }: { text: string }) {
  const { nodeId } = useRoute();
  const groups = useMemo(() => {
    const hits = [...commandHits(text, nodeId), ...search(text, nodeId)];
    const kinds = [...new Set(hits.map(({ group }) => group))];
    return kinds.map((kind) => ({ kind, list: hits.filter(({ group }) => group === kind) }));
  }, [text, nodeId]);
  const go = (hit: Hit) => {
    close();
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
  const open = usePalette((state) => state.open);
  const [text, setText] = useState("");
  if (!open) return null;
  return (
    <PlainDialog
      label="Find"
      className="palette"
      onClose={() => {
        setText("");
        close();
      }}
    >
      <Command label="Find" shouldFilter={false} loop>
        <div className="pal-input">
          <Icon name="search" />
          <Command.Input
            autoFocus
            value={text}
            onValueChange={setText}
            placeholder="Pod, container, pid, inode, cgroup, command"
          />
          <kbd>Esc</kbd>
        </div>
        <Command.List>
          <Command.Empty>Nothing of that name, number or path on the open nodes.</Command.Empty>
          <Results text={text} />
        </Command.List>
      </Command>
    </PlainDialog>
  );
}
