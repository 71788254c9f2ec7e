import { Popover } from "radix-ui";
import { type KeyboardEvent, useMemo, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Container } from "../../../src-shared/model.ts";
import { compareText } from "../../../src-shared/order.ts";
import { useNodes } from "../../state/nodes.ts";
import { useKeptSnapshots } from "../../state/snapshots.ts";
import { Icon } from "../../ui/icons.tsx";
import { SANDBOX } from "../../ui/sandbox.ts";
import type { Side } from "./sides.ts";

interface Choice {
  id: string;
  side: Side;
  name: string;
  words: string;
  icon: "pause" | "pin" | "dead" | "none" | "process";
}

const MOST = 60;

/** Every pod and container of every open node, now and in each kept snapshot. */
function useChoices(): Choice[] {
  const { open, order } = useNodes();
  const { kept } = useKeptSnapshots();
  return useMemo(() => {
    const shown = [
      ...order.flatMap((nodeId) => {
        const node = open[nodeId];
        // Of a node that rests its pods are known; what is chosen of it is read then.
        const shown =
          node?.snapshot ?? (node?.summary && { pods: node.summary.pods.map(({ pod }) => pod), containers: [] });
        return node && shown ? [{ nodeId, label: node.state.label, snapshot: shown, keptId: undefined }] : [];
      }),
      ...kept.map(({ id, nodeId, label, snapshot }) => ({ nodeId, label, snapshot, keptId: id })),
    ];
    return shown.flatMap(({ nodeId, label, snapshot, keptId }) => {
      const side = (key: string): Side => (keptId === undefined ? { nodeId, key } : { nodeId, key, kept: keptId });
      const id = (key: string) => `${nodeId} ${keptId ?? ""} ${key}`;
      const pods = [...snapshot.pods]
        .sort((a, b) => compareText(a.name, b.name))
        .map(
          (pod): Choice => ({
            id: id(pod.key),
            side: side(pod.key),
            name: pod.name,
            words: `${pod.namespace ?? pod.runtime}, ${label}`,
            icon: SANDBOX[pod.sandbox.state].icon as Choice["icon"],
          }),
        );
      const containers = snapshot.containers.filter(({ kind, pid }) => kind !== "sandbox" && pid !== null);
      const podNames = new Map(snapshot.pods.map(({ key, name }) => [key, name]));
      const home = ({ podKey, name }: Container) => `${podNames.get(podKey ?? "") ?? ""}\u0000${name}`;
      containers.sort((a, b) => compareText(home(a), home(b)));
      return [
        ...pods,
        ...containers.map((one): Choice => {
          const pod = one.podKey === undefined ? undefined : podNames.get(one.podKey);
          const words = `container${pod === undefined ? "" : ` of ${pod}`}, ${label}`;
          return { id: id(one.id), side: side(one.id), name: one.name, words, icon: "process" };
        }),
      ];
    });
  }, [open, order, kept]);
}

/** Chooses one side: type to narrow, arrows to walk, Enter to take. */
export function SidePicker({
  label,
  name,
  onPick,
}: {
  label: string;
  name: string | undefined;
  onPick: (side: Side) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="cmp-pick" aria-label={`${label}: ${name ?? "choose"}`}>
          <span className="cut">{name === undefined ? "Choose a pod or container" : inert(name, 120)}</span>
          <Icon name="down" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu cmp-menu" align="start" sideOffset={4} collisionPadding={8} aria-label={label}>
          <Choices
            onPick={(side) => {
              setOpen(false);
              onPick(side);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices({ onPick }: { onPick: (side: Side) => void }) {
  const choices = useChoices();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/);
    return choices.filter(({ name, words: more }) => {
      const all = `${name} ${more}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
  }, [choices, text]);
  const shown = found.slice(0, MOST);
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(shown.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && shown[at]) onPick(shown[at].side);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        className="field"
        role="combobox"
        aria-expanded="true"
        aria-controls="cmp-choices"
        aria-activedescendant={shown[at] ? `cmp-choice-${at}` : undefined}
        aria-label="Pod or container"
        placeholder="Name, namespace, node"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={keyDown}
      />
      <div className="cmp-choices" role="listbox" id="cmp-choices" aria-label="Pods and containers">
        {shown.map((choice, i) => (
          <button
            type="button"
            key={choice.id}
            role="option"
            id={`cmp-choice-${i}`}
            aria-selected={i === at}
            tabIndex={-1}
            className="menu-item"
            data-highlighted={i === at ? "" : undefined}
            ref={(element) => {
              if (i === at) element?.scrollIntoView({ block: "nearest" });
            }}
            onPointerMove={() => setAt(i)}
            onClick={() => onPick(choice.side)}
          >
            <span className="menu-sign">
              <Icon name={choice.icon} />
            </span>
            <span className="menu-words">{inert(choice.name, 80)}</span>
            <span className="menu-count">{inert(choice.words, 60)}</span>
          </button>
        ))}
      </div>
      {found.length > MOST && <p className="dim more">{found.length - MOST} more; type to narrow</p>}
      {found.length === 0 && <p className="dim more">Nothing of that name on the open nodes.</p>}
    </>
  );
}
